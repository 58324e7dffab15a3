/** @file MERba's configurations, their schema, and the parts that can be taken out. */
import * as is from '../base/shape.ts';
import type { GranularityConfig } from './granularity.ts';
import { SCAN_NAMES, type Scanning } from './mamba.ts';
import { withoutShape, type Parts } from './parts.ts';
import { common, depths, dividesIntoHeads, perStage, rate, where, width } from './settings.ts';
import { checkWindows } from './windows.ts';

/** Sizes and switches. */
export interface MerbaConfig extends GranularityConfig, Scanning {
  /** Convolutions before the first stage. */
  readonly stem: number;
  /** Their stride. @defaultValue 2 */
  readonly stemStride?: 1 | 2;
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
  /** Hidden units of the MLP per channel of its input. */
  readonly mlp: number;
  /** `several`: the map is halved between stages. `one`: it keeps its side. */
  readonly fields: 'several' | 'one';
  /** `placed`: a learned weight for each place and channel (`placedPool`; ours). `mean`: equal weights. */
  readonly pooling: 'placed' | 'mean';
  /** Dropout before the head. */
  readonly dropout: number;
  /** Rate at which residual branches are dropped. */
  readonly dropPath: number;
}

const shared = {
  classes: 3,
  window: 7,
  // The asymmetric pair: each axis once, together they cover the whole window (ours).
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

const awake = {
  ...shared,
  selection: 'normalized',
  stem: 1,
  dims: [16, 32, 48],
  depths: [1, 1, 1],
  state: 4,
  dropout: 0.2,
  dropPath: 0.1,
} as const;

/** 28×28 flow images in 28×28 tokens: 16 windows, 4, then the whole face, and a scan that is not drowned by its skip. */
export const awake28: MerbaConfig = { ...awake, size: 28, stemStride: 1 };

/** The same stages on flow images of 56×56 pixels. */
export const awake56: MerbaConfig = { ...awake, size: 56 };

/** The same stages on flow images of 112×112 pixels: as many tokens, each of 4×4 pixels. */
export const awake112: MerbaConfig = { ...awake, size: 112, stem: 2 };

/**
 * One stage of 4 windows and a mean over all places: for tasks that show what its parts do, because nothing else in it
 * relates one place of a window, or one window, to another.
 */
export const probe: MerbaConfig = {
  ...shared,
  size: 14,
  stemStride: 1,
  selection: 'normalized',
  stem: 1,
  dims: [16],
  depths: [1],
  state: 4,
  headDim: 8,
  pooling: 'mean',
  groups: [],
  dropout: 0,
  dropPath: 0,
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

/** What the abstract names. */
export const parts: Parts<MerbaConfig> = {
  mixer: { title: 'MERba local extractor: the whole MambaVision mixer', neutral: 'adds 0' },
  scan: {
    title: 'selective scan',
    neutral: 'B is 0, so the state stays 0 and the skip D·u is left',
  },
  ...Object.fromEntries(
    (['Hf', 'Hb', 'Vf', 'Vb'] as const).map((scan) => [
      `scan-${scan}`,
      {
        title: `asymmetric multi-scanning: ${SCAN_NAMES[scan]}`,
        neutral: 'B is 0 in its channels',
        isIn: ({ scans }: MerbaConfig) => scans.length > 1 && scans.includes(scan),
      },
    ]),
  ),
  attention: {
    title: 'self-attention between windows',
    neutral: 'adds 0',
    isIn: (config) => config.attention && stageSides(config).some((side) => side > config.window),
  },
  granularity: {
    title: 'dual-granularity classification: the coarse decision',
    neutral: 'one softmax over the fine scores of all classes',
    isIn: ({ groups, fine }) => groups.length > 1 || fine !== undefined,
  },
};

/** Schema of {@link MerbaConfig}. */
export const settings: is.Shape = is.all(
  is.members({
    ...common,
    stem: is.integer(1, 6),
    stemStride: is.optional(is.integer(1, 2)),
    selection: is.optional(is.oneOf('plain', 'normalized')),
    window: is.integer(1, 64),
    scans: is.listOf(is.oneOf('Hf', 'Hb', 'Vf', 'Vb'), { least: 1, most: 8 }),
    dims: perStage(width),
    depths,
    state: is.integer(1, 256),
    attention: is.boolean,
    headDim: width,
    mlp: is.integer(1, 16),
    fields: is.oneOf('several', 'one'),
    pooling: is.oneOf('placed', 'mean'),
    dropout: rate,
    dropPath: rate,
    groups: is.listOf(is.listOf(is.integer(0, 999), { least: 1, most: 1000 }), { most: 1000 }),
    fine: is.optional(
      is.listOf(is.members({ name: is.text, of: is.integer(0, 999) }), { least: 1, most: 1000 }),
    ),
    granularity: is.members({ coarse: is.number(0, 1e3), fine: is.number(0, 1e3) }),
    without: withoutShape(parts),
  }),
  where(
    ({ dims, depths: d }: MerbaConfig) => d.length === dims.length,
    'one depth for each of dims',
  ),
  where(
    ({ dims, scans }: MerbaConfig) => dims.every((d) => d % (2 * scans.length) === 0),
    'dims are multiples of twice the number of scans',
  ),
  where(
    ({ dims, headDim }: MerbaConfig) => dims.every((d) => dividesIntoHeads(d, headDim)),
    'dims divide into heads of headDim channels',
  ),
  where(
    ({ groups, classes }: MerbaConfig) =>
      groups.length === 0 ||
      (groups.flat().length === classes &&
        new Set(groups.flat()).size === classes &&
        Math.max(...groups.flat()) < classes),
    'groups have each class once',
  ),
  where(
    ({ fine, classes }: MerbaConfig) =>
      fine === undefined ||
      (fine.every(({ of }) => of < classes) && new Set(fine.map(({ of }) => of)).size === classes),
    'each class has a fine class, and each fine class is of a class',
  ),
);

/** Side of the map in each stage, tokens. */
export function stageSides(config: MerbaConfig): number[] {
  const { size, stem, stemStride = 2, dims, window, fields } = config;
  const shrink = stemStride ** stem;
  const first = size / shrink;
  const sides = dims.map((_, i) => (fields === 'several' ? first / 2 ** i : first));
  checkWindows(sides, window, { size, divisor: window * shrink * 2 ** (dims.length - 1) });
  return sides;
}
