/**
 * @file MFDAN: where the flow moves, the image is looked at, level by level.
 *
 * After Cai, Zhao, Yi, Yu, Duan, Pan and Liu 2024, "MFDAN: Multi-level Flow-Driven
 * Attention Network for Micro-Expression Recognition", IEEE TCSVT 34(12). What
 * the abstract says is here: an optical flow branch, an image branch whose
 * Transformer attends by the position information of the flow, on several
 * levels, DropKey and focal loss. Code and sizes are not public; all else is
 * ours: that queries and keys of the driven attention are the flow's and values
 * the image's, the log-prior on keys, windows of 7×7, the gate that starts at
 * zero, the auxiliary head, the pooling by places, and every size.
 *
 *     flow ── stem ──┬────── conv ──┬─────── … ── pool ─┬── auxiliary classes
 *                    │ drives       │ drives            ├── classes
 *     face ── stem ─ blocks ─ conv ─ blocks ─ … ── pool ─┘
 *
 *     block: self-attention ─ attention driven by the flow ─ MLP, each added to its input
 *
 * DropKey: Li, Hu, Nie, Yuan and Yang 2023, "DropKey for Vision Transformer",
 * CVPR, arXiv:2208.02646: keys are dropped before the softmax, in training only,
 * fewer on deeper levels. Class-balanced weights: Cui et al. 2019, "Class-Balanced
 * Loss Based on Effective Number of Samples", CVPR; the recipe gives them.
 *
 * Glossary: `n` batch, `h` side of the map, `g` windows of a map, `m = n·g`,
 * `l` tokens of a window, `d` channels, `e` channels of a head, `k` classes.
 */
import {
  add,
  concat,
  crossEntropy,
  gelu,
  mul,
  relu,
  reshape,
  split,
  sum,
  type Context,
  type Parameter,
  type Symbolic,
  type Tensor,
} from '@telltale/engine';

import type { Random } from '../base/random.ts';
import {
  attend,
  dropKeys,
  drivenAttention,
  fromWindows,
  magnitude,
  placePrior,
  toHeads,
  toWindows,
  type Drive,
  type Driven,
  type Heads,
} from './driven-attention.ts';
import { focalLoss } from './focal.ts';
import {
  applyConvolution,
  applyLinear,
  applyNorm,
  filled,
  initConvolution,
  initLinear,
  initNorm,
  normal,
  type Convolution,
  type Linear,
  type Norm,
} from './layers.ts';
import { channelsFirst, channelsLast, checkWindows } from './maps.ts';
import type { Network, NetworkConfig, Outputs } from './network.ts';

// --- Config -----------------------------------------------------------------

/** Sizes and switches. */
export interface MfdanConfig extends NetworkConfig {
  /** Convolutions of stride 2 before the first level, in each branch. */
  readonly stem: number;
  /** Side of a window of attention, tokens. */
  readonly window: number;
  /** Channels of each level; between two levels the map is halved. */
  readonly dims: readonly number[];
  /** Blocks of each level. */
  readonly depths: readonly number[];
  /** Channels of an attention head. */
  readonly headDim: number;
  /** Width of the MLP over its input's. */
  readonly mlp: number;
  /** Share of the keys that is dropped, level by level. */
  readonly dropKey: readonly number[];
  /** Dropout before the head. */
  readonly dropout: number;
  /** Rate at which residual branches are dropped. */
  readonly dropPath: number;
  /** Exponent of the focal loss. */
  readonly gamma: 0 | 1 | 2;
  /** What the cross-entropy of the flow branch alone adds to the loss. */
  readonly auxiliary: number;
}

const shared = { classes: 3, window: 7, gamma: 2, auxiliary: 0.3 } as const;

/** 28×28 flow images and faces: 14×14 tokens in 4 windows, then 7×7 in one. */
const flow28: MfdanConfig = {
  ...shared,
  size: 28,
  stem: 1,
  dims: [16, 48],
  depths: [1, 1],
  headDim: 16,
  mlp: 2,
  dropKey: [0.3, 0.1],
  dropout: 0.2,
  dropPath: 0.1,
};

/** 112×112 flow images and faces: 28×28 tokens, 14×14, 7×7. */
const full112: MfdanConfig = {
  ...shared,
  size: 112,
  stem: 2,
  dims: [48, 96, 192],
  depths: [2, 2, 2],
  headDim: 16,
  mlp: 4,
  dropKey: [0.3, 0.2, 0.1],
  dropout: 0.2,
  dropPath: 0.1,
};

