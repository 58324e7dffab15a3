/**
 * @file MFDAN: attention over the image driven by optical flow, level by level.
 *
 * After Cai, Zhao, Yi, Yu, Duan, Pan and Liu 2024, "MFDAN: Multi-level Flow-Driven
 * Attention Network for Micro-Expression Recognition", IEEE TCSVT 34(12). It
 * implements the abstract: an optical flow branch, an image branch whose
 * Transformer attends by the position information of the flow, on several
 * levels, DropKey and focal loss. Code and sizes are not public; everything else
 * is ours: queries and keys of the driven attention from the flow and values
 * from the image, the log-prior on keys, windows of 7×7, the gate initialized to
 * zero, the auxiliary head, the pooling by places, and all sizes.
 *
 *     flow ── stem ──┬────── conv ──┬─────── … ── pool ─┬── auxiliary classes
 *                    │ drives       │ drives            ├── classes
 *     face ── stem ─ blocks ─ conv ─ blocks ─ … ── pool ─┘
 *
 *     block: self-attention ─ flow-driven attention ─ MLP, each with a residual
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
  div,
  expand,
  gelu,
  mean,
  mul,
  rearrange,
  relu,
  reshape,
  split,
  sqrt,
  square,
  type Context,
  type Parameter,
  type Symbolic,
  type Tensor,
} from '@telltale/engine';

import type { Random } from '../base/random.ts';
import { attend, splitHeads } from './attention.ts';
import {
  attended,
  dropKeys,
  drivenAttention,
  magnitude,
  movedShares,
  placePrior,
  type DrivenAttention,
  type FlowInput,
  type Heads,
} from './driven-attention.ts';
import { focalLoss } from './focal.ts';
import {
  applyConvolution,
  applyLinear,
  applyNorm,
  filled,
  initBatchNorm,
  initConvolution,
  initLinear,
  initNorm,
  initPlacedPool,
  normal,
  placedPool,
  type BatchNorm,
  type Convolution,
  type Linear,
  type Norm,
} from './layers.ts';
import {
  face112,
  face28,
  flow28,
  full112,
  levelSides,
  parts,
  planes,
  probe,
  settings,
  tiny,
  type MfdanConfig,
} from './mfdan-config.ts';
import type { AttentionOutputs, Network, Outputs } from './network.ts';
import { isWithout, unless } from './parts.ts';
import { channelsFirst, channelsLast } from './windows.ts';

// --- Parameters -------------------------------------------------------------

/** Self-attention inside windows. */
interface SelfAttention {
  readonly norm: Norm;
  /** `[3d, d]` */
  readonly qkv: Linear;
  readonly out: Linear;
}

interface Block {
  readonly selfAttention: SelfAttention;
  readonly drivenAttention: DrivenAttention;
  readonly mlpNorm: Norm;
  readonly fc1: Linear;
  readonly fc2: Linear;
}

/** Both branches on one map. */
interface Level {
  /** Convolutions before the blocks; each halves the map. */
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
  /** Weights of `placedPool`, `[h², d]`. */
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
  const pool = (): Parameter => initPlacedPool(places, last, random);
  const small = (from: number): Linear => ({
    weight: normal([classes, from], 0.02, random),
    bias: filled([classes], 0, random),
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
        flow: steps.map((j) => ({ conv: filter(3, j), norm: initBatchNorm(d, random) })),
        image: steps.map((j) => ({ conv: filter(1, j), norm: initNorm(d, random) })),
        blocks: Array.from({ length: depths[i]! }, () => initBlock(d, config.mlp, random)),
      };
    }),
    position: { ...normal([sides[0]!, sides[0]!, dims[0]!], 0.02, random), decay: false },
    norm: initNorm(last, random),
    pool: { image: pool(), flow: pool() },
    head: small(2 * last),
    auxiliary: small(last),
  };
}

function initBlock(d: number, mlp: number, random: Random): Block {
  const layer = (to: number, from: number): Linear => initLinear({ from, to }, random);
  return {
    selfAttention: { norm: initNorm(d, random), qkv: layer(3 * d, d), out: layer(d, d) },
    drivenAttention: {
      flowNorm: initNorm(d, random),
      imageNorm: initNorm(d, random),
      qk: layer(2 * d, d),
      value: layer(d, d),
      out: layer(d, d),
      prior: { ...filled([1], 1, random), decay: false },
      gate: filled([d], 0, random),
    },
    mlpNorm: initNorm(d, random),
    fc1: layer(d * mlp, d),
    fc2: layer(d, d * mlp),
  };
}

// --- Forward ----------------------------------------------------------------

/**
 * `[n, 4, size, size] → [n, k]`, the logits of the flow branch alone, `[n, k]`, and what `AttentionOutputs` describes;
 * outputs that are not exported cost nothing.
 */
