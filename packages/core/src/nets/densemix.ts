/**
 * @file DenseMix: densely connected convolutions with mixed attention, made to be trained twice.
 *
 * After Gan, Xiao, Zhu, Jain and Struc 2024, "Transfer-learning enabled micro-expression recognition
 * using dense connections and mixed attention", Knowledge-Based Systems 305, 112640. The paper's
 * sizes are not public; the parts are those it names, in their published forms: dense blocks of
 * Huang, Liu, van der Maaten and Weinberger 2017 ("Densely Connected Convolutional Networks", CVPR,
 * DenseNet-BC), attention over channels and then over places of Woo, Park, Lee and Kweon 2018
 * ("CBAM", ECCV) with a residual around both.
 *
 *     picture ─ stem ─ [ dense block ─ mixed attention ─ transition ] … ─ norm ─ pool ─ head
 *     dense layer: norm ─ ReLU ─ conv 1×1 to 4g ─ norm ─ ReLU ─ conv 3×3 to g, joined to its input
 *     attention:   x + x · Mc · Ms
 *
 * All but pool and head is the trunk. It knows no size of picture, so what it learned on faces of
 * 48×48 pixels goes on with flow pictures of 28×28.
 *
 * Glossary: `n` batch, `c` channels, `h` side of the map, `g` growth, `k` classes.
 */
import {
  add,
  averagePool,
  concat,
  linear,
  max,
  mean,
  mul,
  relu,
  reshape,
  sigmoid,
  sum,
  transpose,
  type Context,
  type Parameter,
  type Symbolic,
  type Tensor,
} from '@telltale/engine';

import type { Random } from '../base/random.ts';
import { flowPlanes, type InputPlane } from './input.ts';
import {
  applyConvolution,
  applyLinear,
  filled,
  initConvolution,
  initLinear,
  initNorm,
  type Convolution,
  type Linear,
  type Norm,
} from './layers.ts';
import type { Network, NetworkConfig, Outputs } from './network.ts';

/** Sizes and switches. */
export interface DenseMixConfig extends NetworkConfig {
  /** What it looks at, three planes. */
  readonly planes: readonly InputPlane[];
  /** Channels of the stem, which halves the side. */
  readonly stem: number;
  /** Channels that a dense layer adds. */
  readonly growth: number;
  /** Dense layers of each block. */
  readonly blocks: readonly number[];
  /** Whether the side is halved between a block and the next; one fewer than blocks. */
  readonly halve: readonly boolean[];
  /** Channels per hidden unit of the channel attention. */
  readonly reduction: number;
  /** Side of the kernel of the attention over places, odd. */
  readonly reach: number;
  /** `placed`: a learned weight for each place and channel, for a face has its parts in places (ours). `mean`: all places alike. */
  readonly pooling: 'placed' | 'mean';
  /** Dropout before the head. */
  readonly dropout: number;
}

/** Batch normalization with its running statistics, each `[c]`. */
interface BatchNorm extends Norm {
  readonly mean: Parameter;
  readonly variance: Parameter;
}

/** A normalization, ReLU, and the convolution behind them. */
interface Unit {
  readonly norm: BatchNorm;
  readonly conv: Convolution;
}

/** Attention over channels, then over places. */
export interface MixedAttention {
  /** `[c/r, c]`, of means and maxima alike. */
  readonly squeeze: Linear;
  /** `[c, c/r]` */
  readonly excite: Linear;
  /** `[1, 2, reach, reach]` */
  readonly places: Convolution;
}

/** A dense block and what follows it. */
interface Block {
  readonly layers: readonly DenseLayer[];
  readonly attention: MixedAttention;
  /** To the next block; absent after the last. */
  readonly transition?: Unit;
}

/** One layer of a dense block. */
export interface DenseLayer {
  /** `[4g, c, 1, 1]` */
  readonly narrow: Unit;
  /** `[g, 4g, 3, 3]` */
  readonly widen: Unit;
}

/** All parameters. */
export interface DenseMixParams {
  /** `[stem, 3, 3, 3]` */
  readonly stem: Convolution;
  readonly blocks: readonly Block[];
  readonly norm: BatchNorm;
  /** `[h², c]`, where pooling is `placed`. */
  readonly pool?: Parameter;
  /** `[k, c]` */
  readonly head: Linear;
}