/** For tests: 4 windows of 2×2, then one; nothing is dropped. */
const tiny: MfdanConfig = {
  ...shared,
  size: 8,
  stem: 1,
  window: 2,
  dims: [4, 8],
  depths: [1, 1],
  headDim: 4,
  mlp: 2,
  dropKey: [0, 0],
  dropout: 0,
  dropPath: 0,
};

const planes = ['u', 'v', 'strain', 'apex'] as const;

// --- Parameters -------------------------------------------------------------

/** Batch normalization with its running statistics, each `[d]`. */
interface BatchNorm extends Norm {
  readonly mean: Parameter;
  readonly variance: Parameter;
}

/** Self-attention inside windows. */
interface Own {
  readonly norm: Norm;
  /** `[3d, d]` */
  readonly qkv: Linear;
  readonly out: Linear;
}

interface Block {
  readonly own: Own;
  readonly driven: Driven;
  readonly mlpNorm: Norm;
  readonly widen: Linear;
  readonly narrow: Linear;
}

/** Both branches on one map. */
interface Level {
  /** The convolutions in front of it; each halves the map. */
  readonly flow: readonly { readonly conv: Convolution; readonly norm: BatchNorm }[];
  readonly image: readonly { readonly conv: Convolution; readonly norm: Norm }[];
  readonly blocks: readonly Block[];
}

/** All parameters. */
export interface MfdanParams {
  readonly levels: readonly Level[];
  /** Of the image's tokens on the first map, `[h, h, d]`. */
  readonly position: Parameter;
  readonly norm: Norm;
  /** A weight for each place and channel, `[h², d]`: a face has its parts in places. */
  readonly pool: { readonly image: Parameter; readonly flow: Parameter };
  /** `[k, 2d]` */
  readonly head: Linear;
  /** Classes from the flow alone, `[k, d]`. */
  readonly auxiliary: Linear;
}

function initMfdan(config: MfdanConfig, random: Random): MfdanParams {
  const { dims, depths, stem, classes } = config;
  const sides = levelSides(config);
  const last = dims.at(-1)!;
  const places = sides.at(-1)! ** 2;
  const pool = (): Parameter => filled([places, last], 1 / places);
  const small = (from: number): Linear => ({
    weight: normal([classes, from], 0.02, random),
    bias: filled([classes], 0),
  });
  return {
    levels: dims.map((d, i) => {
      const before = dims[i - 1];
      const steps = Array.from({ length: before === undefined ? stem : 1 }, (_, j) => j);
      const filter = (from: number, j: number): Convolution =>
        initConvolution(
          { from: j === 0 ? (before ?? from) : d, to: d, kernel: 3, bias: false },
          random,
        );
      return {
        flow: steps.map((j) => ({ conv: filter(3, j), norm: initBatchNorm(d) })),
        image: steps.map((j) => ({ conv: filter(1, j), norm: initNorm(d) })),
        blocks: Array.from({ length: depths[i]! }, () => initBlock(d, config.mlp, random)),
      };
    }),
    position: { ...normal([sides[0]!, sides[0]!, dims[0]!], 0.02, random), decay: false },
    norm: initNorm(last),
    pool: { image: pool(), flow: pool() },
    head: small(2 * last),
    auxiliary: small(last),
  };
}

function initBlock(d: number, mlp: number, random: Random): Block {
  const layer = (to: number, from: number): Linear => initLinear({ from, to }, random);
  return {
    own: { norm: initNorm(d), qkv: layer(3 * d, d), out: layer(d, d) },
    driven: {
      flowNorm: initNorm(d),
      imageNorm: initNorm(d),
      qk: layer(2 * d, d),
      value: layer(d, d),
      out: layer(d, d),
      prior: { ...filled([1], 1), decay: false },
      gate: filled([d], 0),
    },
    mlpNorm: initNorm(d),
    widen: layer(d * mlp, d),
    narrow: layer(d, d * mlp),
  };
}

function initBatchNorm(d: number): BatchNorm {
  const fixed = { trainable: false };
  return {
    ...initNorm(d),
    mean: { ...filled([d], 0), ...fixed },
    variance: { ...filled([d], 1), ...fixed },
  };
}

// --- Forward ----------------------------------------------------------------

