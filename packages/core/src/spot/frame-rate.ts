/**
 * @file Whether pictures came fast enough to tell a movement by.
 *
 * A camera, or a machine behind it, may give a few pictures a second, and not evenly. What lies between two pictures is
 * guessed, and a guess has flanks as any movement does. So a movement that is told from such pictures is not told.
 */
import type { Movement } from './spot.ts';

/** Pictures a second below which nothing is said of a movement: so a rise of a fifth of a second is three pictures, a slow one four. */
export const MINIMUM_RATES: { readonly short: number; readonly long: number } = {
  short: 15,
  long: 8,
};

/** Before and after a movement, its rest must have been seen, too; seconds. */
const AROUND = 0.5;
/** A rate that is measured wavers by this part. */
const TOLERANCE = 0.1;
/** One picture may be missing, not two. */
const LARGEST_GAP = 2.2;

/**
 * Whether the pictures around a movement carry it.
 *
 * @param times - of the pictures, seconds, in order
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

/** Pictures a second in the last `seconds` of some times; 0 where there are fewer than two. */
export function rateOfLast(times: readonly number[], seconds: number): number {
  const last = times.at(-1) ?? 0;
  const recent = times.filter((time) => time >= last - seconds);
  const span = last - (recent[0] ?? last);
  return span > 0 ? (recent.length - 1) / span : 0;
}
