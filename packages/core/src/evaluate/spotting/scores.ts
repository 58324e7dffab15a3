/**
 * @file Scores of spotting on a dataset with intervals over subjects, and of spotting and recognition together.
 *
 * The score of spotting and recognition is `STRS = F1 of spotting × F1 of recognition`, the latter the
 * harmonic mean of macro precision and macro recall over the hits alone: Davison et al. 2023, "MEGC2023:
 * ACM Multimedia 2023 ME Grand Challenge", ACM MM, after Liong et al. 2023, "Spot-then-recognize: A
 * micro-expression analysis network for seamless evaluation of long videos" (MEAN), Signal Processing:
 * Image Communication 110.
 */
import { scoreJudgments } from '../scores/metrics.ts';
import type { Judgment } from '../scores/metrics.ts';
import { annotatedKinds, countVideo, matchIntervals, scoreCounts, sumCounts } from './intervals.ts';
import type { IntervalKind, SpottedVideo, SpottingCounts, SpottingScores } from './intervals.ts';
import { averagePrecision } from './average-precision.ts';
import type { AveragePrecision } from './average-precision.ts';
import { drawSubjects, percentileInterval } from '../scores/statistics.ts';
import type { BootstrapOptions, Interval } from '../scores/statistics.ts';

/** Scores of one kind, or of all kinds together. */
export interface SpottingLine extends SpottingScores {
  /** 95 %, over the choice of subjects. */
  readonly intervals: {
    /** Bounds of the share of hits among spotted intervals. */
    readonly precision: Interval;
    /** Bounds of the share of hits among annotated intervals. */
    readonly recall: Interval;
    /** Bounds of the harmonic mean of both. */
    readonly f1: Interval;
  };
  /** Absent for all kinds together. */
  readonly average?: AveragePrecision;
}

/** Recognition scores of the hits among micro-expressions. */
export interface RecognizedHits {
  /** Number of hits with an annotated emotion. */
  readonly hits: number;
  /** Names of the classes that occur as annotation or prediction, sorted. */
  readonly classes: readonly string[];
  /** Macro precision over the classes that occur. */
  readonly precision: number;
  /** Macro recall over the classes that occur. */
  readonly recall: number;
  /** Harmonic mean of both. */
  readonly f1: number;
  /** F1 of spotting micro-expressions times {@link RecognizedHits.f1}. */
  readonly strs: number;
  /** 95 %, over the choice of subjects. */
  readonly intervals: {
    /** Bounds of {@link RecognizedHits.f1}. */
    readonly f1: Interval;
    /** Bounds of {@link RecognizedHits.strs}. */
    readonly strs: Interval;
  };
}

/** Scores of a dataset. */
export interface SpottingPart {
  /** Number of videos. */
  readonly videos: number;
  /** Number of subjects. */
  readonly subjects: number;
  /** By kind; `overall` sums the counts of all kinds. */
  readonly lines: Readonly<Partial<Record<IntervalKind | 'overall', SpottingLine>>>;
  /** Present where hits were recognized. */
  readonly recognition?: RecognizedHits;
}

/**
 * Scores a dataset.
 *
 * Only kinds that the dataset annotates are scored. Recognition is scored where a spotted interval has an emotion.
 */
export function scoreSpotting(
  videos: readonly SpottedVideo[],
  options: BootstrapOptions = {},
): SpottingPart {
  const subjects = [...new Set(videos.map(({ subject }) => subject))].sort();
  const kinds = annotatedKinds(videos);
  const draws = drawSubjects(subjects.length, options);
  const bySubject = (kind: IntervalKind): SpottingCounts[] =>
    subjects.map((name) =>
      sumCounts(
        videos.filter(({ subject }) => subject === name).map((one) => countVideo(one, kind)),
      ),
    );
  const tables = kinds.map(bySubject);
  const lines = kinds.map((kind, i): [string, SpottingLine] => [
    kind,
    { ...lineOf(tables[i]!, draws), average: averagePrecision(videos, kind) },
  ]);
  const overall = subjects.map((_, s) => sumCounts(tables.map((table) => table[s]!)));
  const isRecognized = videos.some(({ spotted }) =>
    spotted.some(({ emotion }) => emotion !== undefined),
  );
  return {
    videos: videos.length,
    subjects: subjects.length,
    lines: { ...Object.fromEntries(lines), overall: lineOf(overall, draws) },
    ...(isRecognized &&
      kinds.includes('micro') && { recognition: recognitionOf(videos, subjects, draws) }),
  };
}

function lineOf(
  subjects: readonly SpottingCounts[],
  draws: readonly (readonly number[])[],
): SpottingLine {
  const drawn = draws.map((draw) => scoreCounts(sumCounts(draw.map((i) => subjects[i]!))));
  const of = (key: 'precision' | 'recall' | 'f1'): Interval =>
    percentileInterval(drawn.map((scores) => scores[key]));
  return {
    ...scoreCounts(sumCounts(subjects)),
    intervals: { precision: of('precision'), recall: of('recall'), f1: of('f1') },
  };
}

/** Annotated and predicted emotion of each hit among the micro-expressions of a video. */
export function hitJudgments(video: SpottedVideo): Judgment[] {
  const truth = video.truth.filter(({ kind }) => kind === 'micro');
  const spotted = video.spotted.filter(({ kind }) => kind === 'micro');
  return matchIntervals(truth, spotted).flatMap((match) => {
    const target = truth[match.truth]!.emotion;
    const prediction = spotted[match.spotted]!.emotion;
    return target === undefined || prediction === undefined ? [] : [{ target, prediction }];
  });
}

/** Macro precision, macro recall and their harmonic mean over the classes that occur; 0 without judgments. */
export function scoreHits(
  judgments: readonly Judgment[],
): Pick<RecognizedHits, 'classes' | 'precision' | 'recall' | 'f1'> {
  const classes = [
    ...new Set(judgments.flatMap(({ target, prediction }) => [target, prediction])),
  ].sort();
  const scores = scoreJudgments(judgments, classes);
  const mean = (read: (one: (typeof scores.classes)[number]) => number): number =>
    classes.length === 0
      ? 0
      : scores.classes.reduce((sum, one) => sum + read(one), 0) / classes.length;
  const [precision, recall] = [mean((one) => one.precision), mean((one) => one.recall)];
  const both = precision + recall;
  return { classes, precision, recall, f1: both === 0 ? 0 : (2 * precision * recall) / both };
}

function recognitionOf(
  videos: readonly SpottedVideo[],
  subjects: readonly string[],
  draws: readonly (readonly number[])[],
): RecognizedHits {
  const of = subjects.map((name) => {
    const own = videos.filter(({ subject }) => subject === name);
    return {
      counts: sumCounts(own.map((one) => countVideo(one, 'micro'))),
      judgments: own.flatMap(hitJudgments),
    };
  });
  const pool = (drawn: readonly (typeof of)[number][]): { f1: number; strs: number } => {
    const { f1 } = scoreHits(drawn.flatMap(({ judgments }) => judgments));
    return { f1, strs: f1 * scoreCounts(sumCounts(drawn.map(({ counts }) => counts))).f1 };
  };
  const drawn = draws.map((draw) => pool(draw.map((i) => of[i]!)));
  const judgments = of.flatMap((one) => one.judgments);
  return {
    hits: judgments.length,
    ...scoreHits(judgments),
    strs: pool(of).strs,
    intervals: {
      f1: percentileInterval(drawn.map(({ f1 }) => f1)),
      strs: percentileInterval(drawn.map(({ strs }) => strs)),
    },
  };
}
