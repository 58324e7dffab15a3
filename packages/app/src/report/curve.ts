/** @file The curve of movement as a path: as many points as the screen has columns, peaks kept. */

/** Where the curve is drawn. */
export interface CurveBox {
  /** Seconds at the left edge. */
  readonly from: number;
  /** Seconds at the right edge. */
  readonly to: number;
  /** Value at the upper edge. */
  readonly top: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** Columns of a pixel: half a pixel is as fine as a screen shows. */
const PER_PIXEL = 2;

/** An SVG path; breaks where there is no value (null or NaN). */
export function curvePath(
  times: readonly number[],
  values: ArrayLike<number | null>,
  { from, to, top, width, height }: CurveBox,
): string {
  const scale = (PER_PIXEL * width) / (to - from);
  const first = firstFrom(times, from);
  const peaks = new Float64Array(Math.round(PER_PIXEL * width) + 2).fill(-Infinity);
  const seen = new Uint8Array(peaks.length);
  for (let i = first; i < times.length && times[i]! <= to; i++) {
    const column = Math.round((times[i]! - from) * scale);
    const value = values[i] ?? NaN;
    seen[column] = 1;
    if (value > peaks[column]!) peaks[column] = value;
  }
  let path = '';
  let isPen = false;
  for (let column = 0; column < peaks.length; column++) {
    if (seen[column] === 0) continue;
    const peak = peaks[column]!;
    if (peak === -Infinity) {
      isPen = false;
      continue;
    }
    const y = height * (1 - Math.min(1, peak / top));
    path += `${isPen ? 'L' : 'M'}${(column / PER_PIXEL).toFixed(1)} ${y.toFixed(1)}`;
    isPen = true;
  }
  return path;
}

/** Index of the first time that is not before `from`. */
function firstFrom(times: readonly number[], from: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
