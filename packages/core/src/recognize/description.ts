/**
 * @file `model.json`: what a program that runs an exported recognizer must know of it.
 *
 * The format is ours. It states what Mitchell et al. 2019, "Model Cards for Model Reporting", FAT*, §4,
 * require of a model that is passed on: what it is, what it takes and gives, how it was measured.
 */
import { TelltaleError } from '../base/errors.ts';
import * as is from '../base/shape.ts';
import { inputPlane, type InputPlane } from '../nets/input.ts';
import type { ImageName } from '../nets/images.ts';
import { elsewhereScore, type ElsewhereScore } from './card.ts';

/** Name and version of the format of `model.json`. */
export const modelSchema = 'telltale.model/1';

/** What a runner must know of an ONNX file: the content of `model.json`. */
export interface ModelDescription {
  /** Name and version of the format. */
  readonly schema: typeof modelSchema;
  /** Name of the network. */
  readonly network: string;
  /** Name of its configuration. */
  readonly config: string;
  /** The graph. */
  readonly onnx: {
    /** Name of the file beside this one. */
    readonly file: string;
    /** SHA-256 of that file, hexadecimal. */
    readonly sha256: string;
  };
  /** What the graph takes. */
  readonly input: {
    /** Name of the graph's input. */
    readonly name: string;
    /** `[1, planes, size, size]`, 32-bit floating-point numbers. */
    readonly shape: readonly number[];
    /** Name of the preparation that turns images into planes. */
    readonly preparation: string;
    /** What each plane of the input shows, in order. */
    readonly planes: readonly InputPlane[];
    /** The images that it was trained on; the plane `apex` without the image `apex` shows the magnitude of the flow. */
    readonly pictures: readonly ImageName[];
    /** α of the magnified face; 10 where it is absent. */
    readonly alpha?: number;
  };
  /** What the graph returns. */
  readonly output: {
    /** Of probabilities that sum to 1, shape `[1, classes]`. */
    readonly name: string;
    /** Names of the classes, in the order of the probabilities. */
    readonly classes: readonly string[];
  };
  /** How probabilities are read. */
  readonly calibration: {
    /** What logits are divided by, inside the graph already. */
    readonly temperature: number;
    /** The verdict is `unsure` where the largest probability is below this. */
    readonly unsureBelow: number;
  };
  /** One line: data, protocol and score on subjects outside of the training data. */
  readonly score: string;
  /** What to expect on subjects of another laboratory; absent where that was not measured. */
  readonly elsewhere?: ElsewhereScore;
  /** What else must be known of its answers. */
  readonly note?: string;
  /** SHA-256 of the weights file that it was made of, hexadecimal. */
  readonly weights?: string;
  /** What made it. */
  readonly made?: string;
}

const hash: is.Shape = (value, path) =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
    ? undefined
    : `${path} is not a SHA-256 in hexadecimal digits`;

const description = is.members({
  schema: is.oneOf(modelSchema),
  network: is.text,
  config: is.text,
  onnx: is.members({ file: is.text, sha256: hash }),
  input: is.members({
    name: is.text,
    shape: is.listOf(is.integer(1, 4096)),
    preparation: is.text,
    planes: is.listOf(inputPlane),
    pictures: is.listOf(is.oneOf('flow', 'apex', 'onset', 'magnified')),
    alpha: is.optional(is.number(1e-6, 100)),
  }),
  output: is.members({ name: is.text, classes: is.listOf(is.text) }),
  calibration: is.members({ temperature: is.number(1e-3, 1e3), unsureBelow: is.number(0, 1) }),
  score: is.text,
  elsewhere: is.optional(elsewhereScore),
  note: is.optional(is.text),
  weights: is.optional(hash),
  made: is.optional(is.text),
});

/**
 * Reads the text of a `model.json`.
 *
 * @throws TelltaleError MODEL_DESCRIPTION_INVALID naming the member that is wrong
 */
export function readDescription(json: string): ModelDescription {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw undescribed('it is not valid JSON', { cause });
  }
  const wrong = description(value, 'model');
  if (wrong !== undefined) throw undescribed(wrong);
  return value as ModelDescription;
}

function undescribed(why: string, options?: ErrorOptions): TelltaleError {
  return new TelltaleError(
    'MODEL_DESCRIPTION_INVALID',
    `not the description of a model (${modelSchema}): ${why}`,
    'Give the model.json that "telltale export" wrote beside the ONNX file.',
    options,
  );
}
