/**
 * @file Movements that cannot be distinguished from something else: those that may be noise, something in front of the face, or a turn of the head.
 *
 * The threshold of spotting follows what a region does all the time. It cannot know that a recording is noise altogether,
 * or that what moved was a hand: that is in the quality of the samples. The rules are ours, and measured in
 * docs/quality.md.
 */
import type { MotionSample } from './follow.ts';
import type { SampleQuality } from './quality.ts';
import { LIDS, REGIONS, type Region } from './regions.ts';
import { median, quantile } from './statistics.ts';

/** Why nothing is claimed of a movement: noise, an incomplete blink, something in front of the face, a turn of the head. */
export type Unclear = 'noise' | 'blink' | 'covered' | 'turned';

/** Noise above this part of the texture hides movements, and makes some. */
const MOST_NOISE = 0.33;
/** A face that is darker shows nothing but noise; of 255. */
const LEAST_BRIGHTNESS = 8;
/** Above this part of the texture, noise hides syllables, and how far the eyes close: a blink looks like a movement of the lids alone. */
const MUCH_NOISE = 0.2;
/** Part of the opening that is lost in such a blink. */
const LEAST_CLOSING = 0.08;

/** Above this part of the texture, noise makes movements of two or three samples; what lasts shorter than this is one. Seconds. */
const FLICKER = { noise: 0.1, longest: 0.15 } as const;

/** Below this sharpness neither blinks nor speech can be distinguished from other movements of lids and mouth. */
const LEAST_SHARPNESS = 0.42;

/**
 * Strong compression repeats blocks of the frame before: now and then a face hardly differs from its reference. Less noise
 * than this part of the usual one, in one sample of fifty, is not a sensor's.
 */
const REPEATED = { part: 0.02, noise: 0.3, fewest: 40 } as const;
/**
 * Less noise than this, grey levels, in half of the samples of a compressed recording: the frames are copies of each other,
 * and what moves are their blocks. Rounding to whole levels alone leaves 0.29 in a pixel. Darkness and strong compression
 * do that together; a large face of which many pixels are averaged has little noise, too, but evenly.
 */
const COPIED = 0.05;
/**
 * In noise, blur and compression brows alone can be distinguished; in the latter two only where the rest moves by no more
 * than this part of their movement: blocks that are renewed move all over the face.
 */
const MOST_ELSEWHERE = 0.4;

/**
 * A blink that closes the eyes less than a blink must, as far as their landmarks show: behind the frame of glasses they
 * lag. Lids move so many times as much as the rest, the eyes close by a part of their opening, and what the closing lid
 * uncovers and covers is a misfit, which a lid that tightens is not. The less of one of the two, the more of the other.
 */
const INCOMPLETE = { dominance: 3, closing: 0.15, misfit: 0.3, product: 0.06 } as const;

/** Parts of the face that something covers together. */
const PARTS: readonly (readonly Region[])[] = [
  ['rightInnerBrow', 'leftInnerBrow', 'rightOuterBrow', 'leftOuterBrow'],
  ['rightNoseWing', 'leftNoseWing', 'rightMouthCorner', 'leftMouthCorner', 'chin'],
];
const OUTER_BROWS = (['rightOuterBrow', 'leftOuterBrow'] as const).map((name) =>
  REGIONS.indexOf(name),
);
/** More of the texture of a region that is not explained by movement: what is there is not the same. */
const MOST_MISFIT = { micro: 0.45, macro: 0.55 } as const;
/** A large smile shows teeth and folds: of longer movements these regions alone are compared. */
const STEADY: readonly Region[] = [...PARTS[0]!, 'chin'];
/** And this many times as much as is usual in the clip. */
const MISFIT_RATIO = 3;

/**
 * No muscle moves both brows to one side. Where the outer ends of both do, by more than this part of what moves most and by
 * more than this many times what they rise or fall, the head turns.
 */
const SIDEWAYS = { part: 0.5, ratio: 1.5 } as const;

/** A head that turns and returns by this much moves the face in the image; degrees. */
const MOST_TURN = { micro: 2, macro: 3 } as const;
/** Noise of a turn is averaged over so long; seconds. */
const STEADY_TURN = 0.2;

