/**
 * @file Layers that several networks share: parameters with their initial values, and the call.
 *
 * Blocks of a paper stay in that paper's file.
 */
import {
  conv,
  layerNorm,
  linear,
  mul,
  rearrange,
  sum,
  type ConvolutionOptions,
  type Parameter,
  type Symbolic,
  type Tensor,
} from '@telltale/engine';

import { createRandom } from '../base/random.ts';
import type { Random } from '../base/random.ts';

/**
 * Makes parameters that have shapes and no data, so that a file can be checked against a network
 * before memory is allocated for it. Every parameter of a network comes from {@link parameter} or
 * what is built on it.
 */
export const shapesOnly: Random = Object.freeze({
  ...createRandom(0),
  fork: (): Random => shapesOnly,
});

/** A parameter whose entry `i` is `value(i)`; without data where `random` is {@link shapesOnly}. */
export function parameter(
  shape: readonly number[],
  random: Random,
  value: (i: number) => number,
): Parameter {
  const length = random === shapesOnly ? 0 : shape.reduce((product, size) => product * size, 1);
  return { shape, data: Float32Array.from({ length }, (_, i) => value(i)) };
}

/** A parameter whose entries are all the same. */
export function filled(shape: readonly number[], value: number, random: Random): Parameter {
  return parameter(shape, random, () => value);
}

/** A parameter of normally distributed entries with mean 0. */
export function normal(shape: readonly number[], std: number, random: Random): Parameter {
  return parameter(shape, random, () => random.normal() * std);
}

/** A parameter of entries that are uniform between `-limit` and `limit`. */
export function uniform(shape: readonly number[], limit: number, random: Random): Parameter {
  return parameter(shape, random, () => limit * (2 * random.uniform() - 1));
}

/** A fully connected layer. */
export interface Linear {
  /** `[out, in]` */
  readonly weight: Parameter;
  /** `[out]` */
  readonly bias?: Parameter;
}

/** New parameters, uniform in ±1/√in (LeCun et al. 1998, "Efficient BackProp", §4.6, up to a factor); the bias is zero. */
export function initLinear(
  sizes: { readonly from: number; readonly to: number; readonly bias?: boolean },
  random: Random,
): Linear {
  const { from, to, bias = true } = sizes;
  return {
    weight: uniform([to, from], 1 / Math.sqrt(from), random),
    ...(bias && { bias: filled([to], 0, random) }),
  };
}

/** `[…, in] → […, out]` */
export function applyLinear(p: Symbolic<Linear>, x: Tensor): Tensor {
  return linear(x, p.weight, p.bias ?? null);
}

/** Scale and shift after a normalization, each `[d]`. */
export interface Norm {
  readonly weight: Parameter;
  readonly bias: Parameter;
}

/** Scale 1, shift 0. */
export function initNorm(d: number, random: Random): Norm {
  return { weight: filled([d], 1, random), bias: filled([d], 0, random) };
}

/** Layer normalization over the last axis (Ba, Kiros and Hinton 2016). */
export function applyNorm(p: Symbolic<Norm>, x: Tensor): Tensor {
  return layerNorm(x, p);
}

/** Batch normalization (Ioffe and Szegedy 2015) with its running statistics, each `[d]`. */
export interface BatchNorm extends Norm {
  readonly mean: Parameter;
  readonly variance: Parameter;
}

/** Scale 1, shift 0; running mean 0 and variance 1, which the optimizer leaves alone. */
export function initBatchNorm(d: number, random: Random): BatchNorm {
  return {
    ...initNorm(d, random),
    mean: { ...filled([d], 0, random), trainable: false },
    variance: { ...filled([d], 1, random), trainable: false },
  };
}

/** Weights of {@link placedPool}, `[h², d]`: at first the mean over places. */
export function initPlacedPool(places: number, d: number, random: Random): Parameter {
  return filled([places, d], 1 / places, random);
}

/**
 * Pooling with a learned weight for each place and channel, because a face has its parts in places:
 * the global depthwise convolution of Chen et al. 2018, "MobileFaceNets".
 *
 * @param map - `[n, h, h, d]` with channels last, `[n, d, h, h]` with channels first; either order is
 *   pooled as it is, since transposing costs a pass over the map and changes the order of the sums
 * @returns `[n, d]`
 */
export function placedPool(weights: Tensor, map: Tensor, channels: 'first' | 'last'): Tensor {
  if (channels === 'last') return sum(mul(rearrange(map, 'n h w d -> n (h w) d'), weights), [1]);
  const h = map.shape[2]!;
  return sum(mul(map, rearrange(weights, '(h w) d -> 1 d h w', { h })), [2, 3]);
}

/** A two-dimensional convolution. */
export interface Convolution {
  /** `[out, in / groups, kernel, kernel]` */
  readonly weight: Parameter;
  /** `[out]` */
  readonly bias?: Parameter;
}

/** New parameters, uniform in ±1/√(inputs of an output); the bias is zero. */
export function initConvolution(
  sizes: {
    readonly from: number;
    readonly to: number;
    readonly kernel: number;
    readonly bias?: boolean;
  },
  random: Random,
): Convolution {
  const { from, to, kernel, bias = true } = sizes;
  return {
    weight: uniform([to, from, kernel, kernel], 1 / (kernel * Math.sqrt(from)), random),
    ...(bias && { bias: filled([to], 0, random) }),
  };
}

/** `[n, in, h, w] → [n, out, h′, w′]` */
export function applyConvolution(
  p: Symbolic<Convolution>,
  x: Tensor,
  options: ConvolutionOptions,
): Tensor {
  return conv(x, p.weight, { ...options, bias: p.bias ?? null });
}
