/**
 * @file Cuts: frames that do not continue the frame before them.
 *
 * Each frame is reduced to the brightness of a few cells and correlated with the frame before it, so that light and
 * contrast do not matter. A moving face changes many frames in a row by a little; a cut changes one by much, and
 * both of its sides change little. The comparison of neighboring frames by what they show, against what is usual around
 * them, goes back to Zhang, Kankanhalli and Smoliar 1993, "Automatic partitioning of full-motion video", Multimedia
 * Systems 1(1); the measure and its thresholds are ours, and measured in docs/quality.md.
 */
import { luma } from '../base/image.ts';
import type { Frame } from './frames.ts';

/** A rectangle of a frame, pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Cells along a side of a {@link Glimpse}. */
const CELLS = 32;
/** Pixels that a cell looks at along a side. */
const POINTS = 3;
/** Added to all variances, so that two black frames are alike; grey levels². */
const BLACK = 4;

/** A part of a frame at a glance: the brightness of 32 × 32 cells less its mean. */
export type Glimpse = Float32Array;

/** Looks at a part of a frame; what lies outside of the frame is its border, repeated. */
export function glimpse(
  frame: Frame,
  { left, top, width, height }: Box = { left: 0, top: 0, width: frame.width, height: frame.height },
): Glimpse {
  const out = new Float32Array(CELLS * CELLS);
  const side = CELLS * POINTS;
  const columns = places(side, { start: left, length: width, end: frame.width });
  const rows = places(side, { start: top, length: height, end: frame.height });
  const { data, start, right, down } = frame.luma ?? {
    ...{ data: frame.data, start: 0, right: frame.channels, down: frame.channels * frame.width },
  };
  for (let i = 0; i < side; i++) {
    columns[i]! *= right;
    rows[i] = start + rows[i]! * down;
  }
  if (frame.luma !== undefined && data instanceof Uint8Array) {
    sumBytes(out, data, { columns, rows });
  } else {
    const isGray = frame.luma !== undefined;
    sumPoints(out, { columns, rows }, (at) =>
      isGray ? data[at]! : luma(data[at]!, data[at + 1]!, data[at + 2]!),
    );
  }
  let sum = 0;
  for (let i = 0; i < out.length; i++) sum += out[i]!;
  const mean = sum / out.length;
  for (let i = 0; i < out.length; i++) out[i]! -= mean;
  return out;
}

/** Where the points lie: what to add to the place of a row for that of a point in it. */
interface Points {
  readonly columns: Int32Array;
  readonly rows: Int32Array;
}

/** The mean of the points of each cell. */
function sumPoints(out: Glimpse, { columns, rows }: Points, valueAt: (at: number) => number): void {
  for (let j = 0; j < rows.length; j++) {
    const to = CELLS * Math.floor(j / POINTS);
    for (let i = 0; i < columns.length; i++) {
      const cell = to + Math.floor(i / POINTS);
      out[cell]! += valueAt(rows[j]! + columns[i]!) / POINTS ** 2;
    }
  }
}

/** Parts of a mean of nine, of each byte. */
const PARTS = Float64Array.from({ length: 256 }, (_, byte) => byte / POINTS ** 2);

/** {@link sumPoints} of bytes, with the same numbers: of every frame of most clips, so its nine points are written out. */
function sumBytes(out: Glimpse, data: Uint8Array, { columns, rows }: Points): void {
  const add = (sum: number, at: number): number => Math.fround(sum + PARTS[data[at]!]!);
  for (let j = 0, to = 0; j < rows.length; j += POINTS) {
    const upper = rows[j]!;
    const middle = rows[j + 1]!;
    const lower = rows[j + 2]!;
    for (let i = 0; i < columns.length; i += POINTS, to++) {
      const a = columns[i]!;
      const b = columns[i + 1]!;
      const c = columns[i + 2]!;
      const first = add(add(add(0, upper + a), upper + b), upper + c);
      const second = add(add(add(first, middle + a), middle + b), middle + c);
      out[to] = add(add(add(second, lower + a), lower + b), lower + c);
    }
  }
}