/** What the paper looks at: the apex after magnification, the onset, and how they differ. */
const magnified: readonly InputPlane[] = ['magnified', 'onset', 'difference'];

/** The same without magnification, to see what it is worth. */
const plain: readonly InputPlane[] = ['apex', 'onset', 'difference'];

/** The trunk that the small configurations share. */
const small = {
  classes: 3,
  stem: 24,
  growth: 12,
  blocks: [2, 2, 2],
  halve: [true, false],
  reduction: 8,
  reach: 7,
  pooling: 'placed',
  dropout: 0.3,
} as const;

/** 28×28 flow pictures. */
const flow28: DenseMixConfig = { ...small, planes: flowPlanes, size: 28 };

/** Faces in the box and size of flow pictures, the apex magnified; then as it is. */
const face28: DenseMixConfig = { ...small, planes: magnified, size: 28 };
const face28plain: DenseMixConfig = { ...face28, planes: plain };

/** Faces of 48×48 pixels, the size of FER2013: for pretraining. The neutral face is the onset. */
const face48: DenseMixConfig = { ...small, planes: plain, size: 48, pooling: 'mean' };

/** 112×112 faces: three blocks of four layers. */
const full112: DenseMixConfig = {
  ...small,
  planes: magnified,
  size: 112,
  stem: 32,
  growth: 16,
  blocks: [4, 4, 4],
  halve: [true, true],
  pooling: 'mean',
  dropout: 0.5,
};
const full112plain: DenseMixConfig = { ...full112, planes: plain };

const tiny: DenseMixConfig = {
  classes: 3,
  planes: flowPlanes,
  size: 8,
  stem: 4,
  growth: 3,
  blocks: [2, 1],
  halve: [true],
  reduction: 2,
  reach: 3,
  pooling: 'placed',
  dropout: 0,
};

/** The trunk of `tiny` on faces, for tests of pretraining. */
const tinyFaces: DenseMixConfig = { ...tiny, planes: plain, size: 12, pooling: 'mean' };

function initDenseMix(config: DenseMixConfig, random: Random): DenseMixParams {
  const { growth, blocks, halve } = config;
  const stem = initConvolution({ from: 3, to: config.stem, kernel: 3, bias: false }, random);
  let channels = config.stem;
  let side = Math.ceil(config.size / 2);
  const made = blocks.map((depth, i): Block => {
    const layers = Array.from({ length: depth }, (): DenseLayer => {
      const layer = {
        narrow: initUnit({ from: channels, to: 4 * growth, kernel: 1 }, random),
        widen: initUnit({ from: 4 * growth, to: growth, kernel: 3 }, random),
      };
      channels += growth;
      return layer;
    });
    const attention = initAttention(config, channels, random);
    if (i === blocks.length - 1) return { layers, attention };
    const half = Math.floor(channels / 2);
    const transition = initUnit({ from: channels, to: half, kernel: 1 }, random);
    channels = half;
    if (halve[i]) side = Math.floor(side / 2);
    return { layers, attention, transition };
  });
  const places = side * side;
  return {
    stem,
    blocks: made,
    norm: initBatchNorm(channels),
    ...(config.pooling === 'placed' && { pool: filled([places, channels], 1 / places) }),
    head: initLinear({ from: channels, to: config.classes }, random),
  };
}

function initUnit(
  sizes: { readonly from: number; readonly to: number; readonly kernel: number },
  random: Random,
): Unit {
  return {
    norm: initBatchNorm(sizes.from),
    conv: initConvolution({ ...sizes, bias: false }, random),
  };
}

function initBatchNorm(c: number): BatchNorm {
  return {
    ...initNorm(c),
    mean: { ...filled([c], 0), trainable: false },
    variance: { ...filled([c], 1), trainable: false },
  };
}

function initAttention(
  { reduction, reach }: DenseMixConfig,
  c: number,
  random: Random,
): MixedAttention {
  const hidden = Math.max(1, Math.floor(c / reduction));
  return {
    squeeze: initLinear({ from: c, to: hidden }, random),
    excite: initLinear({ from: hidden, to: c }, random),
    places: initConvolution({ from: 2, to: 1, kernel: reach }, random),
  };
}

