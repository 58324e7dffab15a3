/**
 * @file Peak detection as in the field's spotters: from a curve to intervals of one length.
 *
 * Liong, See and Wong 2021, "Shallow Optical Flow Three-Stream CNN for Macro- and Micro-Expression Spotting from Long
 * Videos" (SOFTNet), IEEE ICIP: the curve is averaged over 2k frames, peaks above
 * `mean + p (max − mean)` that lie at least k frames apart are kept, and each becomes the k frames to
 * either side of it. k is half the mean length of annotated intervals. The papers take that mean over all
 * subjects, including the tested one; here the caller supplies it, from training subjects only.
 */
import type { FrameInterval, IntervalKind, SpottedInterval } from './intervals.ts';

/** The papers' share of the way from the mean to the maximum. */
export const PEAK_SHARE = 0.55;

/** Options of {@link spottedPeaks}. */
export interface PeakOptions {
  /** Half the length of the intervals, frames, at least 1. */
  readonly half: number;
  /** Number of the first frame. */
  readonly first: number;
  /** Kind of all intervals that are returned. */
  readonly kind: IntervalKind;
  /** From the mean, 0, to the maximum, 1. @defaultValue 0.55 */
  readonly share?: number;
}

/** Half the mean length of annotated intervals, frames, at least 1; `undefined` without any. */
export function halfLength(training: readonly FrameInterval[]): number | undefined {
  if (training.length === 0) return undefined;
  const sum = training.reduce((total, { onset, offset }) => total + offset - onset + 1, 0);
  return Math.max(1, Math.round(sum / training.length / 2));
}

/**
 * Intervals of one length around the peaks of a curve.
 *
 * @param curve - one value per frame
 * @returns in order of time, clipped to the curve
 */
export function spottedPeaks(
  curve: readonly number[],
  { half, first, kind, share = PEAK_SHARE }: PeakOptions,
): SpottedInterval[] {
  if (curve.length === 0) return [];
  const smooth = movingMean(curve, half);
  const mean = smooth.reduce((sum, value) => sum + value, 0) / smooth.length;
  const most = smooth.reduce((a, b) => Math.max(a, b));
  const least = mean + share * (most - mean);
  return findPeaks(smooth, least, half).map((peak) => ({
    onset: first + Math.max(0, peak - half),
    apex: first + peak,
    offset: first + Math.min(curve.length - 1, peak + half),
    kind,
    score: smooth[peak]!,
  }));
}

/** The mean of the `half` values before each and the `half` values from it on, as far as they exist. */
export function movingMean(values: readonly number[], half: number): number[] {
  const sums = [0];
  for (const value of values) sums.push(sums.at(-1)! + value);
  return values.map((_, i) => {
    const [from, to] = [Math.max(0, i - half), Math.min(values.length, i + half)];
    return (sums[to]! - sums[from]!) / (to - from);
  });
}

/**
 * Inner maxima of at least a height, none closer to a higher one than a distance; a plateau counts at its middle.
 *
 * @see `scipy.signal.find_peaks(values, height=least, distance=distance)`, which gives the same
 */
export function findPeaks(values: readonly number[], least: number, distance: number): number[] {
  const peaks: number[] = [];
  for (let i = 1; i < values.length - 1; i++) {
    if (values[i - 1]! >= values[i]!) continue;
    let ahead = i + 1;
    while (ahead < values.length - 1 && values[ahead] === values[i]) ahead++;
    if (values[ahead]! < values[i]!) {
      const middle = Math.floor((i + ahead - 1) / 2);
      if (values[i]! >= least) peaks.push(middle);
      i = ahead - 1;
    }
  }
  const kept = new Set(peaks);
  // In descending order of height; of equals the later first, as in SciPy.
  for (const peak of [...peaks].sort((a, b) => values[b]! - values[a]! || b - a)) {
    if (!kept.has(peak)) continue;
    for (const other of peaks) {
      if (other !== peak && Math.abs(other - peak) < distance) kept.delete(other);
    }
  }
  return peaks.filter((peak) => kept.has(peak));
}
