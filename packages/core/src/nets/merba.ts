/**
 * @file MERba: Mamba inside windows of the face, attention between them.
 *
 * Mao, Liu, Zhao, Xu, Chen et al. 2025, "MERba: Multi-Receptive Field
 * MambaVision for Micro-Expression Recognition", arXiv:2506.14468. The authors
 * publish neither code nor sizes; what the text leaves open is decided here and
 * said so (“ours”). The mixer is in `mamba.ts`.
 *
 *     flow ─ stem ─ position ─┬─ stage ─┬─ shrink ─┬─ stage ─┬─ … ─ pool ─ coarse: negative or not
 *                             │         │          │         │          └ fine: which one of them
 *     stage:  windows ─ [ mixer in each window ─ attention between windows ─ MLP ] × depth
 *
 * The window keeps its side while the map shrinks, so a window first covers a
 * part of the face and at last the whole of it: several receptive fields.
 *
 * Glossary: `n` batch, `h` side of the map, `g` windows of a map, `w` side of a
 * window, `l = w²` tokens of a window, `d` channels, `k` classes.
 */
import {
  add,
  gelu,
  matmul,
  mean,
  mul,
  relu,
  reshape,
  softmax,
  split,
  sum,
  transpose,
  type Context,
  type Parameter,
  type Symbolic,
  type Tensor,
} from '@telltale/engine';

import type { Random } from '../base/random.ts';
import {
  classify,
  granularityLoss,
  groupsOf,
  initHead,
  type GranularityConfig,
  type Head,
} from './granularity.ts';
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
import { initMixer, mixer, type Mixer, type Scanning } from './mamba.ts';
import { channelsFirst, channelsLast, checkWindows } from './maps.ts';
import type { Network, Outputs } from './network.ts';

// --- Config -----------------------------------------------------------------

/** Sizes and switches. */
export interface MerbaConfig extends GranularityConfig, Scanning {
  /** Convolutions of stride 2 before the first stage. */
  readonly stem: number;
  /** Channels of each stage. */
  readonly dims: readonly number[];
  /** Blocks of each stage. */
  readonly depths: readonly number[];
  /** State size of the scan. */
  readonly state: number;
  /** Attention between windows, or none. */
  readonly attention: boolean;
  /** Channels of an attention head. */
  readonly headDim: number;
  /** Width of the MLP over its input's. */
  readonly mlp: number;
  /** `several`: the map is halved between stages. `one`: it keeps its side. */
  readonly fields: 'several' | 'one';
  /** `placed`: a learned weight for each place and channel, for a face has its parts in places (global depthwise convolution of Chen et al. 2018, "MobileFaceNets"; ours). `mean`: all places alike. */
  readonly pooling: 'placed' | 'mean';
  /** Dropout before the head. */
  readonly dropout: number;
  /** Rate at which residual branches are dropped. */
  readonly dropPath: number;
}

const shared = {
  classes: 3,
  window: 7,
  // The asymmetric pair: no axis twice, and together they see the whole window (ours).
  scans: ['Hf', 'Vb'],
  attention: true,
  headDim: 16,
  mlp: 2,
  fields: 'several',
  pooling: 'placed',
  groups: [[0], [1, 2]],
  granularity: { coarse: 0.5, fine: 0.5 },
} as const;

/** 28×28 flow images, as of MEGC 2019: 4 windows, then the whole face. */
export const flow28: MerbaConfig = {
  ...shared,
  size: 28,
  stem: 1,
  dims: [16, 48],
  depths: [1, 1],
  state: 4,
  dropout: 0.2,
  dropPath: 0.1,
};

/** 112×112 flow images: 16 windows, 4, then the whole face. */
export const flow112: MerbaConfig = {
  ...shared,
  size: 112,
  stem: 2,
  dims: [64, 128, 256],
  depths: [2, 2, 2],
  state: 8,
  headDim: 32,
  mlp: 4,
  dropout: 0.2,
  dropPath: 0.1,
};

/** For tests: 4 windows of 2×2, then one. */
export const tiny: MerbaConfig = {
  ...shared,
  size: 8,
  stem: 1,
  window: 2,
  dims: [8, 8],
  depths: [1, 1],
  state: 2,
  headDim: 4,
  dropout: 0,
  dropPath: 0,
};

// --- Parameters -------------------------------------------------------------

