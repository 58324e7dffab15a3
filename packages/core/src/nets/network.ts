/**
 * @file What every recognition network looks like to training, export and tests.
 *
 * A network is data and pure functions: a config, parameters made from a
 * config, and a forward pass over symbolic tensors. The engine differentiates
 * the same forward pass for training and writes it as ONNX for use.
 */
import type { Context, Symbolic, Tensor } from '@telltale/engine';

import type { Random } from '../base/random.ts';
import { flowPlanes, type InputPlane } from './input.ts';

/** What the config of every network says. It is plain JSON, and travels with the weights. */
export interface NetworkConfig {
  /** Number of classes. */
  readonly classes: number;
  /** Side of the square input, pixels. */
  readonly size: number;
}

/** What a forward pass returns; `logits` is what classifies. */
export interface Outputs {
  /** `[n, classes]`; their softmax are the probabilities. */
  readonly logits: Tensor;
  readonly [part: string]: Tensor;
}

/** A recognition network: flow images, and faces where it asks for them, in; logits out. */
export interface Network<C extends NetworkConfig = NetworkConfig, P extends object = object> {
  /** Name in the registry and in weights files. */
  readonly name: string;
  /** Where it comes from, as one line of a bibliography. */
  readonly paper: string;
  /** Configs by name. `tiny` is for tests. */
  readonly configs: Readonly<Record<string, C>> & { readonly tiny: C };
  /** The config for these classes in this order. */
  forClasses(config: C, classes: readonly string[]): C;
  /** New parameters; the same random stream gives the same parameters. */
  init(config: C, random: Random): P;
  /** What it looks at, plane by plane; u, v and strain where left out. */
  planes?(config: C): readonly InputPlane[];
  /** Inputs `[n, planes, size, size]` (see `prepareInput`) to outputs. */
  forward(context: Context, config: C, params: Symbolic<P>, x: Tensor): Outputs;
  /** How it goes on with weights that it learned elsewhere; absent where it cannot. */
  readonly transfer?: Transfer<C>;
  /**
   * The network's own loss, a scalar, where its paper has more than the cross-entropy of the logits.
   *
   * @param targets - probabilities, `[n, classes]`: one-hot, or smoothed, or mixed; where the recipe
   *   weighs classes, each times the weight of its class
   */
  loss?(config: C, outputs: Outputs, targets: Tensor): Tensor;
}

/** Which parameters are which to a transfer. A name stands for a parameter and for all below it. */
export interface Transfer<C extends NetworkConfig = NetworkConfig> {
  /** What belongs to the classes, and begins anew. All others are the trunk, which knows no size of picture. */
  readonly head: readonly string[];
  /** The end of the trunk: it and the head learn first, while the rest stays as it came. */
  last(config: C): readonly string[];
}

/** What a network looks at, plane by plane. */
export function planesOf<C extends NetworkConfig>(
  network: Network<C>,
  config: C,
): readonly InputPlane[] {
  return network.planes?.(config) ?? flowPlanes;
}

/** Shape of the input of a batch: `[n, planes, size, size]`. */
export function inputShape(
  config: NetworkConfig,
  batch: number,
  planes: readonly InputPlane[] = flowPlanes,
): [number, number, number, number] {
  return [batch, planes.length, config.size, config.size];
}
