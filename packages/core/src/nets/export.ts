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
  exp,
  flattenParameters,
  flip,
  gather,
  mul,
  softmax,
} from '@telltale/engine';
import type { Context, Parameter, Symbolic, Tensor } from '@telltale/engine';

import { own } from '../base/own.ts';
import { mirrorSigns, type InputPlane } from './input.ts';
import { withinClasses } from './granularity.ts';
import {
  fineClasses,
  inputShape,
  planesOf,
  type AttentionOutputs,
  type Network,
  type NetworkConfig,
  type Outputs,
} from './network.ts';

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
 * `probabilities` `[batch, classes]`; with fine classes also `fine` `[batch, fine classes]`, whose probabilities sum to 1.
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
    forward: (context, params, { images }) =>
      answers(bothWays({ context, network, config: model.config }, params, images), {
        config: model.config,
        temperature,
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
      const both = bothWays({ context, network, config: model.config }, params, images);
      return answers(both, { config: model.config, temperature: 1 });
    },
  });
}

/** Name of a weight as an input of {@link exportLive}. */
export function weightInput(name: string): string {
  return `weight.${name}`;
}

/**
 * A graph that shows where a network looks: input as {@link exportNetwork}, batch 1, outputs as {@link AttentionOutputs},
 * each the mean of the image and its mirror image.
 */
export function exportAttention<C extends NetworkConfig, P extends object>(
  network: Network<C, P>,
  model: { readonly config: C; readonly params: P },
): Uint8Array {
  const { config } = model;
  return compilePrediction({
    params: model.params,
    inputs: { images: inputShape(config, 1, planesOf(network, config)) },
    forward: (context, params, { images }) => {
      const [plain, turned] = [images, mirror(images, planesOf(network, config))].map((x) =>
        network.forward(context, config, params, x),
      ) as [Outputs, Outputs];
      const both = (name: keyof AttentionOutputs, back: (map: Tensor) => Tensor): Tensor =>
        mul(add(plain[name]!, back(turned[name]!)), 0.5);
      const flipBack = (map: Tensor): Tensor => flip(map, [2]);
      return {
        attention: both('attention', flipBack),
        movement: both('movement', flipBack),
        share: both('share', (share) => share),
      } satisfies AttentionOutputs;
    },
  });
}

/** The mirrored face: u changes its sign. */
function mirror(images: Tensor, planes: readonly InputPlane[]): Tensor {
  return mul(flip(images, [3]), constant(mirrorSigns(planes), [planes.length, 1, 1]));
}

/** Sums over the images and their mirror images. */
interface BothWays {
  /** `[n, classes]` */
  readonly logits: Tensor;
  /** Of the log-probabilities of the fine classes within their classes, `[n, fine classes]`. */
  readonly fine?: Tensor;
}

function bothWays<C extends NetworkConfig, P extends object>(
  where: { readonly context: Context; readonly network: Network<C, P>; readonly config: C },
  params: Symbolic<P>,
  images: Tensor,
): BothWays {
  const mirrored = mirror(images, planesOf(where.network, where.config));
  const [plain, turned] = [images, mirrored].map((x) =>
    where.network.forward(where.context, where.config, params, x),
  ) as [Outputs, Outputs];
  return {
    logits: add(plain.logits, turned.logits),
    ...(fineClasses(where.config).length > 0 && { fine: add(plain['fine']!, turned['fine']!) }),
  };
}

/** Probabilities of the classes and, where there are any, of the fine classes: that of the class times that within it. */
function answers(
  { logits, fine }: BothWays,
  { config, temperature }: { readonly config: NetworkConfig; readonly temperature: number },
): Readonly<Record<string, Tensor>> {
  const probabilities = softmax(div(logits, 2 * temperature));
  if (!fine) return { probabilities };
  const known = fineClasses(config);
  const within = exp(withinClasses({ ...config, fine: known }, div(fine, 2)));
  const ofClass = gather(
    probabilities,
    1,
    known.map(({ of }) => of),
  );
  return { probabilities, fine: mul(ofClass, within) };
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
