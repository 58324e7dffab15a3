/**
 * @file From flow images to calibrated class probabilities.
 *
 * The weights become a forward-only ONNX graph in memory, which the ONNX
 * Runtime that the caller passes executes.
 */
import { createPredictor, type Predictor, type SessionSettings } from '@telltale/engine';

import { TelltaleError } from '../base/errors.ts';
import type { RgbImage } from '../base/image.ts';
import type { Ort } from '../base/ort.ts';
import { own } from '../base/own.ts';
import { prepareInput, type InputImages, type InputPlane } from '../nets/input.ts';
import { pickImages, type ImageName } from '../nets/images.ts';
import { fineClasses } from '../nets/network.ts';
import { partsOf, type NamedPart } from '../nets/parts.ts';
import { flowAttentionOf, type AttentionMap, type FlowAttention } from './attention.ts';
import type { RecognizerCard } from './card.ts';
import { compileModel } from './compile.ts';
import { readModel, type Model } from './weights.ts';

/** What a recognizer classifies: a flow image, alone or with faces, or the prepared input. */
export type RecognizerInput = RgbImage | InputImages | Float32Array;

/** A network that is ready to answer. */
export interface Recognizer {
  /** What is known of it, as reports and exports repeat it. */
  readonly card: RecognizerCard;
  /** Side of the images it takes, pixels. */
  readonly size: number;
  /** The images that it was trained on and needs; it leaves others alone. */
  readonly images: readonly ImageName[];
  /** α of the magnified faces that it was trained on; absent where it takes none, or the file does not state it. */
  readonly alpha?: number;
  /** The parts of its network that its paper names; absent for exported files and ensembles. */
  readonly parts?: readonly NamedPart[];
  /**
   * Calibrated probabilities of each image's classes, in the order of `card.classes`.
   *
   * @param images - flow images, with faces where `images` names some; or what `prepareInput`
   *   made of them
   * @returns shape `[images][classes]`
   * @throws TelltaleError MODEL_INPUT_MISMATCH if an image has another size, or is missing
   */
  classify(images: readonly RecognizerInput[]): Promise<Float32Array[]>;
  /** The decision among fine classes below the classes; absent where it was not trained with any. */
  readonly fine?: FineDecision;
  /** Where its attention looks; absent where no flow drives it, for exported files and ensembles. */
  readonly attention?: AttentionView;
  /** Frees what the runtime holds. */
  release(): Promise<void>;
}

/** Shows where the attention of a recognizer looks. */
export interface AttentionView {
  /**
   * @param image - as `classify` takes it
   * @throws TelltaleError MODEL_INPUT_MISMATCH as `classify`
   */
  look(image: RecognizerInput): Promise<AttentionMap>;
}

/** The fine decision of a recognizer: `disgust` or `repression`, where the class is `negative`. */
export interface FineDecision {
  /** Names, in the order of the probabilities. */
  readonly classes: readonly string[];
  /**
   * Probabilities of each image's fine classes, that of the class times that within it; not calibrated within a class.
   *
   * @returns shape `[images][fine classes]`
   * @throws TelltaleError MODEL_INPUT_MISMATCH as `classify`
   */
  classify(images: readonly RecognizerInput[]): Promise<Float32Array[]>;
}

/** How a recognizer runs. */
export interface RecognizerOptions {
  /** Threads of one operator; the runtime decides by default. */
  readonly threads?: number;
  /** Execution providers of the runtime in order of preference; the CPU by default. */
  readonly providers?: readonly string[];
  /**
   * Names of parts of the network that are taken out, such as `attention`: each is replaced by its neutral element,
   * to see what it does. {@link Recognizer.parts} lists those that a network has.
   */
  readonly without?: readonly string[];
  /** Leaves out the temperature of the weights: for a member of an ensemble that is calibrated as a whole. */
  readonly uncalibrated?: boolean;
}

/**
 * Opens a weights file for use.
 *
 * @throws TelltaleError WEIGHTS_CORRUPT, WEIGHTS_MISMATCH, MODEL_INPUT_MISMATCH; OPTION_INVALID for a part that the
 *   network does not have
 */
