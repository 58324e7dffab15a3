/** @file MFDAN's configurations, their schema, and the parts that can be taken out. */
import * as is from '../base/shape.ts';
import { flowPlanes, type InputPlane } from './input.ts';
import type { NetworkConfig } from './network.ts';
import { withoutShape, type Parts } from './parts.ts';
import { common, depths, dividesIntoHeads, perStage, rate, where, width } from './settings.ts';
import { checkWindows } from './windows.ts';

/** Sizes and switches. */
export interface MfdanConfig extends NetworkConfig {
  /** Convolutions of stride 2 before the first level, in each branch. */
  readonly stem: number;
  /** Side of a window of attention, tokens. */
  readonly window: number;
  /** Channels of each level; between two levels the map is halved. */
  readonly dims: readonly number[];
  /** Blocks of each level. */
  readonly depths: readonly number[];
  /** Channels of an attention head. */
  readonly headDim: number;
  /** Hidden units of the MLP per channel of its input. */
  readonly mlp: number;
  /** Fraction of the keys that is dropped on each level. */
  readonly dropKey: readonly number[];
  /** Dropout before the head. */
  readonly dropout: number;
  /** Rate at which residual branches are dropped. */
  readonly dropPath: number;
  /** Exponent of the focal loss. */
  readonly gamma: 0 | 1 | 2;
  /** Weight of the flow branch's own cross-entropy in the loss. */
  readonly auxiliary: number;
  /**
   * What the image branch sees: the face at the apex, or how it differs from the face at the onset, which hardly shows
   * whose face it is (ours). @defaultValue `apex`
   */
  readonly image?: 'apex' | 'difference';
  /**
   * Fraction of the samples of a training whose flow features are 0 before the head, so that the image alone decides
   * (ours). @defaultValue 0
   */
  readonly dropFlow?: number;
}

const shared = { classes: 3, window: 7, gamma: 2, auxiliary: 0.3 } as const;

/** 28×28 flow images and faces: 14×14 tokens in 4 windows, then 7×7 in one. */
const flow28: MfdanConfig = {
  ...shared,
  size: 28,
  stem: 1,
  dims: [16, 48],
  depths: [1, 1],
  headDim: 16,
  mlp: 2,
  dropKey: [0.3, 0.1],
  dropout: 0.2,
  dropPath: 0.1,
};

/** As `flow28`, with the difference of the faces at apex and onset. */
const face28: MfdanConfig = { ...flow28, image: 'difference' };

/** 112×112 flow images and faces: 28×28 tokens, 14×14, 7×7. */
const full112: MfdanConfig = {
  ...shared,
  size: 112,
  stem: 2,
  dims: [48, 96, 192],
  depths: [2, 2, 2],
  headDim: 16,
  mlp: 4,
  dropKey: [0.3, 0.2, 0.1],
  dropout: 0.2,
  dropPath: 0.1,
};

/** As `full112`, with the difference of the faces at apex and onset, and three hidden units in place of four. */
const face112: MfdanConfig = { ...full112, mlp: 3, image: 'difference' };

/** As `face112`, with three in ten samples of a training without their flow features. */
const face112dropout: MfdanConfig = { ...face112, dropFlow: 0.3 };

/** One level of one window: for a task that shows what the flow-driven attention does. */
const probe: MfdanConfig = {
  ...shared,
  size: 14,
  stem: 1,
  dims: [16],
  depths: [1],
  headDim: 16,
  mlp: 2,
  dropKey: [0],
  dropout: 0,
  dropPath: 0,
};

/** For tests: 4 windows of 2×2, then one; nothing is dropped. */
const tiny: MfdanConfig = {
  ...shared,
  size: 8,
  stem: 1,
  window: 2,
  dims: [4, 8],
  depths: [1, 1],
  headDim: 4,
  mlp: 2,
  dropKey: [0, 0],
  dropout: 0,
  dropPath: 0,
};

/** As `tiny`, with the difference of the faces, for tests of pretraining. */
const tinyFaces: MfdanConfig = { ...tiny, image: 'difference' };

/** All configurations by name. */
export const configs: Readonly<Record<string, MfdanConfig>> & { readonly tiny: MfdanConfig } = {
  flow28,
  face28,
  full112,
  face112,
  'face112-dropout': face112dropout,
  probe,
  tiny,
  'tiny-faces': tinyFaces,
};

/** Its planes: flow, then the image. */
export function planes({ image = 'apex' }: MfdanConfig): readonly InputPlane[] {
  return [...flowPlanes, image];
}

/** What the abstract names. */
export const parts: Parts<MfdanConfig> = {
  'driven-attention': { title: 'flow-driven attention', neutral: 'adds 0 to the image' },
  prior: {
    title: 'position information of the flow',
    neutral: 'no key is preferred for its movement: β is 0',
  },
  'image-branch': { title: 'image coding module', neutral: 'its features are 0' },
  'flow-branch': {
    title: 'optical flow encoding module',
    neutral: 'its features are 0; the driven attention keeps its queries and keys',
  },
  'self-attention': {
    title: "self-attention of the image's Transformer",
    neutral: 'adds 0 to the image',
  },
  dropkey: {
    title: 'DropKey',
    neutral: 'no key is dropped',
    training: true,
    isIn: ({ dropKey }) => dropKey.some((share) => share > 0),
  },
  'focal-loss': {
    title: 'focal loss',
    neutral: 'cross-entropy: γ is 0',
    training: true,
    isIn: ({ gamma }) => gamma > 0,
  },
};

/** Schema of {@link MfdanConfig}. */
export const settings: is.Shape = is.all(
  is.members({
    ...common,
    stem: is.integer(1, 6),
    window: is.integer(1, 64),
    dims: perStage(width),
    depths,
    headDim: width,
    mlp: is.integer(1, 16),
    dropKey: perStage(rate),
    dropout: rate,
    dropPath: rate,
    gamma: is.integer(0, 2),
    auxiliary: is.number(0, 1e3),
    image: is.optional(is.oneOf('apex', 'difference')),
    dropFlow: is.optional(rate),
    without: withoutShape(parts),
  }),
  where(
    (c: MfdanConfig) => c.depths.length === c.dims.length && c.dropKey.length === c.dims.length,
    'one depth and one dropKey for each of dims',
  ),
  where(
    ({ dims, headDim }: MfdanConfig) => dims.every((d) => dividesIntoHeads(d, headDim)),
    'dims divide into heads of headDim channels',
  ),
);

/** Side of the map on each level, tokens. */
export function levelSides({ size, stem, dims, window }: MfdanConfig): number[] {
  const sides = dims.map((_, i) => size / 2 ** (stem + i));
  checkWindows(sides, window, { size, divisor: window * 2 ** (stem + dims.length - 1) });
  return sides;
}
