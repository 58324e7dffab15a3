/**
 * @file The interface of recognition networks to training, export and tests.
 *
 * A network is data and pure functions: a configuration, initial parameters and
 * a forward pass over symbolic tensors. The engine differentiates the forward
 * pass for training and exports the same one as ONNX for inference.
 */
import type { Context, Symbolic, Tensor } from '@telltale/engine';

import type { Random } from '../base/random.ts';
import type { Shape } from '../base/shape.ts';
import { flowPlanes, type InputPlane } from './input.ts';
import type { Parts } from './parts.ts';

/** The part of the configuration that all networks share. Configurations are plain JSON and are stored with the weights. */
export interface NetworkConfig {
  /** Number of classes. */
  readonly classes: number;
  /** Side of the square input, pixels. */
  readonly size: number;
  /** Names of the parts that are taken out: each is replaced by its neutral element, see `Part`. */
  readonly without?: readonly string[];
}

/** Results of a forward pass; `logits` classify. */
export interface Outputs {
  /** `[n, classes]`; their softmax gives the probabilities. */
  readonly logits: Tensor;
  readonly [part: string]: Tensor;
}

/** Further outputs of a network whose attention is driven by the flow; `h` is the side of its first map of tokens. */
export interface AttentionOutputs {
  /**
   * Where it looks, `[n, h, h]`: 1 is what each place of a window has where all are attended alike. The mean over
   * queries, heads and blocks.
   */
  readonly attention: Tensor;
  /** Movement of each place over the mean one, `[n, h, h]`, as the attention is given it. */
  readonly movement: Tensor;
  /** What it adds to the image's features: its root mean square over theirs, the mean over blocks; `[n]`. */
  readonly share: Tensor;
}

/** A fine class, and the class that it belongs to. */
export interface FineClass {
  /** Such as `repression`. */
  readonly name: string;
  /** Index of its class. */
  readonly of: number;
}

/** Targets of the fine decision. */
export interface FineTargets {
  /** Probabilities, `[n, f]`; a row of zeros where a sample has no fine class. */
  readonly targets: Tensor;
  /** 0 for the fine classes that the sample's dataset distinguishes, else a large negative number; `[n, f]`. */
  readonly among: Tensor;
}

/** A recognition network: from flow images, and face crops where it has planes for them, to logits. */
export interface Network<C extends NetworkConfig = NetworkConfig, P extends object = object> {
  /** Name in the registry and in weights files. */
  readonly name: string;
  /** Reference, as one line of a bibliography. */
  readonly paper: string;
  /** Configs by name. `tiny` is for tests. */
  readonly configs: Readonly<Record<string, C>> & {
    /** Smallest configuration, for tests. */
    readonly tiny: C;
  };
  /** Schema of a configuration that comes from a file. */
  readonly settings: Shape;
  /** The parts that its paper names, by name; each can be taken out. */
  readonly parts: Parts<C>;
  /** The config for these classes in this order. */
  forClasses(config: C, classes: readonly string[]): C;
  /** New parameters; the same random stream gives the same parameters. */
  init(config: C, random: Random): P;
  /** Input planes. @defaultValue u, v and strain */
  planes?(config: C): readonly InputPlane[];
  /** Inputs `[n, planes, size, size]` (see `prepareInput`) to outputs. */
  forward(context: Context, config: C, params: Symbolic<P>, x: Tensor): Outputs;
  /** Whether its attention is driven by the flow, so that its outputs have {@link AttentionOutputs}. @defaultValue not */
  isFlowDriven?(config: C): boolean;
  /** How it is fine-tuned from pretrained weights; absent where it cannot be. */
  readonly transfer?: Transfer<C>;
  /**
   * Segments of parameter names in weights of version 0.1, with today's names: `widen` of
   * `stages.0.blocks.0.widen.weight` is `fc1`. See `currentNames`.
   */
  readonly renamed?: Readonly<Record<string, string>>;
  /**
   * The network's own loss, a scalar, where its paper has more than the cross-entropy of the logits.
   *
   * @param targets - probabilities, `[n, classes]`: one-hot, or smoothed, or mixed; where the recipe
   *   weights classes, each times the weight of its class
   */
  loss?(config: C, outputs: Outputs, targets: Tensor): Tensor;
  /**
   * The loss where the configuration has fine classes below the classes; absent where the network has one granularity.
   * The output `fine` then has the log-probability of each fine class within its class.
   */
  fineLoss?(config: C, outputs: Outputs, targets: Tensor, fine: FineTargets): Tensor;
}

/** Parts of a network in transfer learning. A name stands for a parameter and for all below it. */
export interface Transfer<C extends NetworkConfig = NetworkConfig> {
  /** Depends on the classes and is initialized again. All others are the trunk, which accepts any input size. */
  readonly head: readonly string[];
  /** End of the trunk: it and the head are trained first, while the rest is frozen. */
  last(config: C): readonly string[];
  /**
   * What pretraining trains, where that is not the whole network: a part of it that needs no flow, as a network with the
   * same configurations and a head of its own. Its parameters have the names that they have in the network; all but
   * the head are the trunk, and what the network has besides is new.
   */
  readonly branch?: Network<C>;
}

/** The fine classes of a configuration, below its classes; none where it has one granularity. */
export function fineClasses(config: NetworkConfig): readonly FineClass[] {
  return (config as { readonly fine?: readonly FineClass[] }).fine ?? [];
}

/** The input planes of a network. */
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

/**
 * Tensors under the names that the network's parameters have today, whether a file of version 0.1 or
 * of this one has them.
 *
 * @param entries - of a weights file, by name
 */
export function currentNames<T>(
  { renamed = {} }: Pick<Network, 'renamed'>,
  entries: Iterable<readonly [name: string, value: T]>,
): ReadonlyMap<string, T> {
  const names = new Map(Object.entries(renamed));
  return new Map(
    Array.from(entries, ([name, value]) => {
      const segments = name.split('.').map((segment) => names.get(segment) ?? segment);
      return [segments.join('.'), value];
    }),
  );
}
