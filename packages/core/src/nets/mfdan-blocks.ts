/**
 * @file The image branch's own layers in MFDAN: halvings, and blocks of self-attention and an MLP in windows.
 *
 * They do not depend on the flow and on the classes, so that `mfdan-image.ts` can train them alone on strong
 * expressions; `mfdan.ts` puts the attention that the flow drives between the two halves of a block.
 *
 * Glossary: `n` batch, `h` side of the map, `m` windows of all samples, `l` tokens of a window, `d` channels.
 */
import { add, gelu, rearrange, relu, reshape, split } from '@telltale/engine';
import type { Context, Symbolic, Tensor } from '@telltale/engine';

import type { Random } from '../base/random.ts';
import { attend, splitHeads } from './attention.ts';
import { dropKeys, type Heads } from './driven-attention.ts';
import {
  applyConvolution,
  applyLinear,
  applyNorm,
  initConvolution,
  initLinear,
  initNorm,
  type Convolution,
  type Linear,
  type Norm,
} from './layers.ts';
import type { MfdanConfig } from './mfdan-config.ts';
import { isWithout, unless } from './parts.ts';
import { channelsFirst, channelsLast } from './windows.ts';

/** Self-attention inside windows. */
interface SelfAttention {
  readonly norm: Norm;
  /** `[3d, d]` */
  readonly qkv: Linear;
  readonly out: Linear;
}

/** A block of the image branch without the attention that the flow drives. */
export interface ImageBlock {
  readonly selfAttention: SelfAttention;
  readonly mlpNorm: Norm;
  readonly fc1: Linear;
  readonly fc2: Linear;
}

/** A convolution that halves the map. */
export interface ImageStep {
  readonly conv: Convolution;
  readonly norm: Norm;
}

/** How the convolutions before a level's blocks go over the map. */
export const halved = { stride: 2, padding: 1 } as const;

/** The halvings before level `i`: as many as the stem has, then one; from `from` planes on the first. */
export function initSteps<Step>(
  { dims, stem }: Pick<MfdanConfig, 'dims' | 'stem'>,
  i: number,
  step: (sizes: { readonly from?: number; readonly to: number }) => Step,
): Step[] {
  const [before, d] = [dims[i - 1], dims[i]!];
  return Array.from({ length: before === undefined ? stem : 1 }, (_, j) => {
    const from = j === 0 ? before : d;
    return step({ to: d, ...(from !== undefined && { from }) });
  });
}

/** A 3×3 convolution without bias. */
export function initFilter(
  sizes: { readonly from: number; readonly to: number },
  random: Random,
): Convolution {
  return initConvolution({ ...sizes, kernel: 3, bias: false }, random);
}

/** New parameters of a halving of the image. */
export function initImageStep(
  { from = 1, to }: { readonly from?: number; readonly to: number },
  random: Random,
): ImageStep {
  return { conv: initFilter({ from, to }, random), norm: initNorm(to, random) };
}

/** New parameters of self-attention. */
export function initSelfAttention(d: number, random: Random): SelfAttention {
  return {
    norm: initNorm(d, random),
    qkv: initLinear({ from: d, to: 3 * d }, random),
    out: initLinear({ from: d, to: d }, random),
  };
}

/** New parameters of the MLP of a block. */
export function initMlp(
  d: number,
  mlp: number,
  random: Random,
): Pick<ImageBlock, 'mlpNorm' | 'fc1' | 'fc2'> {
  return {
    mlpNorm: initNorm(d, random),
    fc1: initLinear({ from: d, to: d * mlp }, random),
    fc2: initLinear({ from: d * mlp, to: d }, random),
  };
}

/** The tokens of a level before its blocks: `[n, planes, h′, h′] → [n, h, h, d]`. */
export function imageTokens(steps: readonly Symbolic<ImageStep>[], image: Tensor): Tensor {
  let tokens = channelsLast(image);
  for (const [j, { conv, norm }] of steps.entries()) {
    const planes = j === 0 ? image : relu(channelsFirst(tokens));
    tokens = applyNorm(norm, channelsLast(applyConvolution(conv, planes, halved)));
  }
  return tokens;
}

/** `[n, h, h, d] → [m, l, d]`: the tokens of each window together. */
export function toWindows(tokens: Tensor, window: number): Tensor {
  return rearrange(tokens, 'n (y a) (x b) d -> (n y x) (a b) d', { a: window, b: window });
}

/** `[m, l, d] → [n, d, h, h]`: back to a map of side `side`. */
export function toMap(windows: Tensor, window: number, side: number): Tensor {
  const y = side / window;
  return rearrange(windows, '(n y x) (a b) d -> n d (y a) (x b)', { a: window, y, x: y });
}

/** Options of the blocks of a level. */
export interface Rates extends Heads, Pick<MfdanConfig, 'dropPath' | 'without'> {
  /** Fraction of the keys that is dropped. */
  readonly drop: number;
  /** Samples. */
  readonly batch: number;
}

/** The options of the blocks of level `i`. */
export function ratesOf(config: MfdanConfig, i: number, batch: number): Rates {
  return { ...config, drop: isWithout(config, 'dropkey') ? 0 : config.dropKey[i]!, batch };
}

/** `y` plus a branch, which is dropped for whole samples; `[m, l, d]`. */
export function residual(
  context: Context,
  y: Tensor,
  { branch, batch, dropPath }: Pick<Rates, 'batch' | 'dropPath'> & { readonly branch: Tensor },
): Tensor {
  // Paths are dropped for whole samples, so the windows of a sample are grouped.
  const samples = reshape(branch, [batch, y.shape[0]! / batch, ...y.shape.slice(1)]);
  return add(y, reshape(context.dropPath(samples, dropPath), y.shape));
}

/** The first half of a block: self-attention inside windows, with a residual. */
export function attendOwn(
  context: Context,
  p: Symbolic<SelfAttention>,
  { x, ...rates }: Rates & { readonly x: Tensor },
): Tensor {
  const dropped = dropKeys(context, x, rates.drop);
  const qkv = split(applyLinear(p.qkv, applyNorm(p.norm, x)), 2, 3);
  const [q, k, v] = qkv.map((t) => splitHeads(t, rates.headDim)) as [Tensor, Tensor, Tensor];
  const own = applyLinear(p.out, attend({ q, k, v, ...(dropped && { bias: [dropped] }) }));
  return residual(context, x, { ...rates, branch: unless(rates, 'self-attention', own) });
}

/** The second half of a block: the MLP, with a residual. */
export function applyMlp(
  context: Context,
  p: Symbolic<Pick<ImageBlock, 'mlpNorm' | 'fc1' | 'fc2'>>,
  { x, ...rates }: Rates & { readonly x: Tensor },
): Tensor {
  const hidden = gelu(applyLinear(p.fc1, applyNorm(p.mlpNorm, x))); //        [m, l, mlp·d]
  return residual(context, x, { ...rates, branch: applyLinear(p.fc2, hidden) });
}
