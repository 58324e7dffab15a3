/**
 * @file Attention inside windows that the flow drives: MFDAN's, with DropKey.
 *
 * Queries and keys are the flow's, values the image's, and keys where more
 * moves are preferred. That is our reading of Cai et al. 2024, "MFDAN", whose
 * abstract alone is public: see `mfdan.ts`. DropKey: Li, Hu, Nie, Yuan and Yang
 * 2023, "DropKey for Vision Transformer", CVPR, arXiv:2208.02646: keys are
 * dropped before the softmax, in training only.
 *
 * Glossary: `n` batch, `h` side of the map, `g` windows of a map, `m = n·g`,
 * `l` tokens of a window, `d` channels, `e` channels of a head.
 */
import {
  add,
  averagePool,
  div,
  drawUniform,
  log,
  matmul,
  mean,
  mul,
  reshape,
  slice,
  softmax,
  split,
  sqrt,
  square,
  sum,
  transpose,
  type Context,
  type Parameter,
  type Symbolic,
  type Tensor,
} from '@telltale/engine';

import { applyLinear, applyNorm, type Linear, type Norm } from './layers.ts';
import { channelsLast } from './maps.ts';

/** Attention that the flow drives. */
export interface Driven {
  /** Of the flow's tokens. */
  readonly flowNorm: Norm;
  /** Of the image's tokens. */
  readonly imageNorm: Norm;
  /** Queries and keys from flow, `[2d, d]`. */
  readonly qk: Linear;
  /** Values from the image, `[d, d]`. */
  readonly value: Linear;
  readonly out: Linear;
  /** β: how much movement draws attention, `[1]`. */
  readonly prior: Parameter;
  /** Starts at zero: the image begins alone. `[d]` */
  readonly gate: Parameter;
}

/** Channels of an attention head. */
export interface Heads {
  readonly headDim: number;
}

/** What the flow tells the image on a level. */
export interface Drive {
  /** `[m, l, d]` */
  readonly tokens: Tensor;
  /** log(ε + movement) of each key, `[m, 1, 1, l]`. */
  readonly prior: Tensor;
}

/**
 * Attention whose queries and keys are the flow's and whose values are the
 * image's; `[m, l, d] → [m, l, d]`. Keys where more moves are preferred.
 */
export function drivenAttention(
  p: Symbolic<Driven>,
  x: Tensor,
  how: Drive & Heads & { readonly dropped?: Tensor | undefined },
): Tensor {
  const qk = split(applyLinear(p.qk, applyNorm(p.flowNorm, how.tokens)), 2, 2);
  const [q, k] = qk.map((t) => toHeads(t, how.headDim)) as [Tensor, Tensor];
  const v = toHeads(applyLinear(p.value, applyNorm(p.imageNorm, x)), how.headDim);
  const prior = mul(how.prior, p.prior); //                                   [m, 1, 1, l]
  return mul(applyLinear(p.out, attend({ q, k, v, prior }, how.dropped)), p.gate);
}

/**
 * softmax(q kᵀ / √e + prior + dropped) v; heads joined, `[m, l, d]`.
 *
 * @param dropped - −40 where a key is dropped, else 0; `[m, 1, l, l]`
 */
export function attend(
  {
    q,
    k,
    v,
    prior,
  }: { readonly q: Tensor; readonly k: Tensor; readonly v: Tensor; readonly prior?: Tensor },
  dropped: Tensor | undefined,
): Tensor {
  const [m, heads, l, e] = q.shape as [number, number, number, number];
  const scaled = mul(q, 1 / Math.sqrt(e)); // fewer numbers than the scores
  let scores = matmul(scaled, transpose(k, [0, 1, 3, 2])); //                 [m, heads, l, l]
  if (prior) scores = add(scores, prior);
  if (dropped) scores = add(scores, dropped);
  const seen = matmul(softmax(scores), v); //                                 [m, heads, l, e]
  return reshape(transpose(seen, [0, 2, 1, 3]), [m, l, heads * e]);
}

/**
 * Added to the score of a dropped key. Its weight, e⁻⁴⁰ of a kept one's, is lost in float32's rounding; far
 * smaller ones would be denormal numbers, on which processors are slow.
 */
const DROPPED = -40;

/**
 * Which keys each query must do without, the same in all heads (ours); nothing in use.
 *
 * @param x - `[m, l, d]`
 * @returns `[m, 1, l, l]`
 * @see Li et al. 2023, algorithm 1
 */
export function dropKeys(context: Context, x: Tensor, rate: number): Tensor | undefined {
  if (!context.training || rate === 0) return undefined;
  const [m, l] = x.shape as [number, number];
  return context.mask([m, 1, l, l], (data, random) => {
    // Half of the bits of a random number are enough for one key.
    const drawn = drawUniform(random, Math.ceil(data.length / 2));
    for (let i = 0; i < data.length; i += 2) {
      const bits = drawn[i / 2]! * 65536;
      data[i] = Number(bits < rate * 65536) * DROPPED + 0;
      if (i + 1 < data.length) data[i + 1] = Number(bits - Math.floor(bits) < rate) * DROPPED + 0;
    }
  });
}

/** Length of u and v of each place, `[n, 1, size, size]`. */
export function magnitude(flow: Tensor): Tensor {
  const both = slice(flow, [{ axis: 1, start: 0, end: 2 }]);
  return sqrt(add(sum(square(both), [1], { keep: true }), 1e-12));
}

/** A place without movement still counts as much as this share of the mean movement. */
const STILL = 0.1;

/** log(ε + s), s the movement of a token over the mean movement; `[n, 1, size, size] → [m, 1, 1, l]`. */
export function placePrior(moved: Tensor, side: number, window: number): Tensor {
  const kernel = moved.shape[2]! / side;
  const cells = averagePool(moved, { kernel }); //                            [n, 1, h, h]
  const shares = div(cells, add(mean(cells, [1, 2, 3], { keep: true }), 1e-6));
  const windows = toWindows(channelsLast(log(add(shares, STILL))), window); // [m, l, 1]
  const [m, l] = windows.shape as [number, number];
  return reshape(windows, [m, 1, 1, l]);
}

/** `[m, l, d] → [m, heads, l, e]` */
export function toHeads(x: Tensor, headDim: number): Tensor {
  const [m, l, d] = x.shape as [number, number, number];
  const heads = Math.max(1, Math.floor(d / headDim));
  return transpose(reshape(x, [m, l, heads, d / heads]), [0, 2, 1, 3]);
}

/** `[n, h, h, d] → [m, l, d]` */
export function toWindows(x: Tensor, w: number): Tensor {
  const [n, h, , d] = x.shape as [number, number, number, number];
  const across = h / w;
  const cut = transpose(reshape(x, [n, across, w, across, w, d]), [0, 1, 3, 2, 4, 5]);
  return reshape(cut, [n * across * across, w * w, d]);
}

/** Inverse of {@link toWindows} for a map of the given side. */
export function fromWindows(x: Tensor, h: number): Tensor {
  const [m, l, d] = x.shape as [number, number, number];
  const w = Math.sqrt(l);
  const across = h / w;
  const n = m / across ** 2;
  const joined = transpose(reshape(x, [n, across, across, w, w, d]), [0, 1, 3, 2, 4, 5]);
  return reshape(joined, [n, h, h, d]);
}
