/**
 * @file Layers that more than one network uses: parameters with their initial values, and the call.
 *
 * Blocks of a paper stay in that paper's file, even where two papers have
 * something similar.
 */
import {
  conv,
  layerNorm,
  linear,
  type ConvolutionOptions,
  type Parameter,
  type Symbolic,
  type Tensor,
} from '@telltale/engine';

import type { Random } from '../base/random.ts';

/** A parameter whose entries are all the same. */
export function filled(shape: readonly number[], value: number): Parameter {
  return { shape, data: new Float32Array(count(shape)).fill(value) };
}

/** A parameter of normally distributed entries with mean 0. */
export function normal(shape: readonly number[], deviation: number, random: Random): Parameter {
  return {
    shape,
    data: Float32Array.from({ length: count(shape) }, () => random.normal() * deviation),
  };
}

/** A parameter of entries that are uniform between `-limit` and `limit`. */
export function uniform(shape: readonly number[], limit: number, random: Random): Parameter {
  const draw = (): number => limit * (2 * random.uniform() - 1);
  return { shape, data: Float32Array.from({ length: count(shape) }, draw) };
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
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
    ...(bias && { bias: filled([to], 0) }),
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
export function initNorm(d: number): Norm {
  return { weight: filled([d], 1), bias: filled([d], 0) };
}

/** Layer normalization over the last axis (Ba, Kiros and Hinton 2016). */
export function applyNorm(p: Symbolic<Norm>, x: Tensor): Tensor {
  return layerNorm(x, p);
}

/** A convolution over the plane. */
export interface Convolution {
  /** `[out, in / groups, kernel, kernel]` */
  readonly weight: Parameter;
  /** `[out]` */
  readonly bias?: Parameter;
}

/** New parameters, uniform in ±1/√(numbers that an output sees); the bias is zero. */
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
    ...(bias && { bias: filled([to], 0) }),
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
