/**
 * @file What a forward pass needs besides its inputs: whether it is training, random
 * masks, and the running statistics of batch normalization.
 */
import { EngineError } from './errors.ts';
import { add, mul } from './operations/elementwise.ts';
import {
  normalizeBatch,
  normalizeWith,
  type Affine,
  type Statistics,
} from './operations/normalization.ts';
import { leaf, sizeOf, type Shape, type Tensor } from './tensor.ts';

/** Seeded random numbers, passed by the caller. */
export interface RandomSource {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Fills an array with the results of as many calls of `uniform`. Used for masks where present: it can be several times faster. */
  fill?(data: Float64Array): void;
  /** An independent stream identified by `key`, regardless of what was drawn before. */
  fork(key: number): RandomSource;
}

/** Fills a mask for one step. */
export type MaskFill = (data: Float32Array, random: RandomSource) => void;

/** `count` numbers, uniform in [0, 1). */
export function drawUniform(random: RandomSource, count: number): Float64Array {
  const drawn = new Float64Array(count);
  if (random.fill) random.fill(drawn);
  else for (let i = 0; i < count; i++) drawn[i] = random.uniform();
  return drawn;
}

/** A random input of the training graph. */
export interface Mask {
  /** The input as the graph uses it. */
  readonly tensor: Tensor;
  /** Refills it before each step. */
  readonly fill: MaskFill;
}

/** Passed to the forward pass of a network. */
export interface Context {
  /** Whether masks are drawn and batch statistics used. */
  readonly training: boolean;
  /**
   * Batch normalization of `[n, channels, …]`. Training uses the statistics of
   * the batch and updates the running ones by `momentum`, with the unbiased
   * variance; inference uses the running ones.
   *
   * @see Ioffe and Szegedy 2015, algorithms 1 and 2
   */
  batchNorm(
    x: Tensor,
    parameters: Affine & Statistics,
    options?: { readonly epsilon?: number; readonly momentum?: number },
  ): Tensor;
  /** Zeroes each element with probability `rate` and scales the rest up; nothing in inference. */
  dropout(x: Tensor, rate: number): Tensor;
  /** Zeroes whole samples with probability `rate` and scales the rest up; for residual branches. Samples are entries of `axis`, 0 by default. */
  dropPath(x: Tensor, rate: number, axis?: number): Tensor;
  /**
   * A random input that `fill` draws again for every training step.
   *
   * @throws EngineError `OPTION_INVALID` in inference, which has no random inputs
   */
  mask(shape: Shape, fill: MaskFill): Tensor;
}

/** No masks, and batch normalization by running statistics. */
export function inferenceContext(): Context {
  return {
    training: false,
    batchNorm: (x, parameters, options) => normalizeWith(x, parameters, options?.epsilon ?? 1e-5),
    dropout: (x, rate) => (checkRate(rate), x),
    dropPath: (x, rate) => (checkRate(rate), x),
    mask: () => {
      throw new EngineError(
        'OPTION_INVALID',
        'the network requests a random mask in inference',
        'Request masks only where context.training is true.',
      );
    },
  };
}

/** The context of training, with what the forward pass registered in it. */
export interface TrainingContext extends Context {
  readonly masks: readonly Mask[];
  /** New values of running statistics. */
  readonly updates: ReadonlyMap<Tensor, Tensor>;
}

/** A context that collects masks and updates. */
export function trainingContext(): TrainingContext {
  const masks: Mask[] = [];
  const updates = new Map<Tensor, Tensor>();
  const mask = (shape: Shape, fill: MaskFill): Tensor => {
    const tensor = leaf(`mask.${masks.length}`, shape);
    masks.push({ tensor, fill });
    return tensor;
  };
  const keepMask = (shape: Shape, rate: number): Tensor =>
    mask(shape, (data, random) => {
      const kept = 1 / (1 - rate);
      const drawn = drawUniform(random, data.length);
      for (let i = 0; i < data.length; i++) data[i] = Number(drawn[i]! >= rate) * kept;
    });
  return {
    training: true,
    masks,
    updates,
    mask,
    batchNorm(x, parameters, { epsilon = 1e-5, momentum = 0.1 } = {}) {
      const { output, mean, variance } = normalizeBatch(x, parameters, epsilon);
      const count = sizeOf(x.shape) / x.shape[1]!;
      const unbiased = count > 1 ? mul(variance, count / (count - 1)) : variance;
      const follow = (running: Tensor, batch: Tensor): void => {
        const old = updates.get(running) ?? running;
        updates.set(running, add(mul(old, 1 - momentum), mul(batch, momentum)));
      };
      follow(parameters.mean, mean);
      follow(parameters.variance, unbiased);
      return output;
    },
    dropout: (x, rate) => (checkRate(rate) === 0 ? x : mul(x, keepMask(x.shape, rate))),
    dropPath: (x, rate, axis = 0) => {
      const shape = x.shape.map((size, i) => (i === axis ? size : 1));
      return checkRate(rate) === 0 ? x : mul(x, keepMask(shape, rate));
    },
  };
}

function checkRate(rate: number): number {
  if (!(rate >= 0 && rate < 1)) {
    throw new EngineError(
      'OPTION_INVALID',
      `a drop rate of ${rate}`,
      'Use a rate of at least 0 and below 1.',
    );
  }
  return rate;
}
