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
import {
  attended,
  dropKeys,
  drivenAttention,
  magnitude,
  movedShares,
  placePrior,
  type DrivenAttention,
  type FlowInput,
} from './driven-attention.ts';
import { focalLoss } from './focal.ts';
import {
  applyConvolution,
  applyLinear,
  applyNorm,
  filled,
  initBatchNorm,
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
  applyMlp,
  attendOwn,
  halved,
  imageTokens,
  initFilter,
  initImageStep,
  initMlp,
  initSelfAttention,
  initSteps,
  ratesOf,
  residual,
  toMap,
  toWindows,
  type ImageBlock,
  type ImageStep,
  type Rates,
} from './mfdan-blocks.ts';
import { configs, levelSides, parts, planes, settings, type MfdanConfig } from './mfdan-config.ts';
import { mfdanImage } from './mfdan-image.ts';
import type { AttentionOutputs, Network, Outputs } from './network.ts';
import { isWithout, unless } from './parts.ts';
import { channelsLast } from './windows.ts';

// --- Parameters -------------------------------------------------------------

interface Block extends ImageBlock {
  readonly drivenAttention: DrivenAttention;
}

/** Both branches on one map. */
interface Level {
  /** Convolutions before the blocks; each halves the map. */
  readonly flow: readonly { readonly conv: Convolution; readonly norm: BatchNorm }[];
  readonly image: readonly ImageStep[];
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
  const { dims, depths, classes } = config;
  const sides = levelSides(config);
  const last = dims.at(-1)!;
  const places = sides.at(-1)! ** 2;
  const pool = (): Parameter => initPlacedPool(places, last, random);
  const small = (from: number): Linear => ({
    weight: normal([classes, from], 0.02, random),
    bias: filled([classes], 0, random),
  });
  return {
    levels: dims.map((d, i) => ({
      flow: initSteps(config, i, ({ from = 3, to }) => ({
        conv: initFilter({ from, to }, random),
        norm: initBatchNorm(to, random),
      })),
      image: initSteps(config, i, (sizes) => initImageStep(sizes, random)),
      blocks: Array.from({ length: depths[i]! }, () => initBlock(d, config.mlp, random)),
    })),
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
    selfAttention: initSelfAttention(d, random),
    drivenAttention: {
      flowNorm: initNorm(d, random),
      imageNorm: initNorm(d, random),
      qk: layer(2 * d, d),
      value: layer(d, d),
      out: layer(d, d),
      prior: { ...filled([1], 1, random), decay: false },
      gate: filled([d], 0, random),
    },
    ...initMlp(d, mlp, random),
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
    for (const { conv, norm } of level.flow)
      flow = gelu(context.batchNorm(applyConvolution(conv, flow, halved), norm)); // [n, d, h, h]
    let tokens = imageTokens(level.image, image); //                          [n, h, h, d]
    if (i === 0) tokens = add(tokens, params.position);
    const side = tokens.shape[1]!;
    const window = { a: config.window, b: config.window };
    const flowInput: FlowInput = {
      tokens: rearrange(flow, 'n d (y a) (x b) -> (n y x) (a b) d', window), // [m, l, d]
      prior: unless(config, 'prior', placePrior(moved, side, config.window)), // [m, 1, 1, l]
    };
    let windows = toWindows(tokens, config.window); //                        [m, l, d]
    const rates = ratesOf(config, i, x.shape[0]!);
    const y = side / config.window;
    const sizes = { a: config.window, y, x: y };
    for (const block of level.blocks) {
      const { output, share } = forwardBlock(context, block, { ...rates, x: windows, flow: flowInput }); // prettier-ignore
      const keys = attended(block.drivenAttention, { ...flowInput, ...config }); // [m, l]
      looks.push({ share, map: rearrange(keys, '(n y x) (a b) -> n (y a) (x b)', sizes) });
      windows = output;
    }
    image = toMap(windows, config.window, side); //                           [n, d, h, h]
  }
  const tokens = applyNorm(params.norm, channelsLast(image));
  const imageFeatures = placedPool(params.pool.image, tokens, 'last'); //     [n, d]
  const flowFeatures = placedPool(params.pool.flow, channelsLast(flow), 'last'); // [n, d]
  const both = [
    unless(config, 'image-branch', imageFeatures),
    unless(config, 'flow-branch', dropSome(context, flowFeatures, config.dropFlow ?? 0)),
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

/** Features, 0 for a fraction of the samples in training, so that others must do without them; `[n, d]`. */
function dropSome(context: Context, features: Tensor, share: number): Tensor {
  if (!context.training || share === 0) return features;
  const kept = context.mask([features.shape[0]!, 1], (data, random) => {
    for (let i = 0; i < data.length; i++) data[i] = Number(random.uniform() >= share);
  });
  return mul(features, kept);
}

/** `[m, l, d] → [m, l, d]`, and how much the driven attention adds: its root mean square over that of the tokens, `[n]`. */
function forwardBlock(
  context: Context,
  p: Symbolic<Block>,
  { x, flow, ...rates }: Rates & { readonly x: Tensor; readonly flow: FlowInput },
): { readonly output: Tensor; readonly share: Tensor } {
  const { batch, headDim, drop } = rates;
  const y = attendOwn(context, p.selfAttention, { ...rates, x });
  const dropped = dropKeys(context, x, drop);
  const driven = unless(
    rates,
    'driven-attention',
    drivenAttention(p.drivenAttention, y, { ...flow, headDim, dropped }),
  );
  const size = (t: Tensor): Tensor => mean(square(reshape(t, [batch, -1])), [1]); // [n]
  const share = sqrt(div(size(driven), add(size(y), 1e-12)));
  const both = residual(context, y, { ...rates, branch: driven });
  return { output: applyMlp(context, p, { ...rates, x: both }), share };
}

/** MFDAN, as the registry holds it. */
export const mfdanNetwork: Network<MfdanConfig, MfdanParams> = {
  name: 'mfdan',
  paper:
    'Cai et al. 2024, MFDAN: Multi-level Flow-Driven Attention Network for Micro-Expression Recognition, IEEE TCSVT 34(12)',
  configs,
  settings,
  parts,
  planes,
  transfer: {
    head: ['pool', 'head', 'auxiliary'],
    last: ({ dims }) => [`levels.${dims.length - 1}`, 'norm'],
    branch: mfdanImage,
  },
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
