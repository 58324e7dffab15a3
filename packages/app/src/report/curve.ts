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

/** An SVG path; breaks where there is no value. */
export function curvePath(
  times: readonly number[],
  values: readonly (number | null)[],
  { from, to, top, width, height }: CurveBox,
): string {
  const scale = width / (to - from);
  const columns = new Map<number, number | null>();
  times.forEach((time, i) => {
    if (time < from || time > to) return;
    const column = Math.round(2 * (time - from) * scale) / 2;
    const value = values[i] ?? null;
    const known = columns.get(column);
    if (value === null) columns.set(column, known ?? null);
    else columns.set(column, Math.max(known ?? -Infinity, value));
  });
  let path = '';
  let isPen = false;
  for (const [x, value] of columns) {
    if (value === null) {
      isPen = false;
      continue;
    }
    const y = height * (1 - Math.min(1, value / top));
    path += `${isPen ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    isPen = true;
  }
  return path;
}
