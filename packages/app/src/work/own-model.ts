/** @file The files that a person brings as a recognizer: weights alone, or an ONNX file with its description. */
import { PageError } from './problem.ts';
import type { OwnModel } from './protocol.ts';

/** What is used of a file. */
type Given = Pick<File, 'name' | 'arrayBuffer' | 'text'>;

const WEIGHTS = /\.safetensors$/i;
const ONNX = /\.onnx$/i;
const DESCRIPTION = /\.json$/i;

/** Whether a file's name says that it is a recognizer. */
export function isModelFile({ name }: Pick<File, 'name'>): boolean {
  return WEIGHTS.test(name) || ONNX.test(name);
}

/** Whether a JSON file describes a model, of whatever version; a review does not. */
export async function isDescription(file: Given): Promise<boolean> {
  if (!DESCRIPTION.test(file.name)) return false;
  try {
    const value = JSON.parse(await file.text()) as { readonly schema?: unknown } | null;
    return String(value?.schema).startsWith('telltale.model/');
  } catch {
    return false;
  }
}

/**
 * Reads the files of one model.
 *
 * @throws PageError `MODEL_DESCRIPTION_MISSING`, `MODEL_ONNX_MISSING`, or `MODEL_FILES` where there are others or more
 */
export async function readOwnModel(files: readonly Given[]): Promise<OwnModel> {
  const of = (ending: RegExp): readonly Given[] => files.filter(({ name }) => ending.test(name));
  const [weights, onnx, descriptions] = [of(WEIGHTS), of(ONNX), of(DESCRIPTION)];
  const names = files.map(({ name }) => name).join(', ');
  const [first] = files;
  if (weights.length === 1 && files.length === 1) {
    return { file: first!.name, weights: await first!.arrayBuffer() };
  }
  if (onnx.length + descriptions.length !== files.length || files.length > 2) {
    throw new PageError('MODEL_FILES', { name: names });
  }
  if (onnx.length === 0) throw new PageError('MODEL_ONNX_MISSING', { name: names });
  if (descriptions.length === 0) throw new PageError('MODEL_DESCRIPTION_MISSING', { name: names });
  return {
    file: onnx[0]!.name,
    onnx: await onnx[0]!.arrayBuffer(),
    description: await descriptions[0]!.text(),
  };
}