function mfdan(
  context: Context,
  config: MfdanConfig,
  params: Symbolic<MfdanParams>,
  x: Tensor,
): Outputs {
  const [motion, face] = split(x, 1, [3, 1]) as [Tensor, Tensor];
  const moved = magnitude(motion); //                                         [n, 1, size, size]
  let [flow, image] = [motion, face]; //                                      channels first
  const looks: Look[] = [];
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
    const window = { a: config.window, b: config.window };
    const flowInput: FlowInput = {
      tokens: rearrange(flow, 'n d (y a) (x b) -> (n y x) (a b) d', window), // [m, l, d]
      prior: unless(config, 'prior', placePrior(moved, side, config.window)), // [m, 1, 1, l]
    };
    let windows = rearrange(tokens, 'n (y a) (x b) d -> (n y x) (a b) d', window); // [m, l, d]
    const drop = isWithout(config, 'dropkey') ? 0 : config.dropKey[i]!;
    const rates = { ...config, drop, batch: x.shape[0]! };
    const y = side / config.window;
    const sizes = { a: config.window, y, x: y };
    for (const block of level.blocks) {
      const { output, share } = forwardBlock(context, block, { ...rates, x: windows, flow: flowInput }); // prettier-ignore
      const keys = attended(block.drivenAttention, { ...flowInput, ...config }); // [m, l]
      looks.push({ share, map: rearrange(keys, '(n y x) (a b) -> n (y a) (x b)', sizes) });
      windows = output;
    }
    image = rearrange(windows, '(n y x) (a b) d -> n d (y a) (x b)', sizes); // [n, d, h, h]
  }
  const tokens = applyNorm(params.norm, channelsLast(image));
  const imageFeatures = placedPool(params.pool.image, tokens, 'last'); //     [n, d]
  const flowFeatures = placedPool(params.pool.flow, channelsLast(flow), 'last'); // [n, d]
  const both = [
    unless(config, 'image-branch', imageFeatures),
    unless(config, 'flow-branch', flowFeatures),
  ];
  const features = context.dropout(concat(both, 1), config.dropout);
  return {
    logits: applyLinear(params.head, features),
    flow: applyLinear(params.auxiliary, context.dropout(flowFeatures, config.dropout)),
    ...look(looks, movedShares(moved, levelSides(config)[0]!)),
  };
}

/** Where the driven attention of a block looks, `[n, h, h]`, and how much it adds, `[n]`. */
interface Look {
  readonly map: Tensor;
  readonly share: Tensor;
}

/** Means over the blocks of all levels, on the tokens of the first one; `movement` is `[n, 1, h, h]`. */
function look(blocks: readonly Look[], movement: Tensor): AttentionOutputs {
  const [n, , side] = movement.shape as [number, number, number, number];
  const maps = blocks.map(({ map }) => {
    const h = map.shape[1]!;
    const r = side / h;
    return reshape(expand(reshape(map, [n, h, 1, h, 1]), [n, h, r, h, r]), [n, side, side]);
  });
  const shares = blocks.map(({ share }) => share);
  return {
    attention: mul(maps.reduce(add), 1 / maps.length),
    movement: reshape(movement, [n, side, side]),
    share: mul(shares.reduce(add), 1 / shares.length),
  };
}

/** Options of the blocks of a level. */
interface Rates extends Heads, Pick<MfdanConfig, 'dropPath' | 'without'> {
  /** Fraction of the keys that is dropped. */
  readonly drop: number;
  readonly batch: number;
}

/** `[m, l, d] → [m, l, d]`, and how much the driven attention adds: its root mean square over that of the tokens, `[n]`. */
function forwardBlock(
  context: Context,
  p: Symbolic<Block>,
  {
    x,
    flow,
    drop,
    batch,
    dropPath,
    headDim,
    without = [],
  }: Rates & { readonly x: Tensor; readonly flow: FlowInput },
): { readonly output: Tensor; readonly share: Tensor } {
  const residual = (y: Tensor, branch: Tensor): Tensor => {
    // Paths are dropped for whole samples, so the windows of a sample are grouped.
    const samples = reshape(branch, [batch, y.shape[0]! / batch, ...y.shape.slice(1)]);
    return add(y, reshape(context.dropPath(samples, dropPath), y.shape));
  };
  const dropped = (): Tensor | undefined => dropKeys(context, x, drop);
  const own = selfAttention(p.selfAttention, x, { headDim, dropped: dropped() });
  let y = residual(x, unless({ without }, 'self-attention', own));
  const driven = unless(
    { without },
    'driven-attention',
    drivenAttention(p.drivenAttention, y, { ...flow, headDim, dropped: dropped() }),
  );
  const size = (t: Tensor): Tensor => mean(square(reshape(t, [batch, -1])), [1]); // [n]
  const share = sqrt(div(size(driven), add(size(y), 1e-12)));
  y = residual(y, driven);
  const hidden = gelu(applyLinear(p.fc1, applyNorm(p.mlpNorm, y))); //        [m, l, mlp·d]
  return { output: residual(y, applyLinear(p.fc2, hidden)), share };
}

function selfAttention(
  p: Symbolic<SelfAttention>,
  x: Tensor,
  { headDim, dropped }: Heads & { readonly dropped: Tensor | undefined },
): Tensor {
  const qkv = split(applyLinear(p.qkv, applyNorm(p.norm, x)), 2, 3);
  const [q, k, v] = qkv.map((t) => splitHeads(t, headDim)) as [Tensor, Tensor, Tensor];
  return applyLinear(p.out, attend({ q, k, v, ...(dropped && { bias: [dropped] }) }));
}

/** MFDAN, as the registry holds it. */
export const mfdanNetwork: Network<MfdanConfig, MfdanParams> = {
  name: 'mfdan',
  paper:
    'Cai et al. 2024, MFDAN: Multi-level Flow-Driven Attention Network for Micro-Expression Recognition, IEEE TCSVT 34(12)',
  configs: { flow28, face28, full112, face112, probe, tiny },
  settings,
  parts,
  planes,
  isFlowDriven: (config) => !isWithout(config, 'driven-attention'),
  forClasses: (config, classes) => ({ ...config, classes: classes.length }),
  renamed: { own: 'selfAttention', driven: 'drivenAttention', widen: 'fc1', narrow: 'fc2' },
  init: initMfdan,
  forward: mfdan,
  loss: (config, outputs, targets) =>
    add(
      focalLoss(outputs.logits, targets, isWithout(config, 'focal-loss') ? 0 : config.gamma),
      mul(crossEntropy(outputs['flow']!, targets), config.auxiliary),
    ),
};
