/**
 * @file What was spotted in long videos, held against what was annotated, by the rules of the field.
 *
 * Li, Wang, Yap, See, Hong and Li 2020, "MEGC2020: The Third Facial Micro-Expression Grand Challenge",
 * IEEE FG, as in 2019 and every year since: a spotted interval is right where its intersection with an
 * annotated one over their union is at least 0.5; frames count, both ends inside; one interval answers
 * for one; hits, misses and false alarms are counted over the whole database "as one long video", never
 * averaged over videos.
 */
/** What intervals are: an expression of at most half a second, or a longer one. */
export type IntervalKind = 'micro' | 'macro';

/** Both kinds, in the order of tables. */
export const INTERVAL_KINDS: readonly IntervalKind[] = ['micro', 'macro'];

/** A stretch of frames, by the numbers of its first and its last. */
export interface FrameInterval {
  readonly onset: number;
  readonly offset: number;
}

/** What an annotator marked. */
export interface TrueInterval extends FrameInterval {
  readonly kind: IntervalKind;
  /** Absent where the annotators gave none. */
  readonly apex?: number;
  /** Absent where unknown. */
  readonly emotion?: string;
}

/** What a program found. */
export interface SpottedInterval extends FrameInterval {
  readonly kind: IntervalKind;
  readonly apex?: number;
  /** How sure it is; only the order counts. */
  readonly score: number;
  /** What a recognizer makes of it. */
  readonly emotion?: string;
}

/** One video of a database with both. */
export interface SpottedVideo {
  /** Unique over all datasets. */
  readonly id: string;
  readonly dataset: string;
  /** Unique over all datasets. */
  readonly subject: string;
  readonly truth: readonly TrueInterval[];
  readonly spotted: readonly SpottedInterval[];
}

/** Least intersection over union of a hit. */
export const LEAST_OVERLAP = 0.5;

/**
 * Intersection over union of two stretches of frames, both ends inside; 0 where they share no frame.
 *
 * @see MEGC 2019 spotting guideline, equation 1
 */
export function intervalOverlap(a: FrameInterval, b: FrameInterval): number {
  const length = ({ onset, offset }: FrameInterval): number => offset - onset + 1;
  const onset = Math.max(a.onset, b.onset);
  const shared = Math.max(0, Math.min(a.offset, b.offset) - onset + 1);
  return shared / (length(a) + length(b) - shared);
}

/** A spotted interval and the annotated one that it answers for. */
export interface Match {
  /** Index among the annotated. */
  readonly truth: number;
  /** Index among the spotted. */
  readonly spotted: number;
  readonly overlap: number;
}

/**
 * Which spotted interval answers for which annotated one, one for one.
 *
 * The surest chooses first, and takes the annotated interval that it overlaps most among those that are
 * free: as the field's code and COCO do, so that average precision and counts mean the same hits.
 *
 * @param least - least overlap of a hit
 * @returns in the order of the annotated intervals
 */
export function matchIntervals(
  truth: readonly FrameInterval[],
  spotted: readonly Pick<SpottedInterval, 'onset' | 'offset' | 'score'>[],
  least: number = LEAST_OVERLAP,
): Match[] {
  const free = new Set(truth.keys());
  const matches: Match[] = [];
  for (const index of surestFirst(spotted)) {
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

/** Indices from the surest on; of equals the earlier first. */
export function surestFirst(spotted: readonly { readonly score: number }[]): number[] {
  return [...spotted.keys()].sort((a, b) => spotted[b]!.score - spotted[a]!.score || a - b);
}

/** Hits, false alarms and misses. */
export interface SpottingCounts {
  readonly hits: number;
  readonly falseAlarms: number;
  readonly misses: number;
}

/** What the counts amount to. */
export interface SpottingScores extends SpottingCounts {
  /** Share of what was spotted that is right; 0 where nothing was spotted. */
  readonly precision: number;
  /** Share of what was annotated that was found; 0 where nothing was annotated. */
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

/** Counts of several videos or kinds together. */
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

/** The kinds that the database annotates: what it does not annotate cannot be judged. */
export function annotatedKinds(videos: readonly SpottedVideo[]): IntervalKind[] {
  return INTERVAL_KINDS.filter((kind) =>
    videos.some(({ truth }) => truth.some((one) => one.kind === kind)),
  );
}
