/**
 * @file Scaled dot-product attention with several heads.
 *
 * Vaswani, Shazeer, Parmar, Uszkoreit, Jones et al. 2017, "Attention Is All You
 * Need", NeurIPS, equation 1.
 *
 * Glossary: `m` sequences, `l` tokens of a sequence, `d` channels, `e` channels
 * of a head.
 */
import { add, matmul, mul, rearrange, softmax, transpose, type Tensor } from '@telltale/engine';

/** Number of heads: as many as `headDim` channels each allow, at least one. */
export function headCount(d: number, headDim: number): number {
  return Math.max(1, Math.floor(d / headDim));
}

/** `[m, l, d] → [m, heads, l, e]` */
export function splitHeads(x: Tensor, headDim: number): Tensor {
  return rearrange(x, 'm l (heads e) -> m heads l e', {
    heads: headCount(x.shape.at(-1)!, headDim),
  });
}

/** Queries, keys and values, each `[m, heads, l, e]`. */
export interface Attended {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  /** Terms that are added to the scores; each broadcasts to `[m, heads, l, l]`. */
  readonly bias?: readonly Tensor[];
}

/** softmax(q kᵀ / √e + bias) v, heads joined: `[m, l, d]`. */
export function attend({ v, ...scored }: Attended): Tensor {
  return rearrange(matmul(attentionWeights(scored), v), 'm heads l e -> m l (heads e)');
}

/** softmax(q kᵀ / √e + bias): how much each query attends to each key, `[m, heads, l, l]`. */
export function attentionWeights({ q, k, bias = [] }: Omit<Attended, 'v'>): Tensor {
  const scaled = mul(q, 1 / Math.sqrt(q.shape.at(-1)!)); // fewer numbers than the scores
  return softmax(bias.reduce(add, matmul(scaled, transpose(k, [0, 1, 3, 2]))));
}
