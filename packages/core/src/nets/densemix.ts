/**
 * @file DenseMix: densely connected convolutions with mixed attention, for transfer learning.
 *
 * After Gan, Xiao, Zhu, Jain and Struc 2024, "Transfer-learning enabled micro-expression recognition
 * using dense connections and mixed attention", Knowledge-Based Systems 305, 112640. The paper's
 * sizes are not public; the parts are the ones it names, in their published forms: dense blocks of
 * Huang, Liu, van der Maaten and Weinberger 2017 ("Densely Connected Convolutional Networks", CVPR,
 * DenseNet-BC), attention over channels and then over places of Woo, Park, Lee and Kweon 2018
 * ("CBAM", ECCV) with a residual around both.
 *
 *     image ─ stem ─ [ dense block ─ mixed attention ─ transition ] … ─ norm ─ pool ─ head
 *     dense layer: norm ─ ReLU ─ conv 1×1 to 4g ─ norm ─ ReLU ─ conv 3×3 to g, joined to its input
 *     attention:   x + x · Mc · Ms
 *
 * Everything but pool and head is the trunk. It accepts any input size, so a trunk that was pretrained
 * on faces of 48×48 pixels can be fine-tuned on flow images of 28×28.
 *
 * Glossary: `n` batch, `c` channels, `h` side of the map, `g` growth, `k` classes.
 */
import {
  add,
  averagePool,
  concat,
  constant,
  linear,
  max,
  mean,
  mul,
  relu,
  reshape,
  sigmoid,
  type Context,
  type Parameter,
  type Symbolic,
  type Tensor,
} from '@telltale/engine';

import type { Random } from '../base/random.ts';
import { configs, parts, settings } from './densemix-configs.ts';
import type { DenseMixConfig } from './densemix-configs.ts';
import {
  applyConvolution,
  applyLinear,
  initBatchNorm,
  initConvolution,
  initLinear,
  initPlacedPool,
  placedPool,
  type BatchNorm,
  type Convolution,
  type Linear,
} from './layers.ts';
import type { Network, Outputs } from './network.ts';
import { isWithout, unless } from './parts.ts';

/** Normalization, ReLU and convolution. */
interface Unit {
  readonly norm: BatchNorm;
  readonly conv: Convolution;
}