/** Self-attention whose tokens are windows. */
export interface Between {
  readonly norm: Norm;
  /** `[g, d]` */
  readonly position: Parameter;
  readonly qkv: Linear;
  readonly out: Linear;
  /** Starts at zero: windows begin apart. `[d]` */
  readonly gate: Parameter;
}

/** Local, global, and per token. */
export interface Block {
  readonly mixerNorm: Norm;
  readonly mixer: Mixer;
  /** Absent where there is one window. */
  readonly between?: Between;
  readonly mlpNorm: Norm;
  readonly widen: Linear;
  readonly narrow: Linear;
}

/** Blocks on one map. */
export interface Stage {
  /** What comes before: halves the map, or not, and sets the channels. Absent in the first stage. */
  readonly shrink?: { readonly conv: Convolution; readonly norm: Norm };
  readonly blocks: readonly Block[];
}

/** All parameters. */
export interface MerbaParams {
  readonly stem: readonly { readonly conv: Convolution; readonly norm: Norm }[];
  /** `[h, h, d]` */
  readonly position: Parameter;
  readonly stages: readonly Stage[];
  readonly norm: Norm;
  /** `[h², d]` */
  readonly pool?: Parameter;
  readonly head: Head;
}

/** New parameters. */
export function initMerba(config: MerbaConfig, random: Random): MerbaParams {
  const sides = stageSides(config);
  const last = config.dims.at(-1)!;
  const places = sides.at(-1)! ** 2;
  const first = config.dims[0]!;
  return {
    stem: Array.from({ length: config.stem }, (_, i) => ({
      conv: initConvolution({ from: i === 0 ? 3 : first, to: first, kernel: 3 }, random),
      norm: initNorm(first),
    })),
    position: { ...normal([sides[0]!, sides[0]!, first], 0.02, random), decay: false },
    stages: config.dims.map((d, i) => ({
      ...(i > 0 && {
        shrink: {
          conv: initConvolution(
            { from: config.dims[i - 1]!, to: d, kernel: 3, bias: false },
            random,
          ),
          norm: initNorm(d),
        },
      }),
      blocks: Array.from({ length: config.depths[i]! }, () =>
        initBlock(config, { d, g: (sides[i]! / config.window) ** 2 }, random),
      ),
    })),
    norm: initNorm(last),
    ...(config.pooling === 'placed' && { pool: filled([places, last], 1 / places) }),
    head: initHead(config, last, random),
  };
}

function initBlock(
  config: MerbaConfig,
  { d, g }: { readonly d: number; readonly g: number },
  random: Random,
): Block {
  const wide = d * config.mlp;
  return {
    mixerNorm: initNorm(d),
    mixer: initMixer(d, config.state, random),
    ...(config.attention &&
      g > 1 && {
        between: {
          norm: initNorm(d),
          position: { ...normal([g, d], 0.02, random), decay: false },
          qkv: initLinear({ from: d, to: 3 * d }, random),
          out: initLinear({ from: d, to: d }, random),
          gate: filled([d], 0),
        },
      }),
    mlpNorm: initNorm(d),
    widen: initLinear({ from: d, to: wide }, random),
    narrow: initLinear({ from: wide, to: d }, random),
  };
}

// --- Forward ----------------------------------------------------------------

/** `[n, 3, size, size] → [n, k]`, logarithms of the joint probabilities, with the decisions they are made of. */
export function merba(
  context: Context,
  config: MerbaConfig,
  params: Symbolic<MerbaParams>,
  x: Tensor,
): Outputs {
  let map = channelsLast(x); //                                               [n, size, size, 3]
  params.stem.forEach(({ conv: filter, norm }, i) => {
    const planes = i === 0 ? x : channelsFirst(relu(map));
    const shrunk = applyConvolution(filter, planes, { stride: 2, padding: 1 });
    map = applyNorm(norm, channelsLast(shrunk)); //                           [n, h, h, d]
  });
  map = add(map, params.position);
  const stride = config.fields === 'several' ? 2 : 1;
  for (const { shrink, blocks } of params.stages) {
    if (shrink) {
      const shrunk = applyConvolution(shrink.conv, channelsFirst(map), { stride, padding: 1 });
      map = applyNorm(shrink.norm, channelsLast(shrunk)); //                  [n, h, h, d]
    }
    const side = map.shape[1]!;
    let tokens = toWindows(map, config.window); //                            [l, n, g, d]
    for (const block of blocks) tokens = forwardBlock(context, config, block, tokens);
    map = fromWindows(tokens, side); //                                       [n, h, h, d]
  }
  const [n, h, , d] = map.shape as [number, number, number, number];
  const places = reshape(applyNorm(params.norm, map), [n, h * h, d]);
  const pooled = params.pool ? sum(mul(places, params.pool), [1]) : mean(places, [1]); // [n, d]
  return classify(config, params.head, context.dropout(pooled, config.dropout));
}