/** Pixels that are looked at along an axis: the middles of equal parts, inside of the frame. */
function places(
  count: number,
  { start, length, end }: { readonly start: number; readonly length: number; readonly end: number },
): Int32Array {
  const out = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    out[i] = Math.max(0, Math.min(end - 1, Math.floor(start + ((i + 0.5) * length) / count)));
  }
  return out;
}

/**
 * How much two glimpses of one place differ: √(1 − r) with their correlation r. 0 for the same content, whatever the
 * light; about 1 where they have nothing in common. Proportional to the distance that a thing has moved, where that is small.
 */
export function change(a: Glimpse, b: Glimpse): number {
  let [aa, bb, ab] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
    ab += a[i]! * b[i]!;
  }
  const add = BLACK * a.length;
  return Math.sqrt(Math.max(0, 1 - (ab + add) / Math.sqrt((aa + add) * (bb + add))));
}

/** Changes from frame to frame; the first frame has none. */
export interface Changes {
  /** Of the whole frame. */
  readonly whole: readonly number[];
  /** Of the place where the face is; 0 where none was known. */
  readonly face: readonly number[];
}

/** A cut changes the frame by at least this much. */
const LEAST_WHOLE = 0.08;
/** And the face by at least this much, where the frame does not show it. */
const LEAST_FACE = 0.2;
/** And this many times as much as the frames around it. */
const LEAST_RATIO = 3;
/** How far around a frame it is compared, seconds and frames: whichever is more. */
const AROUND = { seconds: 0.4, frames: 6 };
/** So many of the changes around may be cuts themselves: a single bad frame makes two. */
const OTHERS = 2;
/** Of fewer frames around, what is usual is not known, and only this much is a cut. */
const FEW = { frames: 6, least: 0.5 };

/** Whether a frame is a cut, as far as the frames that were read show; the last of them may change with the next. */
export function isCutAt({ whole, face }: Changes, place: Place): boolean {
  return place.i > 0 && (stands(whole, LEAST_WHOLE, place) || stands(face, LEAST_FACE, place));
}

/** How much changed from one frame to another; 0 where it is not known. */
export interface Change {
  readonly whole: number;
  /** Where the face is. */
  readonly face: number;
}

/** Whether so much changes at a cut. */
export function isMuch({ whole, face }: Change): boolean {
  return whole >= LEAST_WHOLE || face >= LEAST_FACE;
}

/** Whether so much changes that it cannot be a movement, whatever is usual around. */
export function isOther({ whole, face }: Change): boolean {
  return Math.max(whole, face) >= FEW.least;
}

/** Whether so little changed as between neighbors, against what changed at a cut. */
export function isAlike(change: Change, cut: Change): boolean {
  return (
    (cut.whole < LEAST_WHOLE || LEAST_RATIO * change.whole <= cut.whole) &&
    (cut.face < LEAST_FACE || LEAST_RATIO * change.face <= cut.face)
  );
}

/** Whether later frames cannot change what {@link isCutAt} returns for a frame. */
export function isSettled({ times, i }: Place): boolean {
  return !isNear({ times, i }, times.length - 1);
}

/** A frame among those that were read. */
export interface Place {
  /** Seconds, one per frame. */
  readonly times: readonly number[];
  /** Its index. */
  readonly i: number;
  /** Whether a frame does not show what is usual around. @defaultValue none */
  readonly isUnusual?: (j: number) => boolean;
}

/** Whether a frame is compared with another one. */
export function isNear({ times, i }: Place, j: number): boolean {
  return Math.abs(j - i) <= AROUND.frames || Math.abs(times[j]! - times[i]!) <= AROUND.seconds;
}

function stands(changes: readonly number[], least: number, place: Place): boolean {
  const { times, i, isUnusual = () => false } = place;
  const value = changes[i]!;
  if (value < least) return false;
  const around: number[] = [];
  const add = (j: number): void => {
    if (!isUnusual(j)) around.push(changes[j]!);
  };
  for (let j = i - 1; j > 0 && isNear(place, j); j--) add(j);
  for (let j = i + 1; j < times.length && isNear(place, j); j++) add(j);
  if (around.length < FEW.frames) return value >= FEW.least;
  around.sort((a, b) => b - a);
  return value >= LEAST_RATIO * around[OTHERS]!;
}
