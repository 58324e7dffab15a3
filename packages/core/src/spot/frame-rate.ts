/**
 * @file Whether the frame rate was high enough for a movement to be reported.
 *
 * A camera, or a machine behind it, may give a few frames per second, and not evenly. What lies between two frames is
 * interpolated, and interpolation has flanks as any movement does. So movements seen at too low a frame rate are not reported.
 */
import type { Movement } from './spot.ts';

/** Frames per second below which a movement is not reported: a rise of a fifth of a second is three frames, a slow one four. */
export const MINIMUM_RATES: { readonly short: number; readonly long: number } = {
  short: 15,
  long: 8,
};

/** Before and after a movement, its rest must have been seen, too; seconds. */
const AROUND = 0.5;
/** A rate that is measured wavers by this part. */
const TOLERANCE = 0.1;
/** One frame may be missing, not two. */
const LARGEST_GAP = 2.2;

/**
 * Whether the frames around a movement carry it.
 *
 * @param times - of the frames, seconds, in order
 */
export function isSampledWell(
  { kind, onset, offset }: Movement,
  times: readonly number[],
): boolean {
  const least = MINIMUM_RATES[kind === 'macro' ? 'long' : 'short'];
  const near = times.filter((time) => time >= onset - AROUND && time <= offset + AROUND);
  if (near.length < 2) return false;
  const span = near.at(-1)! - near[0]!;
  if (near.length - 1 < (1 - TOLERANCE) * least * span) return false;
  return near.every((time, i) => {
    const before = near[i - 1];
    if (before === undefined || time <= onset || before >= offset) return true;
    return time - before <= LARGEST_GAP / least;
  });
}

/** Frames per second in the last `seconds` of some times; 0 where there are fewer than two. */
export function rateOfLast(times: readonly number[], seconds: number): number {
  const last = times.at(-1) ?? 0;
  const recent = times.filter((time) => time >= last - seconds);
  const span = last - (recent[0] ?? last);
  return span > 0 ? (recent.length - 1) / span : 0;
}