/** A movement that is to be evaluated. */
interface Evaluated {
  readonly kind: 'micro' | 'macro';
  readonly onset: number;
  readonly apex: number;
  readonly offset: number;
  readonly regions: Readonly<Record<string, number>>;
}

interface Measured {
  readonly time: number;
  readonly opening: number;
  readonly displacement: Float64Array;
  readonly quality: SampleQuality;
}

/** What strong compression leaves of a recording. */
export interface Compression {
  /** Whether blocks of the frame before are repeated. */
  readonly isCompressed: boolean;
  /** Whether most frames are copies of each other. */
  readonly isCopied: boolean;
}

/** How samples are compressed; undefined of too few to know. */
export function compressionOf(samples: readonly MotionSample[]): Compression | undefined {
  const qualities = samples.flatMap(({ quality }) => (quality?.noise ? [quality] : []));
  if (qualities.length < REPEATED.fewest) return undefined;
  const noises = qualities.map(({ noise }) => noise);
  const isCompressed = quantile(noises, REPEATED.part) < REPEATED.noise * median(noises);
  const levels = qualities.map(({ noise, brightness }) => (noise * brightness) / 100);
  return { isCompressed, isCopied: isCompressed && median(levels) < COPIED };
}

/**
 * Evaluates the movements of a stretch.
 *
 * @param recording - its compression, for a stretch that is too short: in strong compression each keyframe may begin one
 * @returns why a movement is unclear, or `undefined` where it is clear, or where nothing is known of the quality
 */
export function openClarity(
  samples: readonly MotionSample[],
  recording?: Compression,
): (movement: Evaluated) => Unclear | undefined {
  const compression = compressionOf(samples) ?? recording;
  const { isCompressed = false, isCopied = false } = compression ?? {};
  const measured = samples.flatMap(({ quality, ...sample }): Measured[] =>
    quality ? [{ ...sample, quality }] : [],
  );
  const usual = REGIONS.map((_, region) =>
    median(measured.map((one) => one.quality.misfit[region]!)),
  );
  return (movement) => {
    const { onset, offset } = movement;
    const inside = between(measured, onset, offset);
    if (inside.length === 0) return undefined;
    if (isCopied || isNoise(movement, inside, { measured, isCompressed })) return 'noise';
    if (isBlink(movement, inside, measured)) return 'blink';
    if (isCovered(movement, inside, usual)) return 'covered';
    return isTurn(movement, measured) || isSideways(movement, measured) ? 'turned' : undefined;
  };
}

function isNoise(
  { kind, onset, apex, offset, regions }: Evaluated,
  inside: readonly Measured[],
  { measured, isCompressed }: { readonly measured: readonly Measured[]; readonly isCompressed: boolean }, // prettier-ignore
): boolean {
  const noise = median(inside.map(({ quality }) => quality.noise / Math.max(1, quality.texture)));
  if (noise > MOST_NOISE) return true;
  if (noise > FLICKER.noise && offset - onset < FLICKER.longest) return true;
  if (median(inside.map(({ quality }) => quality.brightness)) < LEAST_BRIGHTNESS) return true;
  const most = largest(regions);
  const isBlurred = median(inside.map(({ quality }) => quality.sharpness)) < LEAST_SHARPNESS;
  const isNoisy = noise > MUCH_NOISE;
  if (kind === 'micro' && isNoisy && !PARTS[0]!.includes(most)) return true;
  if (kind === 'micro' && (isBlurred || isCompressed) && !isOfBrows(regions)) return true;
  if (!isNoisy) return false;
  return LIDS.includes(most) && closingOf({ onset, apex }, measured) > LEAST_CLOSING;
}

/** Whether the brows move most, and nothing else but the lids, which they drag along, moves much. */
function isOfBrows(regions: Readonly<Record<string, number>>): boolean {
  const brows = PARTS[0]!;
  const others = REGIONS.filter((name) => !brows.includes(name) && !LIDS.includes(name));
  const most = largest(regions);
  return (
    brows.includes(most) &&
    others.every((name) => regions[name]! <= MOST_ELSEWHERE * regions[most]!)
  );
}