export async function openRecognizer(
  ort: Ort,
  weights: Uint8Array,
  options: RecognizerOptions = {},
): Promise<Recognizer> {
  const read = withoutParts(readModel(weights), options.without ?? []);
  const model = options.uncalibrated === true ? { ...read, temperature: 1 } : read;
  const { card, images, planes, alpha } = model;
  const settings = settingsOf(options);
  const predictor = await createPredictor(ort, compileModel(model), settings);
  const attention = flowAttentionOf(ort, model, settings);
  return recognizerOf(predictor, {
    ...(attention && { attention }),
    ...(alpha !== undefined && { alpha }),
    card,
    images,
    planes,
    parts: partsOf(model.network, model.config),
    fine: fineClasses(model.config).map(({ name }) => name),
    size: model.config.size,
    input: 'images',
    output: 'probabilities',
  });
}

function withoutParts(model: Model, names: readonly string[]): Model {
  const { network, config } = model;
  const known = partsOf(network, config).map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new TelltaleError(
      'OPTION_INVALID',
      `network ${network.name} ${model.card.config} has no part '${unknown}'`,
      `Choose among: ${known.join(', ')}.`,
    );
  if (names.length === 0) return model;
  return { ...model, config: { ...config, without: [...(config.without ?? []), ...names] } };
}

/** Options of the engine's session. */
export function settingsOf({ threads, providers }: RecognizerOptions): SessionSettings {
  return {
    ...(threads !== undefined && { intraOpNumThreads: threads }),
    ...(providers && { executionProviders: providers }),
  };
}

/** What a graph takes and gives. */
export interface Manner {
  readonly card: RecognizerCard;
  /** Side of its images, pixels. */
  readonly size: number;
  readonly planes: readonly InputPlane[];
  readonly images: readonly ImageName[];
  /** α of the magnified faces that it was trained on. */
  readonly alpha?: number;
  readonly parts?: readonly NamedPart[];
  readonly attention?: FlowAttention;
  /** Names of its fine classes, whose probabilities are the output `fine`. */
  readonly fine?: readonly string[];
  /** Name of the graph's input. */
  readonly input: string;
  /** Name of the graph's output. */
  readonly output: string;
}

/** An opened graph as a recognizer. */
export function recognizerOf(predictor: Predictor, manner: Manner): Recognizer {
  const { card, size, images, alpha, parts, attention, fine = [] } = manner;
  const run = async (
    inputs: readonly RecognizerInput[],
    output: string,
  ): Promise<Float32Array[]> => {
    const found: Float32Array[] = [];
    for (const input of inputs) {
      const answers = await predictor.run({ [manner.input]: inputOf(input, manner) });
      found.push(own(answers, output)!);
    }
    return found;
  };
  return {
    card,
    size,
    images,
    ...(alpha !== undefined && { alpha }),
    ...(parts && { parts }),
    classify: (inputs) => run(inputs, manner.output),
    ...(fine.length > 0 && {
      fine: {
        classes: fine,
        classify: (inputs: readonly RecognizerInput[]) => run(inputs, 'fine'),
      },
    }),
    ...(attention && {
      attention: { look: async (image: RecognizerInput) => attention.look(inputOf(image, manner)) },
    }),
    async release() {
      await attention?.release();
      await predictor.release();
    },
  };
}

function inputOf(input: RecognizerInput, { size, planes, images }: Manner): Float32Array {
  if (input instanceof Float32Array) {
    if (input.length !== planes.length * size * size)
      throw mismatch(size, `an input of ${input.length} numbers`);
    return input;
  }
  const given = pickImages('flow' in input ? input : { flow: input }, images);
  for (const name of images) {
    const image = given[name];
    if (image === undefined) throw missing(name);
    if (image.width !== size || image.height !== size)
      throw mismatch(size, `an image of ${image.width}×${image.height} pixels`);
  }
  return prepareInput(given, planes, size);
}

function missing(name: string): TelltaleError {
  return new TelltaleError(
    'MODEL_INPUT_MISMATCH',
    `the network was trained with images of the face, and is given no ${name} image`,
    `Give the ${name} image with the flow image, in the same box and size, or choose a recognizer that sees flow alone, such as merba.`,
  );
}

function mismatch(size: number, given: string): TelltaleError {
  return new TelltaleError(
    'MODEL_INPUT_MISMATCH',
    `the network takes images of ${size}×${size} pixels, it was given ${given}`,
    'Make the flow image in the size that the recognizer names.',
  );
}
