/**
 * @file A coder's review of a report: events moved, added, deleted, labeled and commented; and the one list of events
 * that follows from it, which the page, the table and every other export show.
 *
 * A value of the machine belongs to two frames, onset and apex. Where a coder moved one of them, the value is that of
 * the new frames if the machine has measured them since, and else there is none: never that of other frames.
 */
import type { Expression, Moment, Report, UnitAnswer } from './report.ts';

/** One event of a review. Frames count from 0. */
export interface ReviewEvent {
  /** Unique in its review. */
  readonly id: string;
  /** Index in the report; absent where a coder added it. */
  readonly found?: number;
  /** As of the report, or as a coder decided. */
  readonly kind: Expression['kind'];
  /** The last frame before the movement. */
  readonly onset: number;
  /** The frame at its height. */
  readonly apex: number;
  /** The first frame after it. */
  readonly offset: number;
  /** A coder's label, or empty. */
  readonly label: string;
  /** A coder's comment, or empty. */
  readonly comment: string;
  /** Initials of the coder who added or last changed it; absent where there are none. */
  readonly coder?: string;
}

/** All events, in order of onset. */
export interface Review {
  /** In order of onset. */
  readonly events: readonly ReviewEvent[];
}

/** What the machine measured between two frames that a coder chose. */
export interface Measurement {
  /** Index of the frame. */
  readonly onset: number;
  /** Index of the frame. */
  readonly apex: number;
  /** Calibrated probability per class; absent where there is no recognizer, or no face in one of the frames. */
  readonly classes?: Readonly<Record<string, number>>;
  /** The most probable class, or `unsure`; absent where `classes` is. */
  readonly verdict?: string;
  /** Action units; absent for blinks and where they were not recognized. */
  readonly units?: readonly UnitAnswer[];
  /** Movement of each region, pixels at an interocular distance of 100; empty where it is not known. */
  readonly regions: Readonly<Record<string, number>>;
}

/** Who an event is by: found by telltale and left as it was, corrected by a coder, or added by a coder. */
export type Origin = 'found' | 'corrected' | 'added';

/** One event as every list and every file shows it. */
export interface ReviewedEvent extends ReviewEvent {
  /** Counts from 1, in the order of the list. */
  readonly number: number;
  /** Who it is by. */
  readonly origin: Origin;
  /** Onset, apex and offset with their times. */
  readonly moments: { readonly [Name in 'onset' | 'apex' | 'offset']: Moment };
  /** Seconds from onset to offset. */
  readonly duration: number;
  /** How far the movement exceeds the clip's restlessness; only of an event that is as the machine found it. */
  readonly confidence?: number;
  /** Calibrated probability per class, of these frames; absent for blinks and where nothing was measured. */
  readonly classes?: Readonly<Record<string, number>>;
  /** The most probable class, or `unsure`; absent where `classes` is. */
  readonly verdict?: string;
  /** Action units; absent for blinks and where they were not recognized. */
  readonly units?: readonly UnitAnswer[];
  /** Movement of each region, of these frames; empty where nothing was measured. */
  readonly regions: Readonly<Record<string, number>>;
  /** How much farther apart the lips are; only of an event that is as the machine found it. */
  readonly lips?: number;
  /** Whether the machine nearly decided otherwise; only of an event that is as it found it. */
  readonly atEdge?: boolean;
  /** Its frames were chosen by a coder, and the machine has not measured them. */
  readonly isStale: boolean;
}

/** The review without corrections. */
export function reviewOf(report: Report): Review {
  return orderedReview(
    report.expressions.map(({ kind, onset, apex, offset }, index) => ({
      ...{ id: `found-${index}`, found: index, kind },
      ...{ onset: onset.frame, apex: apex.frame, offset: offset.frame, label: '', comment: '' },
    })),
  );
}

