/**
 * @file MERba: Mamba inside windows of the face, attention between them.
 *
 * Mao, Liu, Zhao, Xu, Chen et al. 2025, "MERba: Multi-Receptive Field
 * MambaVision for Micro-Expression Recognition", arXiv:2506.14468. The authors
 * publish neither code nor sizes; decisions that the text leaves open are marked
 * “ours”. The mixer is in `mamba.ts`.
 *
 *     flow ─ stem ─ position ─ stage ─ downsample ─ stage ─ … ─ pool ─┬─ coarse: negative or not
 *                                                                     └─ fine: which of them
 *     stage:  windows ─ [ mixer in each window ─ attention between windows ─ MLP ] × depth
 *
 * The window keeps its side while the map is downsampled, so a window first
 * covers a part of the face and at last all of it: several receptive fields.
 *
 * Glossary: `n` batch, `h` side of the map, `g` windows of a map, `w` side of a
 * window, `l = w²` tokens of a window, `d` channels, `k` classes.
 */
import {
  add,
  gelu,
  mean,
  mul,
  rearrange,
  relu,
  reshape,
  split,
  type Context,
  type Parameter,
  type Symbolic,
  type Tensor,
} from '@telltale/engine';

import type { Random } from '../base/random.ts';
import { attend, splitHeads } from './attention.ts';
import {
  classify,
  fineLoss,
  granularityLoss,
  groupsOf,
  initHead,
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
  initPlacedPool,
  normal,
  placedPool,
  type Convolution,
  type Linear,
  type Norm,
} from './layers.ts';
import { initMixer, mixer, type Mixer } from './mamba.ts';
import {
  awake112,
  awake28,
  awake56,
  flow112,
  flow28,
  parts,
  probe,
  settings,
  stageSides,
  tiny,
  type MerbaConfig,
} from './merba-config.ts';
import type { Network, Outputs } from './network.ts';
import { unless } from './parts.ts';
import { channelsFirst, channelsLast } from './windows.ts';

// --- Parameters -------------------------------------------------------------

/** Self-attention whose tokens are windows. */
export interface WindowAttention {
  readonly norm: Norm;
  /** `[g, d]` */
  readonly position: Parameter;
  readonly qkv: Linear;
  readonly out: Linear;
  /** Initially zero: no exchange between windows. `[d]` */
  readonly gate: Parameter;
}

/** Mixer, attention and MLP, each with a residual. */
export interface Block {
  readonly mixerNorm: Norm;
  readonly mixer: Mixer;
  /** Absent where there is one window. */
  readonly attention?: WindowAttention;
  readonly mlpNorm: Norm;
  readonly fc1: Linear;
  readonly fc2: Linear;
}

/** Blocks on one map. */
export interface Stage {
  /** Before the blocks: sets the channels and, with several receptive fields, halves the map. Absent in the first stage. */
  readonly downsample?: { readonly conv: Convolution; readonly norm: Norm };
  readonly blocks: readonly Block[];
}

/** All parameters. */
export interface MerbaParams {
  /** Convolutions that turn the input into the first map. */
  readonly stem: readonly {
    /** Kernel and bias. */
    readonly conv: Convolution;
    /** Normalization of its channels. */
    readonly norm: Norm;
  }[];
  /** `[h, h, d]` */
  readonly position: Parameter;
  /** Blocks by size of the map, the largest first. */
  readonly stages: readonly Stage[];
  /** Normalization of the last map, before pooling. */
  readonly norm: Norm;
  /** `[h², d]` */
  readonly pool?: Parameter;
  /** Layers from the pooled features to the logits. */
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
      norm: initNorm(first, random),
    })),
    position: { ...normal([sides[0]!, sides[0]!, first], 0.02, random), decay: false },
    stages: config.dims.map((d, i) => ({
      ...(i > 0 && {
        downsample: {
          conv: initConvolution(
            { from: config.dims[i - 1]!, to: d, kernel: 3, bias: false },
            random,
          ),
          norm: initNorm(d, random),
        },
      }),
      blocks: Array.from({ length: config.depths[i]! }, () =>
        initBlock(config, { d, g: (sides[i]! / config.window) ** 2 }, random),
      ),
    })),
    norm: initNorm(last, random),
    ...(config.pooling === 'placed' && { pool: initPlacedPool(places, last, random) }),
    head: initHead(config, last, random),
  };
}

