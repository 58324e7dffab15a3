/** @file From the moments that were measured to the frames of the clip. */

/** A sample farther away than this does not describe a frame; seconds. */
const MOST_DISTANT = 0.25;

/** Movement of moments. */
export interface MomentValues {
  /** Seconds, increasing, one per sample. */
  readonly times: readonly number[];
  /** One per sample. */
  readonly values: readonly number[];
}

/**
 * The movement of each frame, between the samples around it.
 *
 * @param samples - what `spotMovements` gives
 * @param times - of the frames, seconds
 * @param seen - whether a face was seen, one per frame
 * @returns one per frame; null where there is no face or no sample near
 */
export function curveOf(
  { times: moments, values }: MomentValues,
  times: readonly number[],
  seen: readonly boolean[],
): (number | null)[] {
  if (moments.length === 0) return times.map(() => null);
  return times.map((time, frame) => {
    if (!seen[frame]) return null;
    const near = nearestTime(moments, time);
    const distance = Math.abs(moments[near]! - time);
    if (distance > MOST_DISTANT) return null;
    const other = moments[near]! <= time ? near + 1 : near - 1;
    const span = Math.abs((moments[other] ?? Infinity) - moments[near]!);
    const part = span > MOST_DISTANT ? 0 : distance / span;
    return values[near]! + (part === 0 ? 0 : part * (values[other]! - values[near]!));
  });
}

/** Index of the time that is nearest. */
export function nearestTime(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= time) low = middle;
    else high = middle;
  }
  return time - times[low]! <= times[high]! - time ? low : high;
}
