/**
 * @file The result of spotting on a dataset: each method with its scores.
 *
 * telltale's spotter derives its threshold from each video alone and is not trained. The field's peak detection on the
 * same curve, for comparison, needs the length of expressions: it comes from the annotations of all subjects but the
 * tested one.
 */
import { own } from '../../base/own.ts';
import {
  INTERVAL_KINDS,
  type IntervalKind,
  type SpottedInterval,
  type SpottedVideo,
  type TrueInterval,
} from './intervals.ts';
import { halfLength, PEAK_SHARE, spottedPeaks } from './peaks.ts';
import type { VideoRecord } from './video-record.ts';
import type { BootstrapOptions } from '../scores/statistics.ts';
import { scoreSpotting } from './scores.ts';
import type { SpottingPart } from './scores.ts';

/** A video with its annotated intervals. */
export interface AnnotatedVideo {
  /** The video with what was spotted in it. */
  readonly record: VideoRecord;
  /** Annotated intervals. */
  readonly truth: readonly TrueInterval[];
}

/** A method of spotting with its scores. */
export interface SpottingMethod {
  /** `telltale`: its own spotting. `peaks`: the baseline of the challenges. */
  readonly name: 'telltale' | 'peaks';
  /** Label in tables. */
  readonly label: string;
  /** Reference, as one line of a bibliography. */
  readonly paper: string;
  /** What determines the intervals, together with the video. Plain JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Scores over all videos of the dataset. */
  readonly scores: SpottingPart;
  /** Half lengths in frames, estimated from the other subjects, by tested subject. */
  readonly learned?: Readonly<Record<string, Readonly<Partial<Record<IntervalKind, number>>>>>;
}

/** One video of the result; its curve is in its record. */
export interface VideoResult {
  /** Unique over all datasets. */
  readonly id: string;
  /** Unique over all datasets. */
  readonly subject: string;
  /** The folder of its frames, or its file, for display. */
  readonly video: string;
  /** Number of frames. */
  readonly frames: number;
  /** Frame rate of the video, hertz. */
  readonly framesPerSecond: number;
  /** Annotated intervals. */
  readonly truth: readonly TrueInterval[];
  /** By method. */
  readonly spotted: Readonly<Record<string, readonly SpottedInterval[]>>;
  /** Why nothing could be spotted; absent where the video was analyzed. */
  readonly note?: string;
}

/** The result of an evaluation of spotting. Plain JSON. */
export interface SpottingResult {
  /** Format of the result and its version. */
  readonly schema: 'telltale.spotting/1';
  /** Version of telltale. */
  readonly telltale: string;
  /** `spot-then-recognize` where hits were also recognized. */
  readonly task: 'spotting' | 'spot-then-recognize';
  /** Name of the dataset: `CAS(ME)²`. */
  readonly dataset: string;
  /** Path of the annotation file. */
  readonly annotation: string;
  /** Number of annotated intervals of each kind. */
  readonly annotated: Readonly<Record<IntervalKind, number>>;
  /** One per row of the table. */
  readonly methods: readonly SpottingMethod[];
  /** Settings of the recognizer, where hits were recognized. */
  readonly recognizer?: Readonly<Record<string, unknown>>;
  /** The videos that were analyzed, in the order of their records. */
  readonly videos: readonly VideoResult[];
}

/** Options of {@link spottingResult}. */
export interface SpottingContext extends BootstrapOptions {
  /** Version of telltale. */
  readonly telltale: string;
  /** Name of the dataset. */
  readonly dataset: string;
  /** Path of the annotation file. */
  readonly annotation: string;
  /** Settings of the recognizer that predicted the emotions in the records. */
  readonly recognizer?: Readonly<Record<string, unknown>>;
}

/** Scores a spotted dataset. */
export function spottingResult(
  videos: readonly AnnotatedVideo[],
  context: SpottingContext,
): SpottingResult {
  const { telltale, dataset, annotation, recognizer } = context;
  const own = videos.map(({ record }) => record.spotted);
  const peaks = peaksOf(videos);
  const scored = (spotted: readonly (readonly SpottedInterval[])[]): SpottingPart =>
    scoreSpotting(
      videos.map(({ record, truth }, i): SpottedVideo => {
        const { id, dataset: part, subject } = record;
        return { id, dataset: part, subject, truth, spotted: spotted[i]! };
      }),
      context,
    );
  return {
    schema: 'telltale.spotting/1',
    telltale,
    task: recognizer === undefined ? 'spotting' : 'spot-then-recognize',
    dataset,
    annotation,
    annotated: { micro: countKind(videos, 'micro'), macro: countKind(videos, 'macro') },
    methods: [
      {
        name: 'telltale',
        label: 'telltale',
        paper:
          'Displacement of facial regions against the head, two-sided in time; docs/spotting.md',
        settings: { learns: 'nothing' },
        scores: scored(own),
      },
      {
        name: 'peaks',
        label: 'peak detection on the same curve',
        paper: 'Liong, See and Wong 2021, "Shallow Optical Flow Three-Stream CNN for Macro- and Micro-Expression Spotting from Long Videos", IEEE ICIP', // prettier-ignore
        settings: { share: PEAK_SHARE, halfLength: 'mean of the other subjects' },
        scores: scored(peaks.spotted),
        learned: peaks.learned,
      },
    ],
    ...(recognizer !== undefined && { recognizer }),
    videos: videos.map(({ record, truth }, i): VideoResult => {
      const { id, subject, video, numbers, framesPerSecond, note } = record;
      return {
        ...{ id, subject, video, framesPerSecond, truth, frames: numbers.length },
        spotted: { telltale: own[i]!, peaks: peaks.spotted[i]! },
        ...(note !== undefined && { note }),
      };
    }),
  };
}

function countKind(videos: readonly AnnotatedVideo[], kind: IntervalKind): number {
  return videos.flatMap(({ truth }) => truth).filter((one) => one.kind === kind).length;
}

/** Peak detection on every video, with lengths from the other subjects. */
export function peaksOf(videos: readonly AnnotatedVideo[]): {
  readonly spotted: readonly (readonly SpottedInterval[])[];
  readonly learned: Record<string, Partial<Record<IntervalKind, number>>>;
} {
  const subjects = [...new Set(videos.map(({ record }) => record.subject))].sort();
  const learned = Object.fromEntries(
    subjects.map((subject) => {
      const others = videos.filter(({ record }) => record.subject !== subject);
      const halves = INTERVAL_KINDS.flatMap((kind) => {
        const half = halfLength(others.flatMap(({ truth }) => truth.filter((one) => one.kind === kind))); // prettier-ignore
        return half === undefined ? [] : [[kind, half] as const];
      });
      return [subject, Object.fromEntries(halves)];
    }),
  );
  const spotted = videos.map(({ record }) => {
    const { curve, numbers, subject } = record;
    const line = curve.map((value) => value ?? 0);
    return INTERVAL_KINDS.flatMap((kind): SpottedInterval[] => {
      const half = own(learned, subject)![kind];
      if (half === undefined) return [];
      return spottedPeaks(line, { half, first: 0, kind }).map((one) => ({
        ...one,
        onset: numbers[one.onset]!,
        apex: numbers[one.apex!]!,
        offset: numbers[one.offset]!,
      }));
    }).sort((a, b) => a.onset - b.onset);
  });
  return { spotted, learned };
}