/** Local-Global Feature Integration; `[l, n, g, d] → [l, n, g, d]`. */
function forwardBlock(
  context: Context,
  config: MerbaConfig,
  p: Symbolic<Block>,
  x: Tensor,
): Tensor {
  const [l, n, g, d] = x.shape as [number, number, number, number];
  const residual = (branch: Tensor): Tensor => context.dropPath(branch, config.dropPath, 1);
  const local = mixer(p.mixer, reshape(applyNorm(p.mixerNorm, x), [l, n * g, d]), config);
  let y = add(x, residual(reshape(local, [l, n, g, d])));
  if (p.between) {
    const seen = between(p.between, mean(y, [0]), config); //                 [n, g, d]
    y = add(y, residual(reshape(seen, [1, n, g, d])));
  }
  const wide = gelu(applyLinear(p.widen, applyNorm(p.mlpNorm, y))); //        [l, n, g, mlp·d]
  return add(y, residual(applyLinear(p.narrow, wide)));
}

/** Self-attention between window means; `[n, g, d] → [n, g, d]`. */
export function between(
  p: Symbolic<Between>,
  x: Tensor,
  { headDim }: Pick<MerbaConfig, 'headDim'>,
): Tensor {
  const [n, g, d] = x.shape as [number, number, number];
  const heads = Math.max(1, Math.floor(d / headDim));
  const each = d / heads;
  const tokens = applyNorm(p.norm, add(x, p.position)); //                    [n, g, d]
  const [q, k, v] = split(applyLinear(p.qkv, tokens), 2, 3).map((t) =>
    transpose(reshape(t, [n, g, heads, each]), [0, 2, 1, 3]),
  ) as [Tensor, Tensor, Tensor]; //                                           [n, heads, g, each]
  const weights = softmax(mul(matmul(q, transpose(k, [0, 1, 3, 2])), 1 / Math.sqrt(each)));
  const seen = reshape(transpose(matmul(weights, v), [0, 2, 1, 3]), [n, g, d]);
  return mul(applyLinear(p.out, seen), p.gate);
}

// --- Rearrangements ---------------------------------------------------------

/** `[n, h, h, d] → [l, n, g, d]` */
function toWindows(x: Tensor, w: number): Tensor {
  const [n, h, , d] = x.shape as [number, number, number, number];
  const across = h / w;
  const cut = transpose(reshape(x, [n, across, w, across, w, d]), [2, 4, 0, 1, 3, 5]);
  return reshape(cut, [w * w, n, across * across, d]);
}

/** Inverse of {@link toWindows} for a map of the given side. */
function fromWindows(x: Tensor, h: number): Tensor {
  const [l, n, g, d] = x.shape as [number, number, number, number];
  const [across, w] = [Math.sqrt(g), Math.sqrt(l)];
  const joined = transpose(reshape(x, [w, w, n, across, across, d]), [2, 3, 0, 4, 1, 5]);
  return reshape(joined, [n, h, h, d]);
}

/** Side of the map in each stage, tokens. */
function stageSides({ size, stem, dims, window, fields }: MerbaConfig): number[] {
  const first = size / 2 ** stem;
  const sides = dims.map((_, i) => (fields === 'several' ? first / 2 ** i : first));
  checkWindows(sides, window, { size, divisor: window * 2 ** (stem + dims.length - 1) });
  return sides;
}

/** MERba, as the registry holds it. */
export const merbaNetwork: Network<MerbaConfig, MerbaParams> = {
  name: 'merba',
  paper:
    'Mao et al. 2025, MERba: Multi-Receptive Field MambaVision for Micro-Expression Recognition, arXiv:2506.14468',
  configs: { flow28, flow112, tiny },
  forClasses: (config, classes) => ({
    ...config,
    classes: classes.length,
    groups: groupsOf(classes),
  }),
  init: initMerba,
  forward: merba,
  loss: granularityLoss,
};
