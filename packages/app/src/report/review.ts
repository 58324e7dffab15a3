/** @file A user's corrections of a report: events moved, added, deleted, labeled and commented. */
import type { Expression, Report } from '@telltale/core';

/** One event after corrections. Frames count from 0. */
export interface ReviewEvent {
  readonly id: string;
  /** Index in the report; absent if it was added manually. */
  readonly found?: number;
  readonly kind: Expression['kind'];
  readonly onset: number;
  readonly apex: number;
  readonly offset: number;
  /** The user's label, or empty. */
  readonly label: string;
  readonly comment: string;
}

/** All events, in order of onset. */
export interface Review {
  readonly events: readonly ReviewEvent[];
}

/** One of the three moments of an event. */
export type Point = 'onset' | 'apex' | 'offset';

/** The review without corrections. */
export function reviewOf(report: Report): Review {
  return ordered(
    report.expressions.map(({ kind, onset, apex, offset }, index) => ({
      id: `found-${index}`,
      found: index,
      kind,
      onset: onset.frame,
      apex: apex.frame,
      offset: offset.frame,
      label: '',
      comment: '',
    })),
  );
}

/** Moves one moment; the others give way, so that onset, apex and offset stay in order. */
export function movePoint(
  review: Review,
  { id, point, frame }: { readonly id: string; readonly point: Point; readonly frame: number },
  frames: number,
): Review {
  const to = Math.max(0, Math.min(frames - 1, Math.round(frame)));
  return change(review, id, (event) => {
    const moved = { ...event, [point]: to };
    if (point === 'onset') {
      const apex = Math.max(moved.apex, to);
      return { ...moved, apex, offset: Math.max(moved.offset, apex) };
    }
    if (point === 'offset') {
      const apex = Math.min(moved.apex, to);
      return { ...moved, apex, onset: Math.min(moved.onset, apex) };
    }
    return { ...moved, onset: Math.min(moved.onset, to), offset: Math.max(moved.offset, to) };
  });
}

/** Adds an event around a frame, as long as a usual micro-expression. */
export function addEvent(
  review: Review,
  frame: number,
  { frames, rate }: { readonly frames: number; readonly rate: number },
): { readonly review: Review; readonly id: string } {
  const half = Math.max(1, Math.round(USUAL * rate * 0.5));
  const number = review.events.filter((event) => event.found === undefined).length + 1;
  const id = freeId(review, number);
  const event: ReviewEvent = {
    id,
    kind: 'micro',
    onset: Math.max(0, frame - half),
    apex: frame,
    offset: Math.min(frames - 1, frame + half),
    label: '',
    comment: '',
  };
  return { review: ordered([...review.events, event]), id };
}

/** Length of a new event, seconds. */
const USUAL = 0.3;

/** Leaves an event out. */
export function removeEvent(review: Review, id: string): Review {
  return { events: review.events.filter((event) => event.id !== id) };
}

/** Gives an event another kind, label or comment. */
export function describeEvent(
  review: Review,
  id: string,
  words: Partial<Pick<ReviewEvent, 'kind' | 'label' | 'comment'>>,
): Review {
  return change(review, id, (event) => ({ ...event, ...words }));
}

/** Whether a detected event was adjusted. */
export function isMoved(event: ReviewEvent, report: Report): boolean {
  const found = event.found === undefined ? undefined : report.expressions[event.found];
  if (found === undefined) return false;
  return (
    found.onset.frame !== event.onset ||
    found.apex.frame !== event.apex ||
    found.offset.frame !== event.offset
  );
}

/** The corrected report, in the format of a report. */
export function correctedReport(report: Report, review: Review): Report {
  const at = (frame: number): { frame: number; time: number } => ({
    frame,
    time: report.movement.times[frame] ?? 0,
  });
  const expressions = review.events.map((event): Expression => {
    const found = event.found === undefined ? undefined : report.expressions[event.found];
    const [onset, apex, offset] = [at(event.onset), at(event.apex), at(event.offset)];
    const duration = Math.round((offset.time - onset.time) * 1e4) / 1e4;
    const base = { onset, apex, offset, duration, kind: event.kind };
    if (found === undefined) return { ...base, confidence: 1, regions: {} };
    const { confidence, regions, classes, verdict, atEdge } = found;
    const isExpression = event.kind !== 'blink';
    return {
      ...base,
      confidence,
      regions,
      ...(isExpression && classes !== undefined && verdict !== undefined && { classes, verdict }),
      // What a user looked at and changed is that user's decision.
      ...(atEdge === true && event.kind === found.kind && !isMoved(event, report) && { atEdge }),
    };
  });
  return { ...report, expressions };
}

function change(review: Review, id: string, how: (event: ReviewEvent) => ReviewEvent): Review {
  const event = review.events.find((one) => one.id === id);
  if (event === undefined) return review;
  const next = how(event);
  const keys = Object.keys(next) as (keyof ReviewEvent)[];
  if (keys.every((key) => next[key] === event[key])) return review;
  return ordered(review.events.map((one) => (one === event ? next : one)));
}

function ordered(events: readonly ReviewEvent[]): Review {
  return { events: [...events].sort((a, b) => a.onset - b.onset || a.apex - b.apex) };
}

function freeId(review: Review, number: number): string {
  const id = `added-${number}`;
  return review.events.some((event) => event.id === id) ? freeId(review, number + 1) : id;
}
