/** @file The sound of a clip as a path: loudest values, one line per column. */

/** Loudest values of the sound, one per step. */
export interface Sound {
  /** Time of the first value by the clock of the container, seconds. */
  readonly start: number;
  /** Seconds of a value. */
  readonly step: number;
  /** Largest absolute sample, 0 to 1. */
  readonly peaks: Float32Array;
}

/** Lines up and down from the middle; as high as the box where the sound is loudest in the whole clip. */
export function soundPath(
  { start, step, peaks }: Sound,
  { from, to, width, height }: { readonly from: number; readonly to: number; readonly width: number; readonly height: number }, // prettier-ignore
): string {
  const columns = Math.max(1, Math.floor(width));
  const seconds = (to - from) / columns;
  const most = peaks.reduce((loudest, value) => Math.max(loudest, value), 1e-3);
  let path = '';
  for (let column = 0; column < columns; column++) {
    const first = Math.floor((from + column * seconds - start) / step);
    const last = Math.ceil((from + (column + 1) * seconds - start) / step);
    let peak = -1;
    for (let i = Math.max(0, first); i < Math.min(peaks.length, Math.max(last, first + 1)); i++) {
      if (peaks[i]! > peak) peak = peaks[i]!;
    }
    if (peak < 0) continue;
    const half = Math.max(0.4, (height / 2) * (peak / most));
    path += `M${column + 0.5} ${(height / 2 - half).toFixed(1)}V${(height / 2 + half).toFixed(1)}`;
  }
  return path;
}
