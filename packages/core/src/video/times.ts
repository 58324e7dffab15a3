/** @file Looking up frames by their time. */

/**
 * Index of the time nearest to `time`.
 *
 * @param times - seconds, ascending; not empty
 * @param time - seconds
 */
export function nearestIndex(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= time) low = middle;
    else high = middle;
  }
  return Math.abs(times[high]! - time) < Math.abs(time - times[low]!) ? high : low;
}
