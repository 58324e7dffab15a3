/**
 * @file From a peak of movement to its onset, apex and offset.
 *
 * All regions that stand out at the peak are projected on the direction they move in there: one
 * number, 0 at rest and 1 at the peak. The onset is read off the flank: the line through the places
 * where it passes a quarter and three quarters of its height, followed down to 0. That is where a
 * raised cosine begins, and noise at the foot of the flank hardly moves it.
 */
import { SAME_TIME } from '../base/same-time.ts';
import type { Contrast, TimeScale } from './contrast.ts';
import type { MotionSample } from './follow.ts';
import { REGIONS } from './regions.ts';

/** Which peak, and what its regions must exceed. */
export interface Peak {
  /** Index of the sample. */
  readonly peak: number;
  /** Threshold of each region. */
  readonly cuts: readonly number[];
  /** How far from the peak the movement may extend, and whether it may run into the stretch's ends. */
  readonly scale: TimeScale;
  /** By how much the heights of a flank are lower than usual, a part of the peak. @defaultValue 0 */
  readonly shift?: number;
}

/** Where a movement lies in time, seconds, and what moves at its apex. */
export interface Limits {
  readonly onset: number;
  readonly apex: number;
  readonly offset: number;
  /** The faster flank from a quarter to three quarters of the height, seconds. */
  readonly flank: number;
  /** Pixels at an interocular distance of 100. */
  readonly regions: Readonly<Record<string, number>>;
}

/** The apex is the middle of what is at least this high. */
const SUMMIT = 0.9;

/** The movement around a peak; nothing where it has no flanks. */
export function delimit(
  samples: readonly MotionSample[],
  { place, before, after, movement }: Contrast,
  { peak, cuts, scale, shift = 0 }: Peak,
): Limits | undefined {
  const [low, high] = [before[peak]!, after[peak]!];
  const direction = Float64Array.from(low, (_, channel) => {
    const region = channel >> 1;
    const stands = movement[peak]![region]! > 0.5 * cuts[region]!;
    return stands ? place[peak]![channel]! - (low[channel]! + high[channel]!) / 2 : 0;
  });
  const norm = direction.reduce((sum, value) => sum + value * value, 0);
  if (norm === 0) return undefined;
  const times = samples.map((sample) => sample.time);
  const height = (i: number, rest: Float64Array): number =>
    direction.reduce((sum, value, c) => sum + value * (place[i]![c]! - rest[c]!), 0) / norm;

  // Each flank is measured from the rest on its own side.
  const rise = flank(times, peak, { step: -1, scale, shift, height: (i) => height(i, low) });
  const fall = flank(times, peak, { step: 1, scale, shift, height: (i) => height(i, high) });
  if (rise === undefined || fall === undefined) return undefined;

  const apex = (rise.summit + fall.summit) / 2;
  const regions = Object.fromEntries(
    REGIONS.map((name, region) => {
      const x = place[peak]![2 * region]! - low[2 * region]!;
      const y = place[peak]![2 * region + 1]! - low[2 * region + 1]!;
      return [name, Math.hypot(x, y)];
    }),
  );
  return {
    onset: Math.min(rise.foot, apex),
    apex,
    offset: Math.max(fall.foot, apex),
    flank: Math.min(rise.steep, fall.steep),
    regions,
  };
}

/** One side of a movement, seconds. */
interface Flank {
  /** Where the summit ends. */
  readonly summit: number;
  /** Where the movement begins or ends. */
  readonly foot: number;
  /** From a quarter to three quarters of the height; infinite where the stretch cuts it off. */
  readonly steep: number;
}

/** Walks down from the peak; returns where the summit ends and where the foot lies, seconds. */
function flank(
  times: readonly number[],
  peak: number,
  walk: {
    readonly step: 1 | -1;
    readonly scale: TimeScale;
    readonly shift: number;
    readonly height: (i: number) => number;
  },
): Flank | undefined {
  const { step, scale, shift, height } = walk;
  const { open } = scale;
  const reach = scale.reach + SAME_TIME;
  const top = height(peak);
  if (top <= 0) return undefined;
  const crossings = [SUMMIT, 0.75, 0.25].map((level) => crossing((level - shift) * top));
  if (!open && crossings.includes(undefined)) return undefined;
  const [summit, upper, lower] = crossings.map((time) => time ?? edge()) as [
    number,
    number,
    number,
  ];
  const foot = lower + (lower - upper) / 2;
  const [first, last] = [times[0]!, times.at(-1)!];
  const steep = crossings.includes(undefined) ? Infinity : Math.abs(lower - upper);
  return { summit, steep, foot: Math.min(last, Math.max(first, foot)) };

  function crossing(level: number): number | undefined {
    let above = top;
    for (let i = peak + step; i >= 0 && i < times.length; i += step) {
      if (Math.abs(times[i]! - times[peak]!) > reach) return undefined;
      const here = height(i);
      if (here <= level) {
        const part = above === here ? 0 : (above - level) / (above - here);
        return times[i - step]! + part * (times[i]! - times[i - step]!);
      }
      above = here;
    }
    return undefined;
  }

  function edge(): number {
    let i = peak;
    while (
      i + step >= 0 &&
      i + step < times.length &&
      Math.abs(times[i + step]! - times[peak]!) <= reach
    )
      i += step;
    return times[i]!;
  }
}
