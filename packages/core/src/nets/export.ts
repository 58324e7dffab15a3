/**
 * @file A network with its weights as one forward-only ONNX file: used for all predictions.
 *
 * The graph evaluates each image and its mirror image and averages the logits:
 * emotions do not depend on left and right, and training showed both.
 */
import {
  add,
  compilePrediction,
  constant,
  div,
  flattenParameters,
  flip,
  mul,
  softmax,
} from '@telltale/engine';
import type { Context, Parameter, Symbolic, Tensor } from '@telltale/engine';

import { own } from '../base/own.ts';
import { mirrorSigns } from './input.ts';
import { inputShape, planesOf, type Network, type NetworkConfig } from './network.ts';

/** Batch, calibration and metadata of an exported graph. */
export interface ExportOptions {
  /** First axis of the input: how many inputs one run evaluates. */
  readonly batch: number;
  /** Divides the logits: above 1, probabilities are less confident than the network's. @defaultValue 1 */
  readonly temperature?: number;
  /** Text to keep in the file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of an ONNX file (opset 17, standard operators) with input `images`
 * `[batch, planes, size, size]`, as `prepareInput` prepares them, and output
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
    inputs: { images: inputShape(model.config, batch, planesOf(network, model.config)) },
    forward: (context, params, { images }) => ({
      probabilities: softmax(
        div(bothWays({ context, network, config: model.config }, params, images), 2 * temperature),
      ),
    }),
    metadata,
  });
}

/**
 * The same graph with the weights as inputs, each called `weight.` and its name: one session
 * predicts with the weights of any step of a training.
 */
export function exportLive<C extends NetworkConfig, P extends object>(
  network: Network<C, P>,
  model: { readonly config: C; readonly params: P },
  batch: number,
): Uint8Array {
  const weights = flattenParameters(model.params).map(
    ({ name, shape }) => [weightInput(name), shape] as const,
  );
  return compilePrediction({
    params: {},
    inputs: {
      ...Object.fromEntries(weights),
      images: inputShape(model.config, batch, planesOf(network, model.config)),
    },
    forward: (context, _, inputs) => {
      const { images, ...given } = inputs as { readonly [name: string]: Tensor; images: Tensor };
      const params = inPlace(model.params, '', (name) =>
        own(given, weightInput(name))!,
      ) as Symbolic<P>;
      const logits = bothWays({ context, network, config: model.config }, params, images);
      return { probabilities: softmax(div(logits, 2)) };
    },
  });
}

/** Name of a weight as an input of {@link exportLive}. */
export function weightInput(name: string): string {
  return `weight.${name}`;
}

/** Sum of the logits of the images and of their mirror images, `[n, classes]`. */
function bothWays<C extends NetworkConfig, P extends object>(
  where: { readonly context: Context; readonly network: Network<C, P>; readonly config: C },
  params: Symbolic<P>,
  images: Tensor,
): Tensor {
  const planes = planesOf(where.network, where.config);
  const signs = constant(mirrorSigns(planes), [planes.length, 1, 1]); // u changes its sign
  const mirrored = mul(flip(images, [3]), signs);
  const [plain, turned] = [images, mirrored].map(
    (x) => where.network.forward(where.context, where.config, params, x).logits,
  );
  return add(plain!, turned!);
}

/** The tree of parameters with a tensor in the place of each. */
function inPlace(tree: unknown, path: string, find: (name: string) => Tensor): unknown {
  if (typeof tree !== 'object' || tree === null) return tree;
  if ((tree as Partial<Parameter>).data instanceof Float32Array) return find(path);
  const inner = (key: string | number): string => (path === '' ? String(key) : `${path}.${key}`);
  if (Array.isArray(tree)) return tree.map((value, i) => inPlace(value, inner(i), find));
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, inPlace(value, inner(key), find)]),
  );
}