function initBlock(
  config: MerbaConfig,
  { d, g }: { readonly d: number; readonly g: number },
  random: Random,
): Block {
  const hidden = d * config.mlp;
  return {
    mixerNorm: initNorm(d, random),
    mixer: initMixer(d, config.state, random, config.selection),
    ...(config.attention &&
      g > 1 && {
        attention: {
          norm: initNorm(d, random),
          position: { ...normal([g, d], 0.02, random), decay: false },
          qkv: initLinear({ from: d, to: 3 * d }, random),
          out: initLinear({ from: d, to: d }, random),
          gate: filled([d], 0, random),
        },
      }),
    mlpNorm: initNorm(d, random),
    fc1: initLinear({ from: d, to: hidden }, random),
    fc2: initLinear({ from: hidden, to: d }, random),
  };
}

// --- Forward ----------------------------------------------------------------

/** `[n, 3, size, size] → [n, k]`, joint log-probabilities, with the coarse and fine ones they are composed of. */
export function merba(
  context: Context,
  config: MerbaConfig,
  params: Symbolic<MerbaParams>,
  x: Tensor,
): Outputs {
  let map = channelsLast(x); //                                               [n, size, size, 3]
  params.stem.forEach(({ conv: filter, norm }, i) => {
    const planes = i === 0 ? x : channelsFirst(relu(map));
    const halved = applyConvolution(filter, planes, { stride: config.stemStride ?? 2, padding: 1 });
    map = applyNorm(norm, channelsLast(halved)); //                           [n, h, h, d]
  });
  map = add(map, params.position);
  const stride = config.fields === 'several' ? 2 : 1;
  for (const { downsample, blocks } of params.stages) {
    if (downsample) {
      const smaller = applyConvolution(downsample.conv, channelsFirst(map), { stride, padding: 1 });
      map = applyNorm(downsample.norm, channelsLast(smaller)); //             [n, h, h, d]
    }
    const window = { a: config.window, b: config.window };
    const y = map.shape[1]! / config.window;
    let tokens = rearrange(map, 'n (y a) (x b) d -> (a b) n (y x) d', window); // [l, n, g, d]
    for (const block of blocks) tokens = forwardBlock(context, config, block, tokens);
    map = rearrange(tokens, '(a b) n (y x) d -> n (y a) (x b) d', { a: config.window, y }); // [n, h, h, d]
  }
  const last = applyNorm(params.norm, map);
  const pooled = params.pool
    ? placedPool(params.pool, last, 'last')
    : mean(rearrange(last, 'n h w d -> n (h w) d'), [1]); // [n, d]
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
  let y = add(x, residual(unless(config, 'mixer', reshape(local, [l, n, g, d]))));
  if (p.attention) {
    const global = windowAttention(p.attention, mean(y, [0]), config); //     [n, g, d]
    y = add(y, residual(unless(config, 'attention', reshape(global, [1, n, g, d]))));
  }
  const hidden = gelu(applyLinear(p.fc1, applyNorm(p.mlpNorm, y))); //        [l, n, g, mlp·d]
  return add(y, residual(applyLinear(p.fc2, hidden)));
}

/** Self-attention between window means; `[n, g, d] → [n, g, d]`. */
export function windowAttention(
  p: Symbolic<WindowAttention>,
  x: Tensor,
  { headDim }: Pick<MerbaConfig, 'headDim'>,
): Tensor {
  const tokens = applyNorm(p.norm, add(x, p.position)); //                    [n, g, d]
  const [q, k, v] = split(applyLinear(p.qkv, tokens), 2, 3).map((t) => splitHeads(t, headDim)) as [
    Tensor,
    Tensor,
    Tensor,
  ]; //                                                                       [n, heads, g, e]
  return mul(applyLinear(p.out, attend({ q, k, v })), p.gate);
}

/** MERba, as the registry holds it. */
export const merbaNetwork: Network<MerbaConfig, MerbaParams> = {
  name: 'merba',
  paper:
    'Mao et al. 2025, MERba: Multi-Receptive Field MambaVision for Micro-Expression Recognition, arXiv:2506.14468',
  configs: { flow28, flow112, awake28, awake56, awake112, probe, tiny },
  settings,
  parts,
  forClasses: (config, classes) => ({
    ...config,
    classes: classes.length,
    groups: groupsOf(classes),
  }),
  renamed: {
    shrink: 'downsample',
    between: 'attention',
    widen: 'fc1',
    narrow: 'fc2',
    enter: 'inProj',
    select: 'xProj',
    step: 'dtProj',
    leave: 'outProj',
  },
  init: initMerba,
  forward: merba,
  loss: granularityLoss,
  fineLoss,
};