function denseMix(
  context: Context,
  config: DenseMixConfig,
  params: Symbolic<DenseMixParams>,
  picture: Tensor,
): Outputs {
  let x = applyConvolution(params.stem, picture, { stride: 2, padding: 1 }); //  [n, stem, s/2, s/2]
  params.blocks.forEach(({ layers, attention, transition }, i) => {
    for (const layer of layers) x = denseLayer(context, layer, x); //            [n, c + g, h, h]
    x = mixedAttention(attention, x);
    if (!transition) return;
    x = unit(context, transition, x); //                                         [n, c/2, h, h]
    if (config.halve[i]) x = averagePool(x, { kernel: 2 }); //                   [n, c/2, h/2, h/2]
  });
  const map = relu(context.batchNorm(x, params.norm));
  const pooled = params.pool ? placedMean(map, params.pool) : mean(map, [2, 3]); // [n, c]
  return { logits: applyLinear(params.head, context.dropout(pooled, config.dropout)) };
}

/** Normalization, ReLU and convolution; the side stays. */
function unit(context: Context, p: Symbolic<Unit>, x: Tensor): Tensor {
  return applyConvolution(p.conv, relu(context.batchNorm(x, p.norm)), { padding: 'same' });
}

/**
 * What a dense layer sees, and behind it what it adds: `[n, c, h, w] → [n, c + g, h, w]`.
 *
 * @see Huang et al. 2017, equation 2 and "Bottleneck layers"
 */
export function denseLayer(context: Context, p: Symbolic<DenseLayer>, x: Tensor): Tensor {
  return concat([x, unit(context, p.widen, unit(context, p.narrow, x))], 1);
}

/**
 * `x + x · Mc · Ms`: Mc weighs channels by their means and maxima, Ms then weighs places by the mean
 * and maximum of the weighed channels. Shapes stay.
 *
 * @see Woo et al. 2018, equations 1 to 3
 */
export function mixedAttention(p: Symbolic<MixedAttention>, x: Tensor): Tensor {
  const [n, c] = x.shape as [number, number, number, number];
  const weigh = (seen: Tensor): Tensor =>
    applyLinear(p.excite, relu(linear(reshape(seen, [n, c]), p.squeeze.weight, p.squeeze.bias)));
  const channels = sigmoid(add(weigh(mean(x, [2, 3])), weigh(max(x, [2, 3])))); //  [n, c]
  const chosen = mul(x, reshape(channels, [n, c, 1, 1]));
  const seen = [mean(chosen, [1], { keep: true }), max(chosen, [1], { keep: true })];
  const places = sigmoid(applyConvolution(p.places, concat(seen, 1), { padding: 'same' })); // [n, 1, h, w]
  return add(x, mul(chosen, places));
}

/** A weighted sum over places with weights of its own for each channel: `[n, c, h, w] → [n, c]`. */
function placedMean(map: Tensor, weights: Tensor): Tensor {
  const [, c, h, w] = map.shape as [number, number, number, number];
  return sum(mul(map, reshape(transpose(weights, [1, 0]), [1, c, h, w])), [2, 3]);
}

/** DenseMix, as the registry holds it. */
export const denseMixNetwork: Network<DenseMixConfig, DenseMixParams> = {
  name: 'densemix',
  paper:
    'Gan, Xiao, Zhu, Jain and Struc 2024, Transfer-learning enabled micro-expression recognition using dense connections and mixed attention, Knowledge-Based Systems 305, 112640',
  configs: {
    flow28,
    face28,
    'face28-plain': face28plain,
    face48,
    full112,
    'full112-plain': full112plain,
    tiny,
    'tiny-faces': tinyFaces,
  },
  planes: ({ planes }) => planes,
  transfer: {
    head: ['pool', 'head'],
    last: ({ blocks }) => [`blocks.${blocks.length - 1}`, 'norm'],
  },
  forClasses: (config, classes) => ({ ...config, classes: classes.length }),
  init: initDenseMix,
  forward: denseMix,
};
