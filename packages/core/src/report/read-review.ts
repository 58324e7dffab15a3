/** @file Reads and composes the file of a review: the machine's report, and what a coder made of it. */
import { TelltaleError } from '../base/errors.ts';
import * as is from '../base/shape.ts';
import { readReport, unit } from './read.ts';
import type { Report } from './report.ts';
import {
  correctedReport,
  reviewOf,
  type Measurement,
  type Review,
  type ReviewEvent,
} from './review.ts';

/** Name and version of the format. */
const SCHEMA = 'telltale.review/1';

/** A review with its report. */
export interface ReviewFile {
  /** As the machine wrote it. */
  readonly report: Report;
  /** What a coder made of it. */
  readonly review: Review;
  /** What the machine measured between frames that a coder chose. */
  readonly measurements: readonly Measurement[];
  /** Initials of the coder who reviews; absent where they gave none. */
  readonly coder?: string | undefined;
}

const measurement = is.members({
  onset: is.integer(0),
  apex: is.integer(0),
  classes: is.optional(is.tableOf(is.number(0, 1))),
  verdict: is.optional(is.text),
  units: is.optional(is.listOf(unit)),
  regions: is.tableOf(is.number()),
});

const event = is.members({
  id: is.text,
  found: is.optional(is.integer(0)),
  kind: is.oneOf('micro', 'macro', 'blink'),
  onset: is.integer(0),
  apex: is.integer(0),
  offset: is.integer(0),
  label: is.text,
  comment: is.text,
  coder: is.optional(is.text),
});

const file = is.members({
  coder: is.optional(is.text),
  events: is.listOf(event),
  measurements: is.optional(is.listOf(measurement)),
});

/** The members of the file of a review, to be written as JSON. */
export function composeReview({
  report,
  review,
  measurements,
  coder,
}: ReviewFile): Readonly<Record<string, unknown>> {
  return {
    schema: SCHEMA,
    ...(coder !== undefined && coder !== '' && { coder }),
    events: review.events,
    measurements,
    corrected: correctedReport(report, review, measurements).expressions,
    report,
  };
}

/**
 * Reads the text of a review, or of a `report.json`, which is a review without corrections.
 *
 * @throws TelltaleError `REPORT_INVALID` naming the member that is wrong
 */
export function readReview(json: string): ReviewFile {
  const value = parsed(json);
  if (!isTable(value) || value['schema'] !== SCHEMA) {
    const report = readReport(json);
    return { report, review: reviewOf(report), measurements: [] };
  }
  const report = readReport(JSON.stringify(value['report'] ?? null));
  const wrong = file(value, 'review');
  if (wrong !== undefined) throw invalid(wrong);
  const { events, measurements, coder } = value as unknown as {
    readonly events: readonly ReviewEvent[];
    readonly measurements?: readonly Measurement[];
    readonly coder?: string;
  };
  const disagrees = disagreement(events, report);
  if (disagrees !== undefined) throw invalid(disagrees);
  return {
    ...{ report, review: { events }, measurements: measurements ?? [] },
    ...(coder !== undefined && { coder }),
  };
}

/** What shapes cannot express: frames in order and inside the clip, one event for an id and for a finding. */
function disagreement(events: readonly ReviewEvent[], report: Report): string | undefined {
  const [ids, findings] = [new Set<string>(), new Set<number>()];
  for (const [i, { id, found, onset, apex, offset }] of events.entries()) {
    const path = `review.events[${i}]`;
    if (onset > apex || apex > offset || offset >= report.clip.frames) {
      return `${path} has onset, apex and offset at frames ${onset}, ${apex} and ${offset} of ${report.clip.frames}`;
    }
    if (ids.has(id)) return `${path} has the id of another event`;
    ids.add(id);
    if (found === undefined) continue;
    if (found >= report.expressions.length) {
      return `${path} is of expression ${found} of ${report.expressions.length}`;
    }
    if (findings.has(found)) return `${path} is of the expression of another event`;
    findings.add(found);
  }
  return undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw invalid('it is not valid JSON', { cause });
  }
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(why: string, options?: ErrorOptions): TelltaleError {
  return new TelltaleError(
    'REPORT_INVALID',
    `not a review of telltale, version 1: ${why}`,
    'Give a file that the page saved as a review, or a report.json of "telltale analyze".',
    options,
  );
}
