/** @file Opens what `export.ts` writes, or what others made in its form: an ONNX graph with its description. */
import { createPredictor, EngineError, type Predictor } from '@telltale/engine';
import { readModelMetadata } from '@telltale/engine/onnx';

import { TelltaleError } from '../base/errors.ts';
import type { Ort } from '../base/ort.ts';
import { own } from '../base/own.ts';
import { sha256 } from '../base/sha256.ts';
import { inputVersion, type InputPlane } from '../nets/input.ts';
import type { RecognizerCard } from './card.ts';
import { readDescription, type ModelDescription } from './description.ts';
import type { ExportedModel } from './export.ts';
import { recognizerOf, settingsOf, type Recognizer, type RecognizerOptions } from './recognizer.ts';

/**
 * Opens an ONNX file with its description, whatever program wrote them; the graph is run once to see that
 * they agree.
 *
 * @throws TelltaleError MODEL_DESCRIPTION_INVALID; MODEL_CHANGED where the ONNX file is not the one
 *   that is described; MODEL_UNREADABLE where it is none that the runtime can run;
 *   MODEL_INPUT_MISMATCH, MODEL_OUTPUT_MISMATCH where its numbers are not those that are described
 */
export async function openExported(
  ort: Ort,
  { onnx, description: json }: ExportedModel,
  options: RecognizerOptions = {},
): Promise<Recognizer> {
  const described = readDescription(json);
  const { size, planes } = assertInput(described.input);
  assertFile(onnx, described.onnx);
  const predictor = await opened(createPredictor(ort, onnx, settingsOf(options)));
  try {
    await assertAgreed(predictor, described);
  } catch (error) {
    await predictor.release();
    throw error;
  }
  const { input, output } = described;
  return recognizerOf(predictor, {
    card: cardOf(described),
    size,
    planes,
    images: input.pictures,
    ...(input.alpha !== undefined && { alpha: input.alpha }),
    input: input.name,
    output: output.name,
  });
}

function cardOf(described: ModelDescription): RecognizerCard {
  const { network, config, output, calibration, score, elsewhere, note } = described;
  return {
    network,
    config,
    classes: output.classes,
    weights: described.weights ?? described.onnx.sha256,
    score,
    ...(elsewhere && { elsewhere }),
    unsureBelow: calibration.unsureBelow,
    ...(note !== undefined && { note }),
  };
}

/** Our side of the input: planes that this version makes, square, one at a time. */
function assertInput({ shape, planes, preparation }: ModelDescription['input']): {
  readonly size: number;
  readonly planes: readonly InputPlane[];
} {
  if (preparation !== inputVersion)
    throw unfit(
      `the model takes images prepared as ${preparation}, this version of telltale prepares them as ${inputVersion}`,
    );
  const [batch, channels, height, width] = shape;
  const isSquare = shape.length === 4 && batch === 1 && height === width;
  if (!isSquare || channels !== planes.length || planes.length === 0)
    throw unfit(
      `an input of shape [${shape.join(', ')}] is described for ${planes.length} planes; [1, planes, size, size] is needed`,
    );
  return { size: width!, planes };
}

function assertFile(onnx: Uint8Array, { file, sha256: expected }: ModelDescription['onnx']): void {
  try {
    readModelMetadata(onnx);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    throw unreadable(cause.message, cause);
  }
  const actual = sha256(onnx);
  if (actual === expected) return;
  throw new TelltaleError(
    'MODEL_CHANGED',
    `the ONNX file has the SHA-256 ${actual}, ${file} of the description has ${expected}`,
    'Give the two files that were exported together, or export the model again.',
  );
}

/** The graph's own side: names, shape of the input, and what it answers to an input of zeros. */
async function assertAgreed(predictor: Predictor, described: ModelDescription): Promise<void> {
  const { input, output } = described;
  const shapes = Object.entries(predictor.inputs);
  const [name, shape = []] = shapes[0] ?? [];
  if (shapes.length !== 1 || name !== input.name || shape.join() !== input.shape.join()) {
    const has = shapes.map(([one, sizes]) => `${one} [${sizes.join(', ')}]`).join(', ');
    throw unfit(
      `the graph takes ${has || 'nothing'}, its description names ${input.name} [${input.shape.join(', ')}]`,
    );
  }
  const length = input.shape.reduce((product, count) => product * count, 1);
  const answers = await opened(predictor.run({ [input.name]: new Float32Array(length) }));
  const answer = own(answers, output.name);
  if (answer === undefined)
    throw disagreed(
      `the graph gives ${Object.keys(answers).join(', ')}, its description names ${output.name}`,
    );
  if (answer.length !== output.classes.length)
    throw disagreed(
      `the graph gives ${answer.length} numbers, its description names ${output.classes.length} classes: ${output.classes.join(', ')}`,
    );
  const sum = answer.reduce((total, share) => total + share, 0);
  if (!(Math.abs(sum - 1) < 1e-3) || answer.some((share) => share < 0))
    throw disagreed(
      `the graph gives ${Array.from(answer, (share) => share.toPrecision(3)).join(', ')}, which are not probabilities`,
    );
}

async function opened<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw unreadable(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function unreadable(why: string, cause: unknown): TelltaleError {
  return new TelltaleError(
    'MODEL_UNREADABLE',
    `the ONNX file cannot be run: ${why}`,
    'Export it again with "telltale export", or with standard operators of opset 17.',
    { cause },
  );
}

function unfit(message: string): TelltaleError {
  return new TelltaleError(
    'MODEL_INPUT_MISMATCH',
    message,
    'Export the model with this version of telltale; docs/models.md describes what its input has to be.',
  );
}

function disagreed(message: string): TelltaleError {
  return new TelltaleError(
    'MODEL_OUTPUT_MISMATCH',
    message,
    'Let the graph end in a softmax, and name as many classes as it gives numbers, in their order.',
  );
}
