/** @file The files of a recognizer of the user: weights alone, or an ONNX file with its description. */
import { WebError } from '../errors.ts';

/** A recognizer of the user, read: plain data that can be sent to a worker. */
export type ModelFile = {
  /** Name of the file that holds the parameters. */
  readonly file: string;
} & (
  | {
      /** Bytes of a `.safetensors` file. */
      readonly weights: ArrayBuffer;
    }
  | {
      /** Bytes of an `.onnx` file. */
      readonly onnx: ArrayBuffer;
      /** Text of its `model.json`. */
      readonly description: string;
    }
);

/** What {@link readModelFiles} uses of a `File`. */
type NamedFile = Pick<File, 'name' | 'arrayBuffer' | 'text'>;

/** A recognizer of the user: its one file, or both of its files, or what was read of them before. */
export type ModelSource = NamedFile | readonly NamedFile[] | ModelFile;

const WEIGHTS = /\.safetensors$/i;
const ONNX = /\.onnx$/i;
const DESCRIPTION = /\.json$/i;

/** Whether a file's name is that of a recognizer. */
export function isModelFile({ name }: Pick<File, 'name'>): boolean {
  return WEIGHTS.test(name) || ONNX.test(name);
}

/** Whether a JSON file describes a model, of whatever version; a review does not. */
export async function isModelDescription(file: NamedFile): Promise<boolean> {
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
 * @throws WebError `MODEL_DESCRIPTION_MISSING`, `MODEL_ONNX_MISSING`, or `MODEL_FILES` where there are others or more
 */
export async function readModelFiles(files: readonly NamedFile[]): Promise<ModelFile> {
  const of = (ending: RegExp): readonly NamedFile[] =>
    files.filter(({ name }) => ending.test(name));
  const [weights, onnx, descriptions] = [of(WEIGHTS), of(ONNX), of(DESCRIPTION)];
  const names = files.map(({ name }) => name).join(', ');
  const [first] = files;
  if (weights.length === 1 && files.length === 1) {
    return { file: first!.name, weights: await first!.arrayBuffer() };
  }
  if (onnx.length + descriptions.length !== files.length || files.length > 2) {
    throw new WebError('MODEL_FILES', { name: names });
  }
  if (onnx.length === 0) throw new WebError('MODEL_ONNX_MISSING', { name: names });
  if (descriptions.length === 0) throw new WebError('MODEL_DESCRIPTION_MISSING', { name: names });
  return {
    file: onnx[0]!.name,
    onnx: await onnx[0]!.arrayBuffer(),
    description: await descriptions[0]!.text(),
  };
}

/** Reads a source that was not read yet. @throws WebError as {@link readModelFiles} */
export async function readModelSource(source: ModelSource): Promise<ModelFile> {
  if ('file' in source) return source;
  return readModelFiles('name' in source ? [source] : source);
}
