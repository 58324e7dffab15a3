/**
 * @file A network with its weights as one forward-only ONNX file: how predictions are made, everywhere.
 *
 * The file looks at each picture and at its mirror, and averages the logits: a
 * face has no left or right that an emotion knows of, and training showed both.
 */
import { add, compilePrediction, constant, div, flip, mul, softmax } from '@telltale/engine';

import { inputShape, type Network, type NetworkConfig } from './network.ts';

/** What the file is made for. */
export interface ExportOptions {
  /** Pictures that go in at once. */
  readonly batch: number;
  /** Divides the logits: above 1, probabilities are less sure than the network is. @defaultValue 1 */
  readonly temperature?: number;
  /** Text to keep in the file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of an ONNX file (opset 17, standard operators) with input `images`
 * `[batch, 3, size, size]`, as `flowInput` prepares them, and output
 * `probabilities` `[batch, classes]`.
 *
 * @see Guo, Pleiss, Sun and Weinberger 2017, "On Calibration of Modern Neural Networks", equation 9
 */
export function exportNetwork<C extends NetworkConfig, P extends object>(
  network: Network<C, P>,
  model: { readonly config: C; readonly params: P },
  options: ExportOptions,
): Uint8Array {
  const { batch, temperature = 1, metadata = {} } = options;
  return compilePrediction({
    params: model.params,
    inputs: { images: inputShape(model.config, batch) },
    forward: (context, params, { images }) => {
      const signs = constant(Float32Array.of(-1, 1, 1), [3, 1, 1]); // what moved left now moves right
      const mirrored = mul(flip(images, [3]), signs);
      const [plain, turned] = [images, mirrored].map(
        (x) => network.forward(context, model.config, params, x).logits,
      );
      return { probabilities: softmax(div(add(plain!, turned!), 2 * temperature)) };
    },
    metadata,
  });
}
