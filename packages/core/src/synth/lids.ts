/** @file How a blink is drawn: the skin above the eye stretches down over it. */

/** Landmarks along one eye from corner to corner. */
interface Eye {
  readonly upper: readonly number[];
  readonly lower: readonly number[];
}
const EYES: readonly Eye[] = [
  {
    upper: [33, 246, 161, 160, 159, 158, 157, 173, 133],
    lower: [33, 7, 163, 144, 145, 153, 154, 155, 133],
  },
  {
    upper: [362, 398, 384, 385, 386, 387, 388, 466, 263],
    lower: [362, 382, 381, 380, 374, 373, 390, 249, 263],
  },
];

/** The opening of one eye, column by column. */
export interface Lids {
  /** First column, pixels. */
  readonly left: number;
  /** Row of the upper lid's edge at each column, pixels. */
  readonly upper: Float32Array;
  /** Row of the lower lid's edge at each column, pixels. */
  readonly lower: Float32Array;
  /** Height of the skin above the lid that stretches, pixels. */
  readonly fold: number;
}

/**
 * The openings of both eyes.
 *
 * @param points - 478 landmarks, pixels; the eyes level
 * @param interocular - pixels
 */
export function openings(points: Float32Array, interocular: number): readonly Lids[] {
  const place = (i: number): readonly [number, number] => [points[2 * i]!, points[2 * i + 1]!];
  return EYES.map((eye) => {
    const upper = eye.upper.map(place);
    const lower = eye.lower.map(place);
    const left = Math.ceil(upper[0]![0]);
    const count = Math.max(0, Math.floor(upper.at(-1)![0]) - left + 1);
    const rows = (line: readonly (readonly [number, number])[]): Float32Array =>
      Float32Array.from({ length: count }, (_, i) => rowAt(line, left + i));
    return { left, upper: rows(upper), lower: rows(lower), fold: 0.14 * interocular };
  });
}

/** Row of a line of points at column `x`. */
function rowAt(line: readonly (readonly [number, number])[], x: number): number {
  const end = line.findIndex((point) => point[0] >= x);
  const [a, b] = [line[Math.max(0, end - 1)]!, line[end === -1 ? line.length - 1 : end]!];
  return b[0] === a[0] ? b[1] : a[1] + ((b[1] - a[1]) * (x - a[0])) / (b[0] - a[0]);
}

/**
 * How far above a place the skin comes from that covers it, pixels; 0 where nothing does.
 *
 * @param closure - 0 open, 1 closed
 */
export function lidShift(lids: Lids, [x, y]: readonly [number, number], closure: number): number {
  const column = Math.round(x) - lids.left;
  if (column < 0 || column >= lids.upper.length) return 0;
  const upper = lids.upper[column]!;
  const opening = Math.max(0, lids.lower[column]! - upper);
  const edge = upper + closure * 0.92 * opening;
  const crease = upper - lids.fold;
  if (y <= crease || y > edge) return 0;
  return y - (crease + ((y - crease) * lids.fold) / (edge - crease));
}