/** Part of the eyes' opening that is lost from before a movement to its apex. */
function closingOf(
  { onset, apex }: Pick<Evaluated, 'onset' | 'apex'>,
  measured: readonly Measured[],
): number {
  const opening = (from: number, to: number): number =>
    median(between(measured, from, to).map((one) => one.opening));
  const before = opening(onset - 0.3, onset);
  return before > 0 ? 1 - opening(apex - 0.05, apex + 0.05) / before : 0;
}

function isBlink(
  movement: Evaluated,
  inside: readonly Measured[],
  measured: readonly Measured[],
): boolean {
  const { kind, regions } = movement;
  const most = largest(regions);
  if (kind !== 'micro' || !LIDS.includes(most)) return false;
  const others = REGIONS.filter((name) => !LIDS.includes(name)).map((name) => regions[name]!);
  if (regions[most]! < INCOMPLETE.dominance * Math.max(...others)) return false;
  const lid = REGIONS.indexOf(most);
  const misfit = Math.max(...inside.map(({ quality }) => quality.misfit[lid]!));
  const closing = closingOf(movement, measured);
  const isBoth = misfit > INCOMPLETE.misfit && closing > INCOMPLETE.closing;
  return isBoth && misfit * closing > INCOMPLETE.product;
}

function isCovered(
  { kind, regions }: Evaluated,
  inside: readonly Measured[],
  usual: readonly number[],
): boolean {
  const part = PARTS.find((names) => names.includes(largest(regions))) ?? [];
  return part.some((name) => {
    if (kind === 'macro' && !STEADY.includes(name)) return false;
    const region = REGIONS.indexOf(name);
    const misfit = Math.max(...inside.map(({ quality }) => quality.misfit[region]!));
    return misfit > Math.max(MOST_MISFIT[kind], MISFIT_RATIO * usual[region]!);
  });
}

function isTurn({ kind, onset, apex, offset }: Evaluated, measured: readonly Measured[]): boolean {
  const yaw = (from: number, to: number): number | undefined => {
    const turns = between(measured, from, to).flatMap(({ quality }) => quality.turn?.yaw ?? []);
    return turns.length > 0 ? median(turns) : undefined;
  };
  const here = yaw(apex - STEADY_TURN / 3, apex + STEADY_TURN / 3);
  const before = yaw(onset - STEADY_TURN, onset);
  const after = yaw(offset, offset + STEADY_TURN);
  if (here === undefined || before === undefined || after === undefined) return false;
  const [left, right] = [here - before, here - after];
  return left * right > 0 && Math.min(Math.abs(left), Math.abs(right)) > MOST_TURN[kind];
}

/** Whether both brows move to one side, against the middle of where they were and where they will be. */
function isSideways(
  { onset, apex, offset, regions }: Evaluated,
  measured: readonly Measured[],
): boolean {
  const at = (time: number): Float64Array =>
    measured[Math.min(firstFrom(measured, time), measured.length - 1)]!.displacement;
  const [before, here, after] = [at(onset), at(apex), at(offset)];
  const least = SIDEWAYS.part * regions[largest(regions)]!;
  const [right, left] = OUTER_BROWS.map((region) => {
    const by = (channel: number): number =>
      here[channel]! - (before[channel]! + after[channel]!) / 2;
    const [x, y] = [by(2 * region), by(2 * region + 1)];
    return Math.abs(x) > Math.max(least, SIDEWAYS.ratio * Math.abs(y)) ? Math.sign(x) : 0;
  });
  return right === left && right !== 0;
}

/** What was measured from one time to another, both included. */
function between(measured: readonly Measured[], from: number, to: number): readonly Measured[] {
  const start = firstFrom(measured, from);
  let end = start;
  while (end < measured.length && measured[end]!.time <= to) end++;
  return measured.slice(start, end);
}

/** Index of the first that is not before a time. */
function firstFrom(measured: readonly Measured[], time: number): number {
  let [low, high] = [0, measured.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (measured[middle]!.time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function largest(regions: Readonly<Record<string, number>>): Region {
  return REGIONS.reduce((best, name) => (regions[name]! > regions[best]! ? name : best));
}