/** A review of events in any order. */
export function orderedReview(events: readonly ReviewEvent[]): Review {
  return { events: [...events].sort((a, b) => a.onset - b.onset || a.apex - b.apex) };
}

/** Who an event is by. A label or a comment does not change what was found. */
export function originOf(event: ReviewEvent, report: Report): Origin {
  const found = event.found === undefined ? undefined : report.expressions[event.found];
  if (found === undefined) return 'added';
  const isAsFound =
    found.kind === event.kind &&
    found.onset.frame === event.onset &&
    found.apex.frame === event.apex &&
    found.offset.frame === event.offset;
  return isAsFound ? 'found' : 'corrected';
}

/** The events of a review, with the values that hold for their frames. */
export function reviewedEvents(
  report: Report,
  review: Review,
  measurements: readonly Measurement[] = [],
): readonly ReviewedEvent[] {
  const { times } = report.movement;
  const at = (frame: number): Moment => ({ frame, time: times[frame] ?? 0 });
  const measured = new Map(measurements.map((one) => [framesOf(one), one]));
  return review.events.map((event, i): ReviewedEvent => {
    const origin = originOf(event, report);
    const found = origin === 'found' ? report.expressions[event.found!] : undefined;
    const [onset, apex, offset] = [at(event.onset), at(event.apex), at(event.offset)];
    const moments = found ?? { onset, apex, offset };
    const values = valuesOf(event, report, measured.get(framesOf(event)));
    const isExpression = event.kind !== 'blink';
    const { classes, verdict, units } = values ?? {};
    return {
      ...event,
      ...{ number: i + 1, origin },
      moments: { onset: moments.onset, apex: moments.apex, offset: moments.offset },
      duration: found?.duration ?? Math.round((offset.time - onset.time) * 1e4) / 1e4,
      ...(found?.confidence !== undefined && { confidence: found.confidence }),
      ...(found?.lips !== undefined && { lips: found.lips }),
      ...(found?.atEdge !== undefined && { atEdge: found.atEdge }),
      ...(isExpression && classes !== undefined && verdict !== undefined && { classes, verdict }),
      ...(isExpression && units !== undefined && { units }),
      regions: values?.regions ?? {},
      isStale: values === undefined,
    };
  });
}

/** The events of a review in the format of a report. */
export function correctedReport(
  report: Report,
  review: Review,
  measurements: readonly Measurement[] = [],
): Report {
  const expressions = reviewedEvents(report, review, measurements).map(
    ({
      moments,
      duration,
      kind,
      confidence,
      regions,
      lips,
      classes,
      verdict,
      units,
      atEdge,
      origin,
      coder,
    }) => ({
      ...moments,
      ...{ duration, kind },
      ...(confidence !== undefined && { confidence }),
      regions,
      ...(lips !== undefined && { lips }),
      ...(classes !== undefined && verdict !== undefined && { classes, verdict }),
      ...(units !== undefined && { units }),
      ...(atEdge !== undefined && { atEdge }),
      ...(origin !== 'found' && { origin }),
      ...(origin !== 'found' && coder !== undefined && { coder }),
    }),
  );
  return { ...report, expressions };
}

/** Two frames as a key. */
const framesOf = ({ onset, apex }: Pick<Measurement, 'onset' | 'apex'>): string =>
  `${onset}-${apex}`;

/** The values of the machine that hold for the frames of an event. @param measured - of these frames */
function valuesOf(
  { onset, apex, kind, found: index }: ReviewEvent,
  report: Report,
  measured: Measurement | undefined,
): Pick<Measurement, 'classes' | 'verdict' | 'units' | 'regions'> | undefined {
  const found = index === undefined ? undefined : report.expressions[index];
  if (found?.onset.frame !== onset || found.apex.frame !== apex) return measured;
  // A blink that a coder calls an expression was never classified.
  const isUnclassified =
    kind !== 'blink' && found.kind === 'blink' && report.recognizer !== undefined;
  return isUnclassified ? measured : found;
}
