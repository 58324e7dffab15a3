/**
 * @file From flow pictures to calibrated class probabilities.
 *
 * The weights become a forward-only ONNX graph in memory, which the ONNX
 * Runtime that the caller brings executes.
 */
import { createPredictor } from '@telltale/engine';

import { TelltaleError } from '../base/errors.ts';
import type { Picture } from '../base/image.ts';
import type { Ort } from '../base/ort.ts';
import { exportNetwork } from '../nets/export.ts';
import { prepareInput, type InputPictures } from '../nets/input.ts';
import { pickPictures, type PictureName } from '../nets/pictures.ts';
import type { RecognizerCard } from './card.ts';
import { readModel, type Model } from './weights.ts';

/** What a recognizer is asked about: a flow picture, alone or with faces, or the prepared input. */
export type Look = Picture | InputPictures | Float32Array;

/** A network that is ready to answer. */
export interface Recognizer {
  readonly card: RecognizerCard;
  /** Side of the pictures it takes, pixels. */
  readonly size: number;
  /** The pictures that it was trained on and needs; it leaves others alone. */
  readonly pictures: readonly PictureName[];
  /**
   * Calibrated probabilities of each picture's classes, in the order of `card.classes`.
   *
   * @param pictures - flow pictures, with faces where `pictures` names some; or what `prepareInput`
   *   made of them
   * @returns shape `[pictures][classes]`
   * @throws TelltaleError MODEL_INPUT_MISMATCH if a picture has another size, or is missing
   */
  classify(pictures: readonly Look[]): Promise<Float32Array[]>;
  /** Frees what the runtime holds. */
  release(): Promise<void>;
}

/**
 * Opens a weights file for use.
 *
 * @throws TelltaleError WEIGHTS_CORRUPT, WEIGHTS_MISMATCH, MODEL_INPUT_MISMATCH
 */
export async function openRecognizer(
  ort: Ort,
  weights: Uint8Array,
  options: { readonly threads?: number } = {},
): Promise<Recognizer> {
  const model = readModel(weights);
  const { size } = model.config;
  const graph = exportNetwork(model.network, model, {
    batch: 1,
    temperature: model.temperature,
  });
  const predictor = await createPredictor(ort, graph, {
    ...(options.threads !== undefined && { intraOpNumThreads: options.threads }),
  });
  return {
    card: model.card,
    size,
    pictures: model.pictures,
    async classify(pictures) {
      const found: Float32Array[] = [];
      for (const picture of pictures) {
        const { probabilities } = await predictor.run({ images: inputOf(picture, model) });
        found.push(probabilities!);
      }
      return found;
    },
    release: () => predictor.release(),
  };
}

/**
 * The ONNX file of a weights file, to be run by any runtime without telltale:
 * input `images` `[1, planes, size, size]` as `prepareInput` prepares it, output
 * `probabilities` `[1, classes]`, calibrated.
 *
 * @throws TelltaleError WEIGHTS_CORRUPT, WEIGHTS_MISMATCH, MODEL_INPUT_MISMATCH
 */
export function exportOnnx(weights: Uint8Array): Uint8Array {
  const model = readModel(weights);
  const { network, config, classes, score } = model.card;
  return exportNetwork(model.network, model, {
    batch: 1,
    temperature: model.temperature,
    metadata: {
      network,
      config,
      classes: JSON.stringify(classes),
      weights: model.card.weights,
      score,
    },
  });
}

function inputOf(look: Look, { config, planes, pictures }: Model): Float32Array {
  const { size } = config;
  if (look instanceof Float32Array) {
    if (look.length !== planes.length * size * size)
      throw mismatch(size, `an input of ${look.length} numbers`);
    return look;
  }
  const given = pickPictures('flow' in look ? look : { flow: look }, pictures);
  for (const name of pictures) {
    const picture = given[name];
    if (picture === undefined) throw missing(name);
    if (picture.width !== size || picture.height !== size)
      throw mismatch(size, `a picture of ${picture.width}×${picture.height} pixels`);
  }
  return prepareInput(given, planes, size);
}

function missing(name: string): TelltaleError {
  return new TelltaleError(
    'MODEL_INPUT_MISMATCH',
    `the network was trained with pictures of the face, and is given no ${name} picture`,
    `Give the ${name} picture with the flow picture, in the same box and size.`,
  );
}

function mismatch(size: number, given: string): TelltaleError {
  return new TelltaleError(
    'MODEL_INPUT_MISMATCH',
    `the network takes pictures of ${size}×${size} pixels, it was given ${given}`,
    'Make the flow picture in the size that the recognizer names.',
  );
}
