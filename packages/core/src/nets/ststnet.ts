/**
 * @file STSTNet: three shallow streams over the same flow image.
 *
 * Liong, Gan, See, Khor and Huang 2019, "Shallow Triple Stream
 * Three-dimensional CNN (STSTNet) for Micro-expression Recognition", IEEE FG,
 * arXiv:1902.03634. Layers are those of the weights that the authors publish
 * (github.com/christy1206/STSTNet): normalization after ReLU, before pooling.
 *
 *     flow ─┬─ 3 filters ─┐
 *           ├─ 5 filters ─┼─ mean of 2×2 ─ classes
 *           └─ 8 filters ─┘
 *     stream: conv 3×3 ─ ReLU ─ batch norm ─ max of 3×3 ─ dropout
 *
 * Glossary: `n` batch, `f` filters of a stream, `h` side of its map, `k` classes.
 */
import {
  averagePool,
  concat,
  maxPool,
  mul,
  relu,
  reshape,
  split,
  type Context,
  type Symbolic,
  type Tensor,
} from '@telltale/engine';

import type { Random } from '../base/random.ts';
import * as is from '../base/shape.ts';
import {
  applyConvolution,
  applyLinear,
  initBatchNorm,
  initConvolution,
  initLinear,
  type BatchNorm,
  type Convolution,
  type Linear,
} from './layers.ts';
import type { Network, NetworkConfig, Outputs } from './network.ts';
import { unless, withoutShape, type Parts } from './parts.ts';
import { common, perStage, rate, width } from './settings.ts';

/** Sizes and switches. */
export interface StstnetConfig extends NetworkConfig {
  /** Filters of each stream. */
  readonly filters: readonly number[];
  /** Multiplies the input. The authors' weights expect bytes, hence 255; at 1, biases are on the scale of movements and can act as thresholds. */
  readonly gain: number;
  readonly dropout: number;
}

/** All parameters. */
export interface StstnetParams {
  readonly streams: readonly { readonly conv: Convolution; readonly norm: BatchNorm }[];
  /** `[k, Σf · (h/2)²]` */
  readonly head: Linear;
}

const shared = { classes: 3, size: 28, filters: [3, 5, 8], dropout: 0.5 } as const;

/** As published, with the input scale of the other networks. */
const flow28: StstnetConfig = { ...shared, gain: 1 };

/** The scale of the authors' weights, and their recipe. */
const authors: StstnetConfig = { ...shared, gain: 255 };

const tiny: StstnetConfig = { classes: 3, size: 8, filters: [2, 3, 3], gain: 1, dropout: 0 };

/** Its streams. */
const parts: Parts<StstnetConfig> = Object.fromEntries(
  ['first', 'second', 'third'].map((which, i) => [
    `stream-${i + 1}`,
    {
      title: `${which} stream`,
      neutral: 'its features are 0',
      isIn: ({ filters }: StstnetConfig) => i < filters.length,
    },
  ]),
);

/** Schema of {@link StstnetConfig}. */
const settings = is.members({
  ...common,
  filters: perStage(width),
  gain: is.number(1e-6, 1e6),
  dropout: rate,
  without: withoutShape(parts),
});

/** Side of the map of a stream: the convolution adds 2, the pooling divides by 3. */
function mapSide(size: number): number {
  return Math.floor((size + 2 - 1) / 3) + 1;
}

function initStstnet(config: StstnetConfig, random: Random): StstnetParams {
  const kept = Math.floor(mapSide(config.size) / 2) ** 2;
  return {
    streams: config.filters.map((f) => ({
      conv: initConvolution({ from: 3, to: f, kernel: 3 }, random),
      norm: initBatchNorm(f, random),
    })),
    head: initLinear(
      { from: config.filters.reduce((a, b) => a + b, 0) * kept, to: config.classes },
      random,
    ),
  };
}

function ststnet(
  context: Context,
  config: StstnetConfig,
  params: Symbolic<StstnetParams>,
  x: Tensor,
): Outputs {
  const scaled = config.gain === 1 ? x : mul(x, config.gain);
  // One convolution for all streams: a few filters alone leave most of a CPU's vector lanes empty.
  const weight = concat(
    params.streams.map((stream) => stream.conv.weight),
    0,
  );
  const bias = concat(
    params.streams.map((stream) => stream.conv.bias!),
    0,
  );
  const maps = relu(applyConvolution({ weight, bias }, scaled, { padding: 2 })); // [n, Σf, size + 2, size + 2]
  const streams = split(maps, 1, config.filters).map((part, i) => {
    const { norm } = params.streams[i]!;
    const pooled = maxPool(context.batchNorm(part, norm), { kernel: 3, padding: 1 });
    const kept = unless(config, `stream-${i + 1}`, pooled);
    return context.dropout(kept, config.dropout); //                          [n, f, h, h]
  });
  const means = averagePool(concat(streams, 1), { kernel: 2 }); //            [n, Σf, h/2, h/2]
  const [n, ...rest] = means.shape as [number, ...number[]];
  const features = reshape(means, [n, rest.reduce((a, b) => a * b, 1)]);
  return { logits: applyLinear(params.head, features) };
}

/** STSTNet, as the registry holds it. */
export const ststnetNetwork: Network<StstnetConfig, StstnetParams> = {
  name: 'ststnet',
  paper:
    'Liong et al. 2019, Shallow Triple Stream Three-dimensional CNN (STSTNet) for Micro-expression Recognition, IEEE FG, arXiv:1902.03634',
  configs: { flow28, authors, tiny },
  settings,
  parts,
  forClasses: (config, classes) => ({ ...config, classes: classes.length }),
  init: initStstnet,
  forward: ststnet,
};