/** `[n, 4, size, size] → [n, k]`, and what the flow alone says, `[n, k]`. */
function mfdan(
  context: Context,
  config: MfdanConfig,
  params: Symbolic<MfdanParams>,
  x: Tensor,
): Outputs {
  const [motion, face] = split(x, 1, [3, 1]) as [Tensor, Tensor];
  const moved = magnitude(motion); //                                         [n, 1, size, size]
  let [flow, image] = [motion, face]; //                                      channels first
  for (const [i, level] of params.levels.entries()) {
    const halved = { stride: 2, padding: 1 };
    for (const { conv, norm } of level.flow)
      flow = gelu(context.batchNorm(applyConvolution(conv, flow, halved), norm)); // [n, d, h, h]
    let tokens = channelsLast(image);
    for (const [j, { conv, norm }] of level.image.entries()) {
      const planes = j === 0 ? image : relu(channelsFirst(tokens));
      tokens = applyNorm(norm, channelsLast(applyConvolution(conv, planes, halved))); // [n, h, h, d]
    }
    if (i === 0) tokens = add(tokens, params.position);
    const side = tokens.shape[1]!;
    const drive: Drive = {
      tokens: toWindows(channelsLast(flow), config.window), //                [m, l, d]
      prior: placePrior(moved, side, config.window), //                       [m, 1, 1, l]
    };
    let windows = toWindows(tokens, config.window);
    const rates = { ...config, drop: config.dropKey[i]!, batch: x.shape[0]! };
    for (const block of level.blocks)
      windows = forwardBlock(context, block, { ...rates, x: windows, drive });
    image = channelsFirst(fromWindows(windows, side)); //                     [n, d, h, h]
  }
  const seen = pooled(applyNorm(params.norm, channelsLast(image)), params.pool.image);
  const felt = pooled(channelsLast(flow), params.pool.flow); //               [n, d]
  const both = context.dropout(concat([seen, felt], 1), config.dropout);
  return {
    logits: applyLinear(params.head, both),
    flow: applyLinear(params.auxiliary, context.dropout(felt, config.dropout)),
  };
}

/** What the blocks of a level go by. */
interface Rates extends Heads, Pick<MfdanConfig, 'dropPath'> {
  /** Share of keys. */
  readonly drop: number;
  readonly batch: number;
}

/** `[m, l, d] → [m, l, d]` */
function forwardBlock(
  context: Context,
  p: Symbolic<Block>,
  {
    x,
    drive,
    drop,
    batch,
    dropPath,
    headDim,
  }: Rates & { readonly x: Tensor; readonly drive: Drive },
): Tensor {
  const residual = (y: Tensor, branch: Tensor): Tensor => {
    // Paths are dropped for whole samples, so the windows of one stand together.
    const samples = reshape(branch, [batch, y.shape[0]! / batch, ...y.shape.slice(1)]);
    return add(y, reshape(context.dropPath(samples, dropPath), y.shape));
  };
  const dropped = (): Tensor | undefined => dropKeys(context, x, drop);
  let y = residual(x, ownAttention(p.own, x, { headDim, dropped: dropped() }));
  y = residual(y, drivenAttention(p.driven, y, { ...drive, headDim, dropped: dropped() }));
  const wide = gelu(applyLinear(p.widen, applyNorm(p.mlpNorm, y))); //        [m, l, mlp·d]
  return residual(y, applyLinear(p.narrow, wide));
}

function ownAttention(
  p: Symbolic<Own>,
  x: Tensor,
  how: Heads & { readonly dropped: Tensor | undefined },
): Tensor {
  const qkv = split(applyLinear(p.qkv, applyNorm(p.norm, x)), 2, 3);
  const [q, k, v] = qkv.map((t) => toHeads(t, how.headDim)) as [Tensor, Tensor, Tensor];
  return applyLinear(p.out, attend({ q, k, v }, how.dropped));
}

// --- Rearrangements ---------------------------------------------------------

/** `[n, h, h, d] → [n, d]`, each place by its weight. */
function pooled(x: Tensor, weights: Tensor): Tensor {
  const [n, h, , d] = x.shape as [number, number, number, number];
  return sum(mul(reshape(x, [n, h * h, d]), weights), [1]);
}

/** Side of the map on each level, tokens. */
function levelSides({ size, stem, dims, window }: MfdanConfig): number[] {
  const sides = dims.map((_, i) => size / 2 ** (stem + i));
  checkWindows(sides, window, { size, divisor: window * 2 ** (stem + dims.length - 1) });
  return sides;
}

/** MFDAN, as the registry holds it. */
export const mfdanNetwork: Network<MfdanConfig, MfdanParams> = {
  name: 'mfdan',
  paper:
    'Cai et al. 2024, MFDAN: Multi-level Flow-Driven Attention Network for Micro-Expression Recognition, IEEE TCSVT 34(12)',
  configs: { flow28, full112, tiny },
  planes: () => planes,
  forClasses: (config, classes) => ({ ...config, classes: classes.length }),
  init: initMfdan,
  forward: mfdan,
  loss: ({ gamma, auxiliary }, outputs, targets) =>
    add(
      focalLoss(outputs.logits, targets, gamma),
      mul(crossEntropy(outputs['flow']!, targets), auxiliary),
    ),
};
