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
  /** The frames that are wanted, the end exclusive; others stay without a region. @defaultValue all */
  readonly wanted?: readonly [start: number, end: number];
}

/** Standard deviation of the Gaussian, seconds. */
const SIGMA = 0.15;
/** Neighbors farther than this many standard deviations do not count. */
const REACH = 3;
/** How far around a frame regions count for it, seconds. */
export const SMOOTHING_REACH: number = REACH * SIGMA + SAME_TIME;
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
  { sigma = SIGMA, cuts = [], wanted = [0, regions.length] }: SmoothOptions = {},
): (FaceRegion | null)[] {
  const out: (FaceRegion | null)[] = regions.map(() => null);
  for (const { start, end } of runsOf(regions, new Set(cuts))) {
    const first = Math.max(start, wanted[0]);
    const last = Math.min(end, wanted[1]);
    if (first >= last) continue;
    const run = unwrapped(regions.slice(start, end) as FaceRegion[]);
    const part = { first: first - start, last: last - start };
    const smooth = localLines(run, times.slice(start, end), { sigma, ...part });
    smooth.forEach((region, i) => (out[first + i] = region));
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
  let before = regions[0]!.angle;
  let turns = 0;
  return regions.map((region) => {
    const { angle } = region;
    // Whole turns are counted, so that an angle does not depend on how many come before it.
    turns -= Math.round((angle - before) / (2 * Math.PI));
    before = angle;
    return turns === 0 ? region : { ...region, angle: angle + 2 * Math.PI * turns };
  });
}

/** The same turn, within half a circle of none. */
export function turn(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}

/** The regions at some times by the lines fitted around them. */
function localLines(
  regions: readonly FaceRegion[],
  times: readonly number[],
  part: { readonly sigma: number; readonly first: number; readonly last: number },
): FaceRegion[] {
  const { sigma } = part;
  const out: FaceRegion[] = [];
  const reach = REACH * sigma + SAME_TIME;
  let first = 0;
  for (let i = part.first; i < part.last; i++) {
    const now = times[i]!;
    while (times[first]! < now - reach) first++;
    let weights = 0;
    let moment = 0;
    let square = 0;
    // Numbers of their own: by name in a loop they take three times as long.
    let [x, y, size, angle] = [0, 0, 0, 0];
    let [xs, ys, sizes, angles] = [0, 0, 0, 0];
    for (let j = first; j < regions.length && times[j]! <= now + reach; j++) {
      const away = times[j]! - now;
      // A sigma of 0 leaves the frame itself alone in its neighborhood.
      const weight = away === 0 ? 1 : Math.exp(-0.5 * (away / sigma) ** 2);
      weights += weight;
      moment += weight * away;
      square += weight * away * away;
      const region = regions[j]!;
      x += weight * region.x;
      y += weight * region.y;
      size += weight * region.size;
      angle += weight * region.angle;
      xs += weight * away * region.x;
      ys += weight * away * region.y;
      sizes += weight * away * region.size;
      angles += weight * away * region.angle;
    }
    const determinant = weights * square - moment * moment;
    const single = determinant <= 1e-12 * weights * weights;
    if (single) {
      const region = regions[i]!;
      out.push({ x: region.x, y: region.y, size: region.size, angle: region.angle });
      continue;
    }
    out.push({
      x: (square * x - moment * xs) / determinant,
      y: (square * y - moment * ys) / determinant,
      size: (square * size - moment * sizes) / determinant,
      angle: (square * angle - moment * angles) / determinant,
    });
  }
  return out;
}
