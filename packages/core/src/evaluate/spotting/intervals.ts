/**
 * @file Spotted intervals compared with annotated ones, by the rules of the MEGC challenges.
 *
 * Li, Wang, Yap, See, Hong and Li 2020, "MEGC2020: The Third Facial Micro-Expression Grand Challenge",
 * IEEE FG, as in 2019 and every year since: a spotted interval is a hit where its intersection over union with
 * an annotated one is at least 0.5, in frames, both ends included; each matches at most one; hits, misses and false
 * alarms are counted over the whole dataset "as one long video", not averaged over videos.
 */
/** A micro-expression of at most half a second, or a macro-expression. */
export type IntervalKind = 'micro' | 'macro';

/** Both kinds, in the order of tables. */
export const INTERVAL_KINDS: readonly IntervalKind[] = ['micro', 'macro'];

/** An interval of frames, by the numbers of its first and last frame. */
export interface FrameInterval {
  /** Number of the first frame. */
  readonly onset: number;
  /** Number of the last frame, which is part of the interval. */
  readonly offset: number;
}

/** An annotated interval. */
export interface TrueInterval extends FrameInterval {
  /** What it is annotated as. */
  readonly kind: IntervalKind;
  /** Absent where it is not annotated. */
  readonly apex?: number;
  /** Absent where it is not annotated. */
  readonly emotion?: string;
}

/** A spotted interval. */
export interface SpottedInterval extends FrameInterval {
  /** What the method spotted it as. */
  readonly kind: IntervalKind;
  /** Number of the frame of strongest movement; absent where the method gives none. */
  readonly apex?: number;
  /** Confidence; only the order matters. */
  readonly score: number;
  /** Predicted by a recognizer. */
  readonly emotion?: string;
}

/** One video of a dataset with its annotated and spotted intervals. */
export interface SpottedVideo {
  /** Unique over all datasets. */
  readonly id: string;
  /** Name of the dataset: `CASME II`. */
  readonly dataset: string;
  /** Unique over all datasets. */
  readonly subject: string;
  /** Annotated intervals. */
  readonly truth: readonly TrueInterval[];
  /** Spotted intervals, in any order. */
  readonly spotted: readonly SpottedInterval[];
}

/** Intersection over union that a hit needs. */
export const LEAST_OVERLAP = 0.5;

/**
 * Intersection over union of two intervals, both ends included; 0 where they share no frame.
 *
 * @see MEGC 2019 spotting guideline, equation 1
 */
export function intervalOverlap(a: FrameInterval, b: FrameInterval): number {
  const length = ({ onset, offset }: FrameInterval): number => offset - onset + 1;
  const onset = Math.max(a.onset, b.onset);
  const shared = Math.max(0, Math.min(a.offset, b.offset) - onset + 1);
  return shared / (length(a) + length(b) - shared);
}

/** A spotted interval and the annotated one that it matches. */
export interface Match {
  /** Index among the annotated. */
  readonly truth: number;
  /** Index among the spotted. */
  readonly spotted: number;
  /** Intersection over union of the two intervals, 0 to 1. */
  readonly overlap: number;
}

/**
 * Matches spotted and annotated intervals one to one.
 *
 * In descending order of score, each spotted interval takes the free annotated interval that it overlaps most, as in the
 * code of the challenges and COCO, so that average precision and counts have the same hits.
 *
 * @param least - overlap that a hit needs
 * @returns in the order of the annotated intervals
 */
export function matchIntervals(
  truth: readonly FrameInterval[],
  spotted: readonly Pick<SpottedInterval, 'onset' | 'offset' | 'score'>[],
  least: number = LEAST_OVERLAP,
): Match[] {
  const free = new Set(truth.keys());
  const matches: Match[] = [];
  for (const index of byScore(spotted)) {
    let best: Match | undefined;
    for (const place of free) {
      const overlap = intervalOverlap(truth[place]!, spotted[index]!);
      if (overlap >= least && overlap > (best?.overlap ?? 0)) {
        best = { truth: place, spotted: index, overlap };
      }
    }
    if (best === undefined) continue;
    free.delete(best.truth);
    matches.push(best);
  }
  return matches.sort((a, b) => a.truth - b.truth);
}

/** Indices in descending order of score; of equals the earlier first. */
export function byScore(spotted: readonly { readonly score: number }[]): number[] {
  return [...spotted.keys()].sort((a, b) => spotted[b]!.score - spotted[a]!.score || a - b);
}

/** Hits, false alarms and misses. */
export interface SpottingCounts {
  /** Number of spotted intervals that match an annotated one. */
  readonly hits: number;
  /** Number of spotted intervals that match none. */
  readonly falseAlarms: number;
  /** Number of annotated intervals that none matches. */
  readonly misses: number;
}

/** Precision, recall and F1 of counts. */
export interface SpottingScores extends SpottingCounts {
  /** Share of spotted intervals that are hits; 0 where nothing was spotted. */
  readonly precision: number;
  /** Share of annotated intervals that are hits; 0 where nothing was annotated. */
  readonly recall: number;
  /** `2 TP / (2 TP + FP + FN)`, 0 without any. */
  readonly f1: number;
}

/** Counts of one kind in one video. */
export function countVideo(video: SpottedVideo, kind: IntervalKind): SpottingCounts {
  const of = <T extends { readonly kind: IntervalKind }>(all: readonly T[]): T[] =>
    all.filter((one) => one.kind === kind);
  const [truth, spotted] = [of(video.truth), of(video.spotted)];
  const hits = matchIntervals(truth, spotted).length;
  return { hits, falseAlarms: spotted.length - hits, misses: truth.length - hits };
}

/** The sum of counts of several videos or kinds. */
export function sumCounts(counts: readonly SpottingCounts[]): SpottingCounts {
  const sum = { hits: 0, falseAlarms: 0, misses: 0 };
  for (const { hits, falseAlarms, misses } of counts) {
    sum.hits += hits;
    sum.falseAlarms += falseAlarms;
    sum.misses += misses;
  }
  return sum;
}

/** Precision, recall and F1 of counts. */
export function scoreCounts({ hits, falseAlarms, misses }: SpottingCounts): SpottingScores {
  const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  return {
    hits,
    falseAlarms,
    misses,
    precision: ratio(hits, hits + falseAlarms),
    recall: ratio(hits, hits + misses),
    f1: ratio(2 * hits, 2 * hits + falseAlarms + misses),
  };
}

/** The kinds that the dataset annotates; the others cannot be scored. */
export function annotatedKinds(videos: readonly SpottedVideo[]): IntervalKind[] {
  return INTERVAL_KINDS.filter((kind) =>
    videos.some(({ truth }) => truth.some((one) => one.kind === kind)),
  );
}
