/** @file A trained model as the ONNX graph that runs it. */
import { EngineError } from '@telltale/engine';

import { TelltaleError } from '../base/errors.ts';
import { exportNetwork } from '../nets/export.ts';
import type { Model } from './weights.ts';

/**
 * The bytes of a calibrated ONNX file with input `images` `[1, planes, size, size]` and output
 * `probabilities` `[1, classes]`.
 *
 * @param metadata - text to store in the file
 * @throws TelltaleError WEIGHTS_MISMATCH where the network cannot run with the sizes in its settings
 */
export function compileModel(
  model: Model,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { network, temperature } = model;
  try {
    return exportNetwork(network, model, { batch: 1, temperature, metadata });
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    throw new TelltaleError(
      'WEIGHTS_MISMATCH',
      `network ${network.name} cannot run with the settings of the weights: ${cause.message}`,
      'Use weights that were trained with this network and these settings.',
      { cause },
    );
  }
}
