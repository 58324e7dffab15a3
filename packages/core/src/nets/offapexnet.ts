/**
 * @file OFF-ApexNet: two streams, one for each direction of the flow.
 *
 * Gan, Liong, Yau, Huang and Tan 2019, "OFF-ApexNet on Micro-expression
 * Recognition System", Signal Processing: Image Communication 74,
 * arXiv:1805.08699. It has no strain. Convolutions keep the size of the map,
 * which gives the 2.66 million parameters that Off-TANet's authors count for
 * it. Dropout before the fully connected layers is ours: they have 2.66
 * million weights for 300 images.
 *
 *     u ─ 6 filters ─ 16 filters ─┐
 *                                 ├─ 1024 ─ 1024 ─ classes
 *     v ─ 6 filters ─ 16 filters ─┘
 *     filters: conv 5×5 ─ ReLU ─ max of 2×2
 *
 * Glossary: `n` batch, `f` filters, `h` side of the map, `k` classes.
 */
import {
  concat,
  maxPool,
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
  initConvolution,
  initLinear,
  type Convolution,
  type Linear,
} from './layers.ts';
import type { Network, NetworkConfig, Outputs } from './network.ts';
import { unless, withoutShape, type Parts } from './parts.ts';
import { common, perStage, rate, where, width } from './settings.ts';

/** Sizes and switches. */
export interface OffApexNetConfig extends NetworkConfig {
  /** Filters of the layers of a stream; the map is halved after each. */
  readonly filters: readonly number[];
  /** Outputs of the fully connected layers. */
  readonly widths: readonly number[];
  readonly dropout: number;
}

/** All parameters. */
export interface OffApexNetParams {
  /** Of u and of v. */
  readonly streams: readonly (readonly Convolution[])[];
  readonly dense: readonly Linear[];
  readonly head: Linear;
}

const flow28: OffApexNetConfig = {
  classes: 3,
  size: 28,
  filters: [6, 16],
  widths: [1024, 1024],
  dropout: 0.5,
};

const tiny: OffApexNetConfig = {
  classes: 3,
  size: 8,
  filters: [2, 4],
  widths: [8, 8],
  dropout: 0,
};

/** Its streams. */
const parts: Parts<OffApexNetConfig> = {
  'stream-u': { title: 'stream of the horizontal flow', neutral: 'its features are 0' },
  'stream-v': { title: 'stream of the vertical flow', neutral: 'its features are 0' },
};

/** Schema of {@link OffApexNetConfig}. */
const settings = is.all(
  is.members({
    ...common,
    filters: perStage(width),
    widths: perStage(width),
    dropout: rate,
    without: withoutShape(parts),
  }),
  where(
    ({ size, filters }: OffApexNetConfig) => size % 2 ** filters.length === 0,
    'the size is halved once for each of filters',
  ),
);

function initOffApexNet(config: OffApexNetConfig, random: Random): OffApexNetParams {
  const { filters, widths, size, classes } = config;
  const side = size / 2 ** filters.length;
  const features = 2 * filters.at(-1)! * side * side;
  return {
    streams: [0, 1].map(() =>
      filters.map((to, i) => initConvolution({ from: filters[i - 1] ?? 1, to, kernel: 5 }, random)),
    ),
    dense: widths.map((to, i) => initLinear({ from: widths[i - 1] ?? features, to }, random)),
    head: initLinear({ from: widths.at(-1)!, to: classes }, random),
  };
}

function offApexNet(
  context: Context,
  config: OffApexNetConfig,
  params: Symbolic<OffApexNetParams>,
  x: Tensor,
): Outputs {
  const planes = split(x, 1, 3); //                                           [n, 1, size, size]
  const maps = params.streams.map((layers, i) => {
    const features = layers.reduce(
      (map, layer) =>
        maxPool(relu(applyConvolution(layer, map, { padding: 'same' })), { kernel: 2 }),
      planes[i]!,
    );
    return unless(config, i === 0 ? 'stream-u' : 'stream-v', features);
  });
  const joint = concat(maps, 1); //                                           [n, 2f, h, h]
  const [n, f, h] = joint.shape as [number, number, number, number];
  const features = params.dense.reduce(
    (from, layer) => relu(applyLinear(layer, context.dropout(from, config.dropout))),
    reshape(joint, [n, f * h * h]),
  );
  return { logits: applyLinear(params.head, features) };
}

/** OFF-ApexNet, as the registry holds it. */
export const offApexNetNetwork: Network<OffApexNetConfig, OffApexNetParams> = {
  name: 'offapexnet',
  paper:
    'Gan et al. 2019, OFF-ApexNet on Micro-expression Recognition System, Signal Processing: Image Communication 74, arXiv:1805.08699',
  configs: { flow28, tiny },
  settings,
  parts,
  forClasses: (config, classes) => ({ ...config, classes: classes.length }),
  init: initOffApexNet,
  forward: offApexNet,
};
