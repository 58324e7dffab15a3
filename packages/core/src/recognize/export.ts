/**
 * @file A recognizer as two files that any program can use: a standard ONNX graph, and `model.json`
 * that describes what it takes, what it returns and its measured score.
 */
import { sha256 } from '../base/sha256.ts';
import { VERSION } from '../base/version.ts';
import { inputVersion } from '../nets/input.ts';
import { inputShape } from '../nets/network.ts';
import { compileModel } from './compile.ts';
import { modelSchema, type ModelDescription } from './description.ts';
import { readModel } from './weights.ts';

/** A recognizer as files. */
export interface ExportedModel {
  /** Bytes of the ONNX file. */
  readonly onnx: Uint8Array;
  /** Text of its `model.json`. */
  readonly description: string;
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
  return compileModel(model, {
    network,
    config,
    classes: JSON.stringify(classes),
    weights: model.card.weights,
    score,
  });
}

/**
 * The ONNX file of a weights file with its description.
 *
 * @param file - name that the ONNX file will have
 * @throws TelltaleError WEIGHTS_CORRUPT, WEIGHTS_MISMATCH, MODEL_INPUT_MISMATCH
 */
export function exportModel(weights: Uint8Array, file: string = 'model.onnx'): ExportedModel {
  const { card, config, planes, images, alpha, temperature } = readModel(weights);
  const onnx = exportOnnx(weights);
  const made: ModelDescription = {
    schema: modelSchema,
    network: card.network,
    config: card.config,
    onnx: { file, sha256: sha256(onnx) },
    input: {
      name: 'images',
      shape: inputShape(config, 1, planes),
      preparation: inputVersion,
      planes,
      pictures: images,
      ...(alpha !== undefined && { alpha }),
    },
    output: { name: 'probabilities', classes: card.classes },
    calibration: { temperature, unsureBelow: card.unsureBelow },
    score: card.score,
    ...(card.elsewhere && { elsewhere: card.elsewhere }),
    ...(card.note !== undefined && { note: card.note }),
    weights: card.weights,
    made: `telltale ${VERSION}`,
  };
  return { onnx, description: `${JSON.stringify(made, null, 2)}\n` };
}
