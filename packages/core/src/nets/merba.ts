/**
 * @file MERba: Mamba inside windows of the face, attention between them.
 *
 * Mao, Liu, Zhao, Xu, Chen et al. 2025, "MERba: Multi-Receptive Field
 * MambaVision for Micro-Expression Recognition", arXiv:2506.14468. The authors
 * publish neither code nor sizes; what the text leaves open is decided here and
 * said so (“ours”). The mixer is written from the equations of Hatamizadeh and
 * Kautz 2024, "MambaVision", arXiv:2407.08083, the scan inside it from Gu and
 * Dao 2023, "Mamba", arXiv:2312.00752.
 *
 *     flow ─ stem ─ position ─┬─ stage ─┬─ shrink ─┬─ stage ─┬─ … ─ pool ─ coarse: negative or not
 *                             │         │          │         │          └ fine: which one of them
 *     stage:  windows ─ [ mixer in each window ─ attention between windows ─ MLP ] × depth
 *     mixer:  in ─┬─ conv ─ SiLU ─ selective scan, a direction per channel group ─┬─ out
 *                 └─ conv ─ SiLU ─────────────────────────────────────────────────┘
 *
 * The window keeps its side while the map shrinks, so a window first covers a
 * part of the face and at last the whole of it: several receptive fields.
 *
 * Glossary: `n` batch, `h` side of the map, `g` windows of a map, `w` side of a
 * window, `l = w²` tokens of a window, `d` channels, `e = d/2` channels that are
 * scanned, `s` state size, `r` rank of the step size, `m = n·g`, `k` classes.
 */
import {
  add,
  concat,
  decayingRecurrence,
  exp,
  gather,
  gelu,
  linear,
  matmul,
  mean,
  mul,
  neg,
  relu,
  reshape,
  conv,
  silu,
  softmax,
  softplus,
  split,
  sum,
  transpose,
  type Context,
  type Parameter,
  type Symbolic,
  type Tensor,
} from '@telltale/engine';

import { TelltaleError } from '../base/errors.ts';
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
  uniform,
  type Convolution,
  type Linear,
  type Norm,
} from './layers.ts';
import type { Network, Outputs } from './network.ts';

// --- Config -----------------------------------------------------------------

/** An order in which a scan meets the tokens of a window: Horizontal or Vertical, forward or backward. */
export type Scan = 'Hf' | 'Hb' | 'Vf' | 'Vb';

