/**
 * @file Flow-driven attention inside windows: MFDAN's, with DropKey.
 *
 * Queries and keys come from the flow, values from the image, and keys with more
 * movement are preferred. This is our reading of Cai et al. 2024, "MFDAN", of
 * which only the abstract is public: see `mfdan.ts`. DropKey: Li, Hu, Nie, Yuan and Yang
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
  mean,
  mul,
  rearrange,
  slice,
  split,
  sqrt,
  square,
  sum,
  type Context,
  type Parameter,
  type Symbolic,
  type Tensor,
} from '@telltale/engine';

import { attend, attentionWeights, splitHeads, type Attended } from './attention.ts';
import { applyLinear, applyNorm, type Linear, type Norm } from './layers.ts';

/** Parameters of flow-driven attention. */
export interface DrivenAttention {
  /** Of the flow's tokens. */
  readonly flowNorm: Norm;
  /** Of the image's tokens. */
  readonly imageNorm: Norm;
  /** Queries and keys from flow, `[2d, d]`. */
  readonly qk: Linear;
  /** Values from the image, `[d, d]`. */
  readonly value: Linear;
  readonly out: Linear;
  /** β: weight of the movement prior, `[1]`. */
  readonly prior: Parameter;
  /** Initially zero: the image alone. `[d]` */
  readonly gate: Parameter;
}

/** Channels of an attention head. */
export interface Heads {
  readonly headDim: number;
}

/** Input from the flow on a level. */
export interface FlowInput {
  /** `[m, l, d]` */
  readonly tokens: Tensor;
  /** log(ε + movement) of each key, `[m, 1, 1, l]`. */
  readonly prior: Tensor;
}

/**
 * Attention with queries and keys from the flow and values from the image;
 * `[m, l, d] → [m, l, d]`. Keys with more movement are preferred.
 *
 * @param x - tokens of the image
 */
export function drivenAttention(
  p: Symbolic<DrivenAttention>,
  x: Tensor,
  flow: FlowInput & Heads & { readonly dropped?: Tensor | undefined },
): Tensor {
  const v = splitHeads(applyLinear(p.value, applyNorm(p.imageNorm, x)), flow.headDim);
  return mul(applyLinear(p.out, attend({ ...drive(p, flow), v })), p.gate);
}

/** Queries, keys and what is added to their scores: all of it from the flow. */
function drive(
  p: Symbolic<DrivenAttention>,
  flow: FlowInput & Heads & { readonly dropped?: Tensor | undefined },
): Omit<Attended, 'v'> {
  const qk = split(applyLinear(p.qk, applyNorm(p.flowNorm, flow.tokens)), 2, 2);
  const [q, k] = qk.map((t) => splitHeads(t, flow.headDim)) as [Tensor, Tensor];
  const prior = mul(flow.prior, p.prior); //                                  [m, 1, 1, l]
  return { q, k, bias: flow.dropped ? [prior, flow.dropped] : [prior] };
}

/**
 * Where the driven attention looks, `[m, l]`: the weight of each key, mean over heads and queries, times `l`. 1 is what
 * each key has where all are attended alike; the mean over a window is 1.
 */
export function attended(p: Symbolic<DrivenAttention>, flow: FlowInput & Heads): Tensor {
  const weights = attentionWeights(drive(p, flow)); //                        [m, heads, l, l]
  return mul(mean(weights, [1, 2]), weights.shape.at(-1)!);
}

/**
 * Added to the score of a dropped key. Its weight, e⁻⁴⁰ of a kept one's, vanishes in float32 rounding; far
 * smaller weights would be denormal numbers, which are slow on CPUs.
 */
const DROPPED = -40;

/**
 * The keys that are dropped for each query, the same in all heads (ours); none in inference.
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

/** Magnitude of the flow (u, v) at each pixel, `[n, 1, size, size]`. */
export function magnitude(flow: Tensor): Tensor {
  const both = slice(flow, [{ axis: 1, start: 0, end: 2 }]);
  return sqrt(add(sum(square(both), [1], { keep: true }), 1e-12));
}

/** ε: places without movement count as much as this fraction of the mean movement. */
const EPSILON = 0.1;

/** Movement of each token over the mean movement, `[n, 1, size, size] → [n, 1, h, h]`. */
export function movedShares(moved: Tensor, side: number): Tensor {
  const cells = averagePool(moved, { kernel: moved.shape[2]! / side });
  return div(cells, add(mean(cells, [1, 2, 3], { keep: true }), 1e-6));
}

/** log(ε + s), s the movement of a token over the mean movement; `[n, 1, size, size] → [m, 1, 1, l]`. */
export function placePrior(moved: Tensor, side: number, window: number): Tensor {
  const shares = movedShares(moved, side);
  const sizes = { a: window, b: window };
  return rearrange(log(add(shares, EPSILON)), 'n 1 (y a) (x b) -> (n y x) 1 1 (a b)', sizes);
}
