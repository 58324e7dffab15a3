/** @file The part of the clip that the timeline shows: zoomed and panned, never beyond the clip. Pure functions. */

/** A part of the clip, seconds. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** Shortest part that can be shown, seconds: a few frames at 200 per second. */
export const SHORTEST = 0.05;

/** Zooms so that the moment `at` stays where it is. @param factor - above 1 shows more */
export function zoomed(
  view: View,
  whole: View,
  { at, factor }: { readonly at: number; readonly factor: number },
): View {
  // prettier-ignore
  const length = view.to - view.from;
  const most = whole.to - whole.from;
  const next = Math.min(most, Math.max(Math.min(SHORTEST, most), length * factor));
  const share = length > 0 ? (at - view.from) / length : 0.5;
  const from = at - share * next;
  return inside({ from, to: from + next }, whole);
}

/** Moves the view by seconds. */
export function panned(view: View, whole: View, by: number): View {
  return inside({ from: view.from + by, to: view.to + by }, whole);
}

/** Moves the view as little as needed for a stretch to be seen, with a margin; zooms out where it is longer. */
export function including(view: View, whole: View, { from, to }: View): View {
  const length = view.to - view.from;
  if (from >= view.from && to <= view.to) return view;
  const margin = 0.1 * length;
  if (to - from + 2 * margin > length)
    return inside({ from: from - margin, to: to + margin }, whole);
  return from < view.from
    ? inside({ from: from - margin, to: from - margin + length }, whole)
    : inside({ from: to + margin - length, to: to + margin }, whole);
}

/** The same length, within the clip. */
function inside({ from, to }: View, whole: View): View {
  const length = Math.min(to - from, whole.to - whole.from);
  const start = Math.min(Math.max(from, whole.from), whole.to - length);
  return { from: start, to: start + length };
}

/** An event on the timeline. */
export interface Spanned {
  readonly id: string;
  readonly kind: string;
  readonly onset: number;
  readonly offset: number;
  readonly number: number;
}

/** What is drawn for one event, or for several that are too close to be drawn apart. */
export interface Mark {
  /** Of the first event. */
  readonly id: string;
  readonly kind: string;
  /** Pixels. */
  readonly x: number;
  /** Pixels. */
  readonly width: number;
  /** Events that it stands for. */
  readonly count: number;
  /** Number of the event; absent where it would overlap another. */
  readonly label?: number;
}

/** Width of a digit of a label, and room between two; pixels. */
const [DIGIT, ROOM] = [7, 4];

/**
 * Marks of the events in view, in their order. Events closer than a pixel or two become one mark, so that there are never
 * more marks than columns; labels that would overlap are left out, that of the chosen event never.
 *
 * @param x - pixels of a frame
 * @param least - narrowest mark, pixels
 */
export function marksOf(
  events: readonly Spanned[],
  {
    x,
    width,
    least,
    chosen,
  }: {
    readonly x: (frame: number) => number;
    readonly width: number;
    readonly least: number;
    readonly chosen?: string | undefined;
  },
): readonly Mark[] {
  const marks: Mark[] = [];
  /** Place of the last mark of a kind. */
  const last = new Map<string, number>();
  let labeled = -Infinity;
  for (const { id, kind, onset, offset, number } of events) {
    const [left, right] = [x(onset), x(offset)];
    if (right < 0 || left > width) continue;
    const place = last.get(kind);
    const before = place === undefined ? undefined : marks[place];
    const wide = Math.max(least, right - left);
    if (
      before !== undefined &&
      id !== chosen &&
      before.id !== chosen &&
      wide <= 2 * least &&
      left - before.x < least
    ) {
      marks[place!] = { ...before, width: Math.max(before.width, left + wide - before.x), count: before.count + 1 }; // prettier-ignore
      continue;
    }
    const isFree = left >= labeled || id === chosen;
    if (left < labeled && id === chosen) unlabel(marks, left);
    if (isFree) labeled = left + DIGIT * String(number).length + ROOM;
    last.set(kind, marks.length);
    marks.push({ id, kind, x: left, width: wide, count: 1, ...(isFree && { label: number }) });
  }
  return marks;
}

/** Rectangles of marks as one path, so that thousands of events cost as little to draw as a few. */
export function marksPath(marks: readonly Mark[], y: number, height: number): string {
  let path = '';
  for (const { x, width } of marks) {
    path += `M${x.toFixed(1)} ${y}h${width.toFixed(1)}v${height}h-${width.toFixed(1)}z`;
  }
  return path;
}

/** The mark at a place: of several the narrowest, which a wide one must not hide; undefined where there is none. */
export function markAt(marks: readonly Mark[], at: number): Mark | undefined {
  let found: Mark | undefined;
  for (const mark of marks) {
    if (at < mark.x || at > mark.x + mark.width) continue;
    if (found === undefined || mark.width <= found.width) found = mark;
  }
  return found;
}

/** Takes the labels away that reach beyond `left`. */
function unlabel(marks: Mark[], left: number): void {
  marks.forEach(({ label, ...mark }, i) => {
    if (label === undefined) return;
    if (mark.x + DIGIT * String(label).length + ROOM > left) marks[i] = mark;
  });
}
