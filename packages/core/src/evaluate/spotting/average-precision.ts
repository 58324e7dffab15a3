/**
 * @file Average precision of spotted intervals, over all thresholds of the spotter's score.
 *
 * Lin et al. 2014, "Microsoft COCO: Common Objects in Context", ECCV, as the challenges report it: the mean
 * of the precision at 101 recalls from 0 to 1, each the best at that recall or higher; averaged over the overlap
 * thresholds .50, .55 … .95.
 */
import { matchIntervals, byScore } from './intervals.ts';
import type { IntervalKind, SpottedVideo } from './intervals.ts';

/** The overlap thresholds that are averaged over: .50, .55 … .95. */
export const OVERLAPS: readonly number[] = Array.from({ length: 10 }, (_, i) => (50 + 5 * i) / 100);

/** Average precision at the first overlap and over all of them. */
export interface AveragePrecision {
  /** At an overlap of at least .5. */
  readonly at50: number;
  /** Mean over the overlaps .50, .55 … .95. */
  readonly mean: number;
}

/** Average precision of one kind over a database; 0 where nothing was annotated. */
export function averagePrecision(
  videos: readonly SpottedVideo[],
  kind: IntervalKind,
): AveragePrecision {
  const values = OVERLAPS.map((least) => precisionAt(videos, kind, least));
  return { at50: values[0]!, mean: values.reduce((sum, value) => sum + value, 0) / values.length };
}

/**
 * Average precision at one overlap threshold.
 *
 * Scores are compared over the whole database; equal ones are in the order of the videos.
 */
export function precisionAt(
  videos: readonly SpottedVideo[],
  kind: IntervalKind,
  least: number,
): number {
  let annotated = 0;
  const verdicts: { readonly score: number; readonly isHit: boolean }[] = [];
  for (const { truth, spotted } of videos) {
    const marked = truth.filter((one) => one.kind === kind);
    const found = spotted.filter((one) => one.kind === kind);
    annotated += marked.length;
    const hits = new Set(matchIntervals(marked, found, least).map((match) => match.spotted));
    found.forEach(({ score }, i) => verdicts.push({ score, isHit: hits.has(i) }));
  }
  if (annotated === 0) return 0;
  let hits = 0;
  const curve = byScore(verdicts).map((index, rank) => {
    hits += Number(verdicts[index]!.isHit);
    return { recall: hits / annotated, precision: hits / (rank + 1) };
  });
  // From the right: the best precision at this recall or higher.
  const best = new Float64Array(curve.length + 1);
  for (let i = curve.length - 1; i >= 0; i--) {
    best[i] = Math.max(best[i + 1]!, curve[i]!.precision);
  }
  let sum = 0;
  let place = 0;
  for (let hundredth = 0; hundredth <= 100; hundredth++) {
    while (place < curve.length && curve[place]!.recall < hundredth / 100 - 1e-12) place++;
    sum += best[place]!;
  }
  return sum / 101;
}
