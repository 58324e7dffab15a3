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
import type { RecognizerCard } from './card.ts';
import { compileModel } from './compile.ts';
import { readModel } from './weights.ts';

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
  /**
   * Calibrated probabilities of each image's classes, in the order of `card.classes`.
   *
   * @param images - flow images, with faces where `images` names some; or what `prepareInput`
   *   made of them
   * @returns shape `[images][classes]`
   * @throws TelltaleError MODEL_INPUT_MISMATCH if an image has another size, or is missing
   */
  classify(images: readonly RecognizerInput[]): Promise<Float32Array[]>;
  /** Frees what the runtime holds. */
  release(): Promise<void>;
}

/** How a recognizer runs. */
export interface RecognizerOptions {
  /** Threads of one operator; the runtime decides by default. */
  readonly threads?: number;
  /** Execution providers of the runtime in order of preference; the CPU by default. */
  readonly providers?: readonly string[];
}

/**
 * Opens a weights file for use.
 *
 * @throws TelltaleError WEIGHTS_CORRUPT, WEIGHTS_MISMATCH, MODEL_INPUT_MISMATCH
 */
export async function openRecognizer(
  ort: Ort,
  weights: Uint8Array,
  options: RecognizerOptions = {},
): Promise<Recognizer> {
  const model = readModel(weights);
  const { card, images, planes } = model;
  const predictor = await createPredictor(ort, compileModel(model), settingsOf(options));
  return recognizerOf(predictor, {
    card,
    images,
    planes,
    size: model.config.size,
    input: 'images',
    output: 'probabilities',
  });
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
  /** Name of the graph's input. */
  readonly input: string;
  /** Name of the graph's output. */
  readonly output: string;
}

/** An opened graph as a recognizer. */
export function recognizerOf(predictor: Predictor, manner: Manner): Recognizer {
  const { card, size, images } = manner;
  return {
    card,
    size,
    images,
    async classify(inputs) {
      const found: Float32Array[] = [];
      for (const input of inputs) {
        const answers = await predictor.run({ [manner.input]: inputOf(input, manner) });
        found.push(own(answers, manner.output)!);
      }
      return found;
    },
    release: () => predictor.release(),
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
    `Give the ${name} image with the flow image, in the same box and size.`,
  );
}

function mismatch(size: number, given: string): TelltaleError {
  return new TelltaleError(
    'MODEL_INPUT_MISMATCH',
    `the network takes images of ${size}×${size} pixels, it was given ${given}`,
    'Make the flow image in the size that the recognizer names.',
  );
}
