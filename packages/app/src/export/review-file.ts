/** @file A review as a file: the report, the user's corrections, and the face regions. */
import { readReport } from '@telltale/core';
import type { FaceRegion, Report } from '@telltale/core';

import { correctedReport, reviewOf, type Review, type ReviewEvent } from '../report/review.ts';
import { PageError } from '../session/problem.ts';

/** What was read from a file. */
export interface Reopened {
  readonly report: Report;
  readonly review: Review;
  /** Absent in reports of the command line. */
  readonly regions?: readonly (FaceRegion | null)[] | undefined;
}

const SCHEMA = 'telltale.review/1';

/** The file's text: the machine's report, the corrected one, and the events with labels and comments. */
export function reviewFile({ report, review, regions = [] }: Reopened): string {
  const file = {
    schema: SCHEMA,
    events: review.events,
    corrected: correctedReport(report, review).expressions,
    report,
    regions: regions.map((region) =>
      region === null ? null : [region.x, region.y, region.size, region.angle].map(rounded),
    ),
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}

/**
 * Reads a review, or a `report.json` of the command line.
 *
 * @throws PageError `REPORT_UNREADABLE`
 */
export function readReviewFile(text: string): Reopened {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PageError('REPORT_UNREADABLE', {}, { cause });
  }
  if (!isTable(value)) throw new PageError('REPORT_UNREADABLE');
  if (value['schema'] !== SCHEMA) {
    const report = readOne(text);
    return { report, review: reviewOf(report) };
  }
  const report = readOne(JSON.stringify(value['report']));
  const events = Array.isArray(value['events']) ? (value['events'] as readonly unknown[]) : [];
  if (!events.every((event): event is ReviewEvent => isEvent(event, report))) {
    throw new PageError('REPORT_UNREADABLE');
  }
  const regions = regionsOf(value['regions']);
  return { report, review: { events }, ...(regions?.length === report.clip.frames && { regions }) };
}

function readOne(text: string): Report {
  try {
    return readReport(text);
  } catch (cause) {
    throw new PageError('REPORT_UNREADABLE', {}, { cause });
  }
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEvent(value: unknown, { clip, expressions }: Report): value is ReviewEvent {
  if (!isTable(value)) return false;
  const { id, kind, label, comment, found } = value;
  const frames = [value['onset'], value['apex'], value['offset']];
  const isOrdered = frames.every(
    (frame, i) =>
      Number.isInteger(frame) &&
      (frame as number) >= ((frames[i - 1] as number | undefined) ?? 0) &&
      (frame as number) < clip.frames,
  );
  return (
    isOrdered &&
    typeof id === 'string' &&
    typeof label === 'string' &&
    typeof comment === 'string' &&
    (kind === 'micro' || kind === 'macro' || kind === 'blink') &&
    (found === undefined ||
      (Number.isInteger(found) && Object.hasOwn(expressions, found as number)))
  );
}

function regionsOf(value: unknown): (FaceRegion | null)[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const regions: (FaceRegion | null)[] = [];
  for (const one of value as readonly unknown[]) {
    if (one === null) {
      regions.push(null);
    } else if (Array.isArray(one) && one.length === 4 && one.every(Number.isFinite)) {
      const [x, y, size, angle] = one as [number, number, number, number];
      regions.push({ x, y, size, angle });
    } else return undefined;
  }
  return regions;
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
