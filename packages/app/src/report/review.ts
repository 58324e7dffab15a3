/** @file What a coder does to a review: events moved, added, deleted, labeled and commented. */
import { orderedReview, type Review, type ReviewEvent } from '@telltale/core/report';

/** One of the three moments of an event. */
export type Point = 'onset' | 'apex' | 'offset';

/** Who does it: initials, or empty. */
type Coder = string;

/** Moves one moment; the others give way, so that onset, apex and offset stay in order. */
export function movePoint(
  review: Review,
  { id, point, frame }: { readonly id: string; readonly point: Point; readonly frame: number },
  { frames, coder = '' }: { readonly frames: number; readonly coder?: Coder },
): Review {
  const to = Math.max(0, Math.min(frames - 1, Math.round(frame)));
  return change(review, { id, coder }, (event) => {
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
  { frames, rate, coder = '' }: { readonly frames: number; readonly rate: number; readonly coder?: Coder }, // prettier-ignore
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
    ...(coder !== '' && { coder }),
  };
  return { review: orderedReview([...review.events, event]), id };
}

/** Adds the events of a coder. */
export function addEvents(
  review: Review,
  events: readonly Omit<ReviewEvent, 'id'>[],
  coder: Coder,
): Review {
  let next = review;
  let number = review.events.filter((event) => event.found === undefined).length;
  for (const event of events) {
    const id = freeId(next, ++number);
    next = { events: [...next.events, { ...event, id, ...(coder !== '' && { coder }) }] };
  }
  return events.length === 0 ? review : orderedReview(next.events);
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
  { id, coder = '' }: { readonly id: string; readonly coder?: Coder },
  words: Partial<Pick<ReviewEvent, 'kind' | 'label' | 'comment'>>,
): Review {
  return change(review, { id, coder }, (event) => ({ ...event, ...words }));
}

function change(
  review: Review,
  { id, coder }: { readonly id: string; readonly coder: Coder },
  how: (event: ReviewEvent) => ReviewEvent,
): Review {
  const event = review.events.find((one) => one.id === id);
  if (event === undefined) return review;
  const next = how(event);
  const keys = Object.keys(next) as (keyof ReviewEvent)[];
  if (keys.every((key) => next[key] === event[key])) return review;
  const signed = coder === '' ? next : { ...next, coder };
  return orderedReview(review.events.map((one) => (one === event ? signed : one)));
}

function freeId(review: Review, number: number): string {
  const id = `added-${number}`;
  return review.events.some((event) => event.id === id) ? freeId(review, number + 1) : id;
}
