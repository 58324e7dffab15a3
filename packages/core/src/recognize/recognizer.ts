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
import { flowInput } from '../nets/input.ts';
import type { RecognizerCard } from './card.ts';
import { readModel } from './weights.ts';

/** A network that is ready to answer. */
export interface Recognizer {
  readonly card: RecognizerCard;
  /** Side of the flow pictures it takes, pixels. */
  readonly size: number;
  /**
   * Calibrated probabilities of each picture's classes, in the order of `card.classes`.
   *
   * @param pictures - flow pictures, or what `flowInput` made of them
   * @returns shape `[pictures][classes]`
   * @throws TelltaleError MODEL_INPUT_MISMATCH if a picture has another size
   */
  classify(pictures: readonly (Picture | Float32Array)[]): Promise<Float32Array[]>;
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
    async classify(pictures) {
      const found: Float32Array[] = [];
      for (const picture of pictures) {
        const { probabilities } = await predictor.run({ images: inputOf(picture, size) });
        found.push(probabilities!);
      }
      return found;
    },
    release: () => predictor.release(),
  };
}

/**
 * The ONNX file of a weights file, to be run by any runtime without telltale:
 * input `images` `[1, 3, size, size]` as `flowInput` prepares it, output
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

function inputOf(picture: Picture | Float32Array, size: number): Float32Array {
  if (picture instanceof Float32Array) {
    if (picture.length !== 3 * size * size)
      throw mismatch(size, `an input of ${picture.length} numbers`);
    return picture;
  }
  if (picture.width !== size || picture.height !== size)
    throw mismatch(size, `a picture of ${picture.width}×${picture.height} pixels`);
  return flowInput(picture, size);
}

function mismatch(size: number, given: string): TelltaleError {
  return new TelltaleError(
    'MODEL_INPUT_MISMATCH',
    `the network takes flow pictures of ${size}×${size} pixels, it was given ${given}`,
    'Make the flow picture in the size that the recognizer names.',
  );
}
