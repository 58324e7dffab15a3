/**
 * @file What was found, beside what was planted.
 *
 * The rule of the Micro-Expression Grand Challenges since 2019 (See et al. 2019, "MEGC 2019 – The Second
 * Facial Micro-Expressions Grand Challenge", FG): an interval is found where intersection over union,
 * in frames with both ends included, is at least one half; an interval that finds nothing is a false
 * alarm.
 */
import type { PlantedEvent, Truth } from './truth.ts';

/** What is needed of an expression of a report. */
export interface FoundInterval {
  /** Kind of the expression in the report. */
  readonly kind: string;
  /** First frame of the interval. */
  readonly onset: {
    /** Number of the first frame, from 0. */
    readonly frame: number;
  };
  /** Last frame of the interval. */
  readonly offset: {
    /** Number of the last frame, from 0. */
    readonly frame: number;
  };
}

/** One planted movement and what came of it. */
export interface ScoredEvent {
  /** The event of the ground truth. */
  readonly event: PlantedEvent;
  /** The interval that overlaps it most; none where nothing does. */
  readonly nearest?: FoundInterval;
  /** Intersection over union with it, 0 to 1. */
  readonly overlap: number;
  /** Whether the overlap is at least one half. */
  readonly found: boolean;
}

/** The comparison of a report with the truth. */
export interface PlantedScore {
  /** In the order of the truth. */
  readonly events: readonly ScoredEvent[];
  /** Intervals that found nothing; blinks count only against planted blinks, expressions only against expressions. */
  readonly falseAlarms: readonly FoundInterval[];
}

/** Least intersection over union. */
const LEAST_OVERLAP = 0.5;

/** Compares intervals with what was planted. */
export function scoreAgainst(truth: Truth, intervals: readonly FoundInterval[]): PlantedScore {
  const events = truth.events.map((event): ScoredEvent => {
    const [best] = intervals
      .filter(({ kind }) => (kind === 'blink') === (event.kind === 'blink'))
      .map((interval) => ({ interval, overlap: overlapOf(event, interval) }))
      .filter(({ overlap }) => overlap > 0)
      .sort((a, b) => b.overlap - a.overlap);
    if (best === undefined) return { event, overlap: 0, found: false };
    const { interval, overlap } = best;
    return { event, nearest: interval, overlap, found: overlap >= LEAST_OVERLAP };
  });
  const hits = new Set(events.filter(({ found }) => found).map(({ nearest }) => nearest));
  return { events, falseAlarms: intervals.filter((interval) => !hits.has(interval)) };
}

/** Intersection over union of two runs of frames. */
function overlapOf(a: PlantedEvent, b: FoundInterval): number {
  const both =
    Math.min(a.offset.frame, b.offset.frame) - Math.max(a.onset.frame, b.onset.frame) + 1;
  const either =
    Math.max(a.offset.frame, b.offset.frame) - Math.min(a.onset.frame, b.onset.frame) + 1;
  return Math.max(0, both) / either;
}
