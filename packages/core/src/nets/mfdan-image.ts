/**
 * @file MFDAN's image branch alone, with a head of its own: what `telltale pretrain` trains on strong expressions.
 *
 * A photograph has no flow, so what the flow drives is left out: the attention that it drives adds 0, and no place is
 * preferred. The parameters have the names that they have in MFDAN; all but the pooling and the head are the trunk that
 * `telltale train --from` takes over. What it sees is the plane of the image branch: the difference of a peak and a
 * neutral face where the configuration has `image: 'difference'`, else the peak.
 */
import { add, type Context, type Parameter, type Symbolic, type Tensor } from '@telltale/engine';

import type { Random } from '../base/random.ts';
import {
  applyLinear,
  applyNorm,
  filled,
  initNorm,
  initPlacedPool,
  normal,
  placedPool,
  type Linear,
  type Norm,
} from './layers.ts';
import {
  applyMlp,
  attendOwn,
  imageTokens,
  initImageStep,
  initMlp,
  initSelfAttention,
  initSteps,
  ratesOf,
  toMap,
  toWindows,
  type ImageBlock,
  type ImageStep,
} from './mfdan-blocks.ts';
import { configs, levelSides, parts, settings, type MfdanConfig } from './mfdan-config.ts';
import type { Network, Outputs } from './network.ts';
import { channelsLast } from './windows.ts';

/** All parameters, named as in `MfdanParams`. */
interface MfdanImageParams {
  readonly levels: readonly {
    readonly image: readonly ImageStep[];
    readonly blocks: readonly ImageBlock[];
  }[];
  /** `[h, h, d]` */
  readonly position: Parameter;
  readonly norm: Norm;
  /** `[h², d]` */
  readonly pool: { readonly image: Parameter };
  /** `[k, d]` */
  readonly head: Linear;
}

function initImage(config: MfdanConfig, random: Random): MfdanImageParams {
  const { dims, depths, mlp, classes } = config;
  const sides = levelSides(config);
  const last = dims.at(-1)!;
  return {
    levels: dims.map((d, i) => ({
      image: initSteps(config, i, (sizes) => initImageStep(sizes, random)),
      blocks: Array.from({ length: depths[i]! }, () => ({
        selfAttention: initSelfAttention(d, random),
        ...initMlp(d, mlp, random),
      })),
    })),
    position: { ...normal([sides[0]!, sides[0]!, dims[0]!], 0.02, random), decay: false },
    norm: initNorm(last, random),
    pool: { image: initPlacedPool(sides.at(-1)! ** 2, last, random) },
    head: { weight: normal([classes, last], 0.02, random), bias: filled([classes], 0, random) },
  };
}

/** `[n, 1, size, size] → [n, k]` */
function forwardImage(
  context: Context,
  config: MfdanConfig,
  params: Symbolic<MfdanImageParams>,
  x: Tensor,
): Outputs {
  let image = x; //                                                           channels first
  for (const [i, level] of params.levels.entries()) {
    let tokens = imageTokens(level.image, image); //                          [n, h, h, d]
    if (i === 0) tokens = add(tokens, params.position);
    const rates = ratesOf(config, i, x.shape[0]!);
    let windows = toWindows(tokens, config.window); //                        [m, l, d]
    for (const block of level.blocks) {
      const y = attendOwn(context, block.selfAttention, { ...rates, x: windows });
      windows = applyMlp(context, block, { ...rates, x: y });
    }
    image = toMap(windows, config.window, tokens.shape[1]!); //               [n, d, h, h]
  }
  const tokens = applyNorm(params.norm, channelsLast(image));
  const features = placedPool(params.pool.image, tokens, 'last'); //          [n, d]
  return { logits: applyLinear(params.head, context.dropout(features, config.dropout)) };
}

/** The branch as a network, which pretraining treats like any other. */
export const mfdanImage: Network<MfdanConfig, MfdanImageParams> = {
  name: 'mfdan',
  paper: 'the image coding module of MFDAN (Cai et al. 2024)',
  configs,
  settings,
  parts,
  planes: ({ image = 'apex' }) => [image],
  forClasses: (config, classes) => ({ ...config, classes: classes.length }),
  init: initImage,
  forward: forwardImage,
};
