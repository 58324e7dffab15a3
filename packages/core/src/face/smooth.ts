/**
 * @file Steadies regions over time, without delay.
 *
 * A line is fitted to the neighborhood of each frame with Gaussian weights and
 * read off at that frame (Cleveland 1979, "Robust Locally Weighted Regression
 * and Smoothing Scatterplots", degree 1, without the robust step). Within a
 * clip of even frames this is the zero-phase Gaussian; at its ends and at gaps
 * it does not lag behind a moving head as a plain average would.
 */
import { SAME_TIME } from '../base/same-time.ts';
import type { FaceRegion } from './landmarks.ts';

/** Options of {@link smoothRegions}. */
export interface SmoothOptions {
  /** Standard deviation of the Gaussian, seconds. @defaultValue 0.15 */
  readonly sigma?: number;
  /** Indices of frames that do not continue the frame before them. @defaultValue none */
  readonly cuts?: readonly number[];
}

/** Neighbors farther than this many standard deviations do not count. */
const REACH = 3;
/** Between frames, a face that moves or grows by more than this part of its size is another one. */
const JUMP = 0.3;

/**
 * Smooths one region per frame. Frames without a region stay without; nothing is
 * smoothed across them, nor across a cut or a jump to another place.
 *
 * @param regions - one per frame
 * @param times - seconds, increasing, one per frame
 */
export function smoothRegions(
  regions: readonly (FaceRegion | null)[],
  times: readonly number[],
  { sigma = 0.15, cuts = [] }: SmoothOptions = {},
): (FaceRegion | null)[] {
  const out: (FaceRegion | null)[] = regions.map(() => null);
  for (const { start, end } of runsOf(regions, new Set(cuts))) {
    const run = unwrapped(regions.slice(start, end) as FaceRegion[]);
    const runTimes = times.slice(start, end);
    const smooth = (read: (region: FaceRegion) => number): Float64Array =>
      localLine(run.map(read), runTimes, sigma);
    const x = smooth((region) => region.x);
    const y = smooth((region) => region.y);
    const size = smooth((region) => region.size);
    const angle = smooth((region) => region.angle);
    for (let i = 0; i < run.length; i++) {
      out[start + i] = { x: x[i]!, y: y[i]!, size: size[i]!, angle: angle[i]! };
    }
  }
  return out;
}

/** Stretches of frames that show one face without interruption; `end` is exclusive. */
function runsOf(
  regions: readonly (FaceRegion | null)[],
  cuts: ReadonlySet<number>,
): { start: number; end: number }[] {
  const runs: { start: number; end: number }[] = [];
  regions.forEach((region, i) => {
    if (region === null) return;
    const before = regions[i - 1];
    const last = runs.at(-1);
    if (before && last && !cuts.has(i) && !isJump(before, region)) last.end = i + 1;
    else runs.push({ start: i, end: i + 1 });
  });
  return runs;
}

/** Whether two regions of neighboring frames are too far apart to show the same face. */
export function isJump(a: FaceRegion, b: FaceRegion): boolean {
  const reach = JUMP * Math.min(a.size, b.size);
  return Math.hypot(a.x - b.x, a.y - b.y) > reach || Math.abs(a.size - b.size) > reach;
}

/** Angles without the step from π to −π. */
function unwrapped(regions: readonly FaceRegion[]): FaceRegion[] {
  let angle = regions[0]!.angle;
  return regions.map((region) => {
    angle += turn(region.angle - angle);
    return { ...region, angle };
  });
}

/** The same turn, within half a circle of none. */
export function turn(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}

/** The value at each time of the line fitted around it. */
function localLine(
  values: readonly number[],
  times: readonly number[],
  sigma: number,
): Float64Array {
  const out = new Float64Array(values.length);
  const reach = REACH * sigma + SAME_TIME;
  let first = 0;
  for (let i = 0; i < values.length; i++) {
    const now = times[i]!;
    while (times[first]! < now - reach) first++;
    let weights = 0;
    let moment = 0;
    let square = 0;
    let sum = 0;
    let product = 0;
    for (let j = first; j < values.length && times[j]! <= now + reach; j++) {
      const away = times[j]! - now;
      // A sigma of 0 leaves the frame itself alone in its neighborhood.
      const weight = away === 0 ? 1 : Math.exp(-0.5 * (away / sigma) ** 2);
      weights += weight;
      moment += weight * away;
      square += weight * away * away;
      sum += weight * values[j]!;
      product += weight * away * values[j]!;
    }
    const determinant = weights * square - moment * moment;
    const single = determinant <= 1e-12 * weights * weights;
    out[i] = single ? values[i]! : (square * sum - moment * product) / determinant;
  }
  return out;
}