/** Sizes and switches. */
export interface MerbaConfig extends GranularityConfig {
  /** Convolutions of stride 2 before the first stage. */
  readonly stem: number;
  /** Side of a window, tokens. */
  readonly window: number;
  /** Channels of each stage. */
  readonly dims: readonly number[];
  /** Blocks of each stage. */
  readonly depths: readonly number[];
  /** State size of the scan. */
  readonly state: number;
  /** Directions; each scans an equal part of the channels. Hf and Vb are the asymmetric pair: no axis twice, and together they see the whole window (ours). */
  readonly scans: readonly Scan[];
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

/** Mamba mixer with a symmetric branch. */
export interface Mixer {
  /** `[d, d]` */
  readonly enter: Linear;
  /** Along the tokens, one filter per channel, `[d, 1, 3]`. */
  readonly conv: Parameter;
  /** Each token chooses rank, B and C: `[r + 2s, e]`. */
  readonly select: Linear;
  /** From the rank to the step size of each channel: `[e, r]`. */
  readonly step: Linear;
  /** log(−A), `[e, s]`. */
  readonly logDecay: Parameter;
  /** D, `[e]`. */
  readonly skip: Parameter;
  /** `[d, d]` */
  readonly leave: Linear;
}

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

/** Step sizes start log-uniform in 0.001–0.1, decays at −1 … −s (Gu and Dao 2023, §3.6). */
export function initMixer(d: number, s: number, random: Random): Mixer {
  const e = d / 2;
  const r = Math.ceil(d / 16);
  const steps = Float32Array.from({ length: e }, () => 0.001 * 100 ** random.uniform());
  const decays = Float32Array.from({ length: e * s }, (_, i) => Math.log((i % s) + 1));
  return {
    enter: initLinear({ from: d, to: d, bias: false }, random),
    conv: uniform([d, 1, 3], 1 / Math.sqrt(3), random),
    select: initLinear({ from: e, to: r + 2 * s, bias: false }, random),
    step: {
      weight: uniform([e, r], 1 / Math.sqrt(r), random),
      bias: { shape: [e], data: steps.map((step) => step + Math.log(-Math.expm1(-step))) }, // softplus⁻¹
    },
    logDecay: { shape: [e, s], data: decays, decay: false },
    skip: filled([e], 1),
    leave: initLinear({ from: d, to: d, bias: false }, random),
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

/**
 * Mamba mixer over the tokens of each window; `[l, m, d] → [l, m, d]`.
 *
 * Between the linear maps channels stand outermost and windows innermost: the
 * maps then write and read this order by themselves, and the convolution and
 * the scan work along whole vectors.
 *
 * @see Hatamizadeh and Kautz 2024, equations 6 and 7; scans in several directions are MERba's
 */
export function mixer(
  p: Symbolic<Mixer>,
  x: Tensor,
  { window, scans }: Pick<MerbaConfig, 'window' | 'scans'>,
): Tensor {
  const [l, m, d] = x.shape as [number, number, number];
  const [e, s] = p.logDecay.shape as [number, number];
  const r = p.step.weight.shape[1]!;
  const across = (weight: Tensor, t: Tensor): Tensor => matmul(weight, reshape(t, [-1, l * m]));
  const rows = reshape(x, [l * m, d]);
  const entered = reshape(matmul(p.enter.weight, transpose(rows, [1, 0])), [1, d, l, m]);
  const kernel = reshape(p.conv, [d, 1, 3, 1]);
  const padding = [
    [1, 1],
    [0, 0],
  ] as const;
  const mixed = silu(conv(entered, kernel, { padding, groups: d })); //         [1, d, l, m]
  const [u, z] = split(reshape(mixed, [d, l, m]), 0, 2) as [Tensor, Tensor]; // [e, l, m]
  const selected = reshape(across(p.select.weight, u), [r + 2 * s, l, m]);
  const [rank, b, c] = split(selected, 0, [r, s, s]) as [Tensor, Tensor, Tensor];
  const steps = add(across(p.step.weight, rank), reshape(p.step.bias!, [e, 1]));
  const delta = reshape(softplus(steps), [e, l, m]);
  const orders = scans.map((scan) => scanOrder(scan, window));
  const y = scanned(p, { u, delta, b, c }, orders); //                          [e, l, m]
  const both = reshape(concat([y, z], 0), [d, l * m]);
  return reshape(linear(transpose(both, [1, 0]), p.leave.weight), [l, m, d]);
}

/**
 * The selective scan, each group of channels in its own order:
 * `hₜ = exp(Δₜ A) hₜ₋₁ + Δₜ Bₜ uₜ`, `yₜ = Cₜ hₜ + D uₜ`; u and Δ `[e, l, m]`, B and C `[s, l, m]` → `[e, l, m]`.
 *
 * All groups share one recurrence.
 *
 * @see Gu and Dao 2023, equation 2 and algorithm 2
 */
function scanned(
  p: Symbolic<Mixer>,
  x: { readonly u: Tensor; readonly delta: Tensor; readonly b: Tensor; readonly c: Tensor },
  orders: readonly (readonly number[])[],
): Tensor {
  const [e, l, m] = x.u.shape as [number, number, number];
  const s = p.logDecay.shape[1]!;
  const o = orders.length;
  if (e % o !== 0) throw indivisible(e, o);
  const k = e / o;
  /** `[e, l, m] → [l, e, m]`, each group in its order. */
  const perChannel = (t: Tensor): Tensor =>
    concat(
      split(transpose(t, [1, 0, 2]), 1, o).map((group, i) => gather(group, 0, orders[i]!)),
      1,
    );
  /** `[s, l, m] → [l, s, o, 1, m]`, once in each order. */
  const perState = (t: Tensor): Tensor => {
    const steps = reshape(transpose(t, [1, 0, 2]), [l, s, 1, m]);
    const inOrders = orders.map((order) => gather(steps, 0, order));
    return reshape(concat(inOrders, 2), [l, s, o, 1, m]);
  };
  const delta = perChannel(x.delta);
  const rate = reshape(transpose(neg(exp(p.logDecay)), [1, 0]), [s, e, 1]); //  A
  const decay = mul(reshape(delta, [l, 1, e, m]), rate); //                     [l, s, e, m]
  const driven = mul(delta, perChannel(x.u));
  const drive = mul(reshape(driven, [l, 1, o, k, m]), perState(x.b)); //        [l, s, o, k, m]
  const h = decayingRecurrence(decay, reshape(drive, [l, s, e, m]));
  const seen = mul(reshape(h, [l, s, o, k, m]), perState(x.c));
  const groups = split(sum(seen, [1]), 1, o); //                                [l, 1, k, m]
  const back = groups.map((group, i) => gather(group, 0, inverse(orders[i]!)));
  const y = transpose(reshape(concat(back, 1), [l, e, m]), [1, 0, 2]);
  return add(y, mul(x.u, reshape(p.skip, [e, 1, 1])));
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

/** `[n, d, h, h] → [n, h, h, d]` */
const channelsLast = (x: Tensor): Tensor => transpose(x, [0, 2, 3, 1]);

/** `[n, h, h, d] → [n, d, h, h]` */
const channelsFirst = (x: Tensor): Tensor => transpose(x, [0, 3, 1, 2]);

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

/** Token numbers (row by row) of a window in the order of a scan. */
function scanOrder(scan: Scan, w: number): number[] {
  const rows = Array.from({ length: w * w }, (_, i) => i);
  const order = scan.startsWith('H') ? rows : rows.map((i) => (i % w) * w + Math.floor(i / w));
  return scan.endsWith('f') ? order : order.reverse();
}

/** The permutation that undoes `order`. */
function inverse(order: readonly number[]): number[] {
  const undo: number[] = [];
  order.forEach((from, to) => (undo[from] = to));
  return undo;
}

/** Side of the map in each stage, tokens. */
function stageSides({ size, stem, dims, window, fields }: MerbaConfig): number[] {
  const first = size / 2 ** stem;
  const sides = dims.map((_, i) => (fields === 'several' ? first / 2 ** i : first));
  for (const side of sides)
    if (!Number.isInteger(side / window))
      throw new TelltaleError(
        'OPTION_INVALID',
        `a map of ${side}×${side} tokens does not divide into windows of ${window}×${window}`,
        `Choose an input size that is a multiple of ${window * 2 ** (stem + dims.length - 1)} pixels, not ${size}.`,
      );
  return sides;
}

function indivisible(channels: number, scans: number): TelltaleError {
  return new TelltaleError(
    'OPTION_INVALID',
    `${channels} scanned channels do not divide among ${scans} scans`,
    'Choose channels that are a multiple of twice the number of scans.',
  );
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
