/** @file Sizes and switches of DenseMix, its configurations, and the parts that can be taken out of it. */
import * as is from '../base/shape.ts';
import { flowPlanes, inputPlane, type InputPlane } from './input.ts';
import type { NetworkConfig } from './network.ts';
import { withoutShape, type Parts } from './parts.ts';
import { common, depths, rate, where, width } from './settings.ts';

/** Sizes and switches. */
export interface DenseMixConfig extends NetworkConfig {
  /** Input planes, three of them. */
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
  /** Kernel size of the spatial attention, odd. */
  readonly reach: number;
  /** `placed`: a learned weight for each place and channel (`placedPool`; ours). `mean`: equal weights. */
  readonly pooling: 'placed' | 'mean';
  /** Dropout before the head. */
  readonly dropout: number;
}

/** The paper's input: the magnified apex, the onset, and their difference. */
const magnified: readonly InputPlane[] = ['magnified', 'onset', 'difference'];

/** The same without magnification, for ablation. */
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

/** 28×28 flow images. */
const flow28: DenseMixConfig = { ...small, planes: flowPlanes, size: 28 };

/** Region crops in the box and size of flow images, with the apex magnified, then without magnification. */
const face28: DenseMixConfig = { ...small, planes: magnified, size: 28 };
const face28plain: DenseMixConfig = { ...face28, planes: plain };

/** Faces of 48×48 pixels, the size of FER2013: for pretraining. The neutral face serves as onset. */
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

/** One block and a mean over all places: for a task that shows what the mixed attention does. */
const probe: DenseMixConfig = {
  classes: 3,
  planes: flowPlanes,
  size: 14,
  stem: 8,
  growth: 8,
  blocks: [1],
  halve: [],
  reduction: 2,
  reach: 3,
  pooling: 'mean',
  dropout: 0,
};

/** The trunk of `tiny` on faces, for tests of pretraining. */
const tinyFaces: DenseMixConfig = { ...tiny, planes: plain, size: 12, pooling: 'mean' };

/** What the paper's title names. */
export const parts: Parts<DenseMixConfig> = {
  'mixed-attention': {
    title: 'mixed attention',
    neutral: 'sees zeros, so its weights are the same for all images and places',
  },
  'channel-attention': {
    title: 'mixed attention over channels',
    neutral: 'sees zeros: the same weight of a channel for all images',
  },
  'spatial-attention': {
    title: 'mixed attention over places',
    neutral: 'sees zeros: the same weight for all places and images',
  },
  'dense-connections': {
    title: 'dense connections',
    neutral:
      'a layer sees the maps of the layer before it; those of earlier layers of its block are 0',
    isIn: ({ blocks }) => blocks.some((layers) => layers > 1),
  },
};

/** Schema of {@link DenseMixConfig}. */
export const settings: is.Shape = is.all(
  is.members({
    ...common,
    planes: is.listOf(inputPlane, { least: 3, most: 3 }),
    stem: width,
    growth: is.integer(1, 512),
    blocks: depths,
    halve: is.listOf(is.boolean, { most: 11 }),
    reduction: is.integer(1, 1024),
    reach: is.integer(1, 15),
    pooling: is.oneOf('placed', 'mean'),
    dropout: rate,
    without: withoutShape(parts),
  }),
  where(
    ({ blocks, halve }: DenseMixConfig) => halve.length === blocks.length - 1,
    'one of halve between every two blocks',
  ),
  where(({ reach }: DenseMixConfig) => reach % 2 === 1, 'reach is odd'),
  where(
    ({ size, halve }: DenseMixConfig) => size >= 2 ** (1 + halve.filter(Boolean).length),
    'the map is halved below one place',
  ),
);

/** All configurations by name. */
export const configs: Readonly<Record<string, DenseMixConfig>> & {
  readonly tiny: DenseMixConfig;
} = {
  flow28,
  face28,
  'face28-plain': face28plain,
  face48,
  full112,
  'full112-plain': full112plain,
  probe,
  tiny,
  'tiny-faces': tinyFaces,
};