/** Channel attention, then spatial attention. */
export interface MixedAttention {
  /** `[c/r, c]`, shared by means and maxima. */
  readonly fc1: Linear;
  /** `[c, c/r]` */
  readonly fc2: Linear;
  /** `[1, 2, reach, reach]` */
  readonly spatial: Convolution;
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
  readonly bottleneck: Unit;
  /** `[g, 4g, 3, 3]` */
  readonly growth: Unit;
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

function initDenseMix(config: DenseMixConfig, random: Random): DenseMixParams {
  const { growth, blocks, halve } = config;
  const stem = initConvolution({ from: 3, to: config.stem, kernel: 3, bias: false }, random);
  let channels = config.stem;
  let side = Math.ceil(config.size / 2);
  const made = blocks.map((depth, i): Block => {
    const layers = Array.from({ length: depth }, (): DenseLayer => {
      const layer = {
        bottleneck: initUnit({ from: channels, to: 4 * growth, kernel: 1 }, random),
        growth: initUnit({ from: 4 * growth, to: growth, kernel: 3 }, random),
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
    norm: initBatchNorm(channels, random),
    ...(config.pooling === 'placed' && { pool: initPlacedPool(places, channels, random) }),
    head: initLinear({ from: channels, to: config.classes }, random),
  };
}

function initUnit(
  sizes: { readonly from: number; readonly to: number; readonly kernel: number },
  random: Random,
): Unit {
  return {
    norm: initBatchNorm(sizes.from, random),
    conv: initConvolution({ ...sizes, bias: false }, random),
  };
}

function initAttention(
  { reduction, reach }: DenseMixConfig,
  c: number,
  random: Random,
): MixedAttention {
  const hidden = Math.max(1, Math.floor(c / reduction));
  return {
    fc1: initLinear({ from: c, to: hidden }, random),
    fc2: initLinear({ from: hidden, to: c }, random),
    spatial: initConvolution({ from: 2, to: 1, kernel: reach }, random),
  };
}

function denseMix(
  context: Context,
  config: DenseMixConfig,
  params: Symbolic<DenseMixParams>,
  image: Tensor,
): Outputs {
  let x = applyConvolution(params.stem, image, { stride: 2, padding: 1 }); //    [n, stem, s/2, s/2]
  params.blocks.forEach(({ layers, attention, transition }, i) => {
    for (const [j, layer] of layers.entries()) {
      const seen = j > 0 && isWithout(config, 'dense-connections') ? newest(x, config.growth) : x;
      x = concat([x, denseMaps(context, layer, seen)], 1); //                    [n, c + g, h, h]
    }
    x = mixedAttention(attention, x, config);
    if (!transition) return;
    x = unit(context, transition, x); //                                         [n, c/2, h, h]
    if (config.halve[i]) x = averagePool(x, { kernel: 2 }); //                   [n, c/2, h/2, h/2]
  });
  const map = relu(context.batchNorm(x, params.norm));
  const pooled = params.pool ? placedPool(params.pool, map, 'first') : mean(map, [2, 3]); // [n, c]
  return { logits: applyLinear(params.head, context.dropout(pooled, config.dropout)) };
}

/** Normalization, ReLU and convolution; the size of the map is unchanged. */
function unit(context: Context, p: Symbolic<Unit>, x: Tensor): Tensor {
  return applyConvolution(p.conv, relu(context.batchNorm(x, p.norm)), { padding: 'same' });
}

/**
 * The input of a dense layer joined with its output: `[n, c, h, w] → [n, c + g, h, w]`.
 *
 * @see Huang et al. 2017, equation 2 and "Bottleneck layers"
 */
export function denseLayer(context: Context, p: Symbolic<DenseLayer>, x: Tensor): Tensor {
  return concat([x, denseMaps(context, p, x)], 1);
}

/** `[n, c, h, w] → [n, g, h, w]` */
function denseMaps(context: Context, p: Symbolic<DenseLayer>, x: Tensor): Tensor {
  return unit(context, p.growth, unit(context, p.bottleneck, x));
}

/** Only the last `growth` channels; the others are 0. */
function newest(x: Tensor, growth: number): Tensor {
  const c = x.shape[1]!;
  const kept = Float32Array.from({ length: c }, (_, i) => Number(i >= c - growth));
  return mul(x, constant(kept, [1, c, 1, 1]));
}

/**
 * `x + x · Mc · Ms`: Mc weights channels by their means and maxima, Ms then weights places by the
 * mean and maximum over the weighted channels. The shape is unchanged.
 *
 * @see Woo et al. 2018, equations 1 to 3
 */
export function mixedAttention(
  p: Symbolic<MixedAttention>,
  x: Tensor,
  config: Pick<DenseMixConfig, 'without'> = {},
): Tensor {
  const [n, c] = x.shape as [number, number, number, number];
  const mlp = (pooled: Tensor): Tensor =>
    applyLinear(p.fc2, relu(linear(reshape(pooled, [n, c]), p.fc1.weight, p.fc1.bias)));
  const seen = (part: string, t: Tensor): Tensor =>
    unless(config, 'mixed-attention', unless(config, part, t));
  const [means, most] = [mean(x, [2, 3]), max(x, [2, 3])].map((t) => seen('channel-attention', t));
  const channels = sigmoid(add(mlp(means!), mlp(most!))); //                    [n, c]
  const weighted = mul(x, reshape(channels, [n, c, 1, 1]));
  const pooled = [mean(weighted, [1], { keep: true }), max(weighted, [1], { keep: true })];
  const both = seen('spatial-attention', concat(pooled, 1));
  const places = sigmoid(applyConvolution(p.spatial, both, { padding: 'same' })); // [n, 1, h, w]
  return add(x, mul(weighted, places));
}

/** DenseMix, as the registry holds it. */
export const denseMixNetwork: Network<DenseMixConfig, DenseMixParams> = {
  name: 'densemix',
  paper:
    'Gan, Xiao, Zhu, Jain and Struc 2024, Transfer-learning enabled micro-expression recognition using dense connections and mixed attention, Knowledge-Based Systems 305, 112640',
  configs,
  settings,
  parts,
  planes: ({ planes }) => planes,
  transfer: {
    head: ['pool', 'head'],
    last: ({ blocks }) => [`blocks.${blocks.length - 1}`, 'norm'],
  },
  forClasses: (config, classes) => ({ ...config, classes: classes.length }),
  renamed: {
    narrow: 'bottleneck',
    widen: 'growth',
    squeeze: 'fc1',
    excite: 'fc2',
    places: 'spatial',
  },
  init: initDenseMix,
  forward: denseMix,
};
