/**
 * @file From a network's input to the features of a classical machine.
 *
 * A face is cut into 7×7 cells, and each cell tells how its pixels move on
 * average: horizontally, vertically, and how much they are strained. Cells
 * forgive small differences between faces, as the grids of Liu et al. 2016,
 * "A Main Directional Mean Optical Flow Feature for Spontaneous
 * Micro-Expression Recognition", IEEE TAFFC 7(4), do with regions.
 */
import { TelltaleError } from '../base/errors.ts';

/** Cells on a side. */
export const CELLS = 7;

/**
 * Means over the cells of each channel, channel by channel, row by row.
 *
 * @param input - as `flowInput` prepares it, shape `[3, size, size]`
 * @returns shape `[3 · 7 · 7]`
 * @throws TelltaleError `SHAPE_MISMATCH` where the side does not divide by 7
 */
export function cellMeans(input: Float32Array): Float64Array {
  const size = sideOf(input);
  const cell = size / CELLS;
  if (!Number.isInteger(cell) || cell === 0)
    throw new TelltaleError(
      'SHAPE_MISMATCH',
      `a flow image of side ${size} cannot be cut into ${CELLS}×${CELLS} cells`,
      'Use flow images of 28×28 pixels.',
    );
  const means = new Float64Array(3 * CELLS * CELLS);
  input.forEach((value, i) => {
    const [x, y] = [i % size, Math.floor(i / size) % size];
    const channel = Math.floor(i / (size * size));
    const at = (channel * CELLS + Math.floor(y / cell)) * CELLS + Math.floor(x / cell);
    means[at]! += value / (cell * cell);
  });
  return means;
}

/** Ratios that are compared: from an eighth to eight times, four to the octave. */
const RATIOS: readonly number[] = Array.from({ length: 25 }, (_, i) => 2 ** ((i - 12) / 4));

/**
 * The true range of v over that of u, guessed.
 *
 * Each channel was stretched to a byte by itself, so their proportion is lost;
 * but strain mixes both. Chosen is the ratio r at which the strain of (u, r·v)
 * correlates best with the strain channel. It is an estimate of ours: the
 * strain was taken before the image was made small.
 *
 * @param input - shape `[3, size, size]`, size at least 3
 */
export function verticalRatio(input: Float32Array): number {
  const strain: number[] = [];
  const terms: (readonly [number, number, number])[] = [];
  const size = sideOf(input);
  const area = size * size;
  for (let y = 1; y < size - 1; y++) {
    for (let x = 1; x < size - 1; x++) {
      const at = y * size + x;
      const across = (i: number): number => input[i + 1]! - input[i - 1]!;
      const down = (i: number): number => input[i + size]! - input[i - size]!;
      const [ux, uy, vx, vy] = [across(at), down(at), across(area + at), down(area + at)];
      // |ε|² = uₓ² + r²·v_y² + (u_y + r·vₓ)² / 2, a polynomial in r.
      terms.push([ux * ux + (uy * uy) / 2, uy * vx, vy * vy + (vx * vx) / 2]);
      strain.push(input[2 * area + at]!);
    }
  }
  let [best, most] = [1, 0];
  for (const ratio of RATIOS) {
    const guess = terms.map(([a, b, c]) => Math.sqrt(Math.max(a + ratio * (b + ratio * c), 0)));
    const fit = correlation(guess, strain);
    if (fit > most) [best, most] = [ratio, fit];
  }
  return best;
}

/** The input with v in its guessed proportion to u; the larger of both keeps its range. */
export function proportioned(input: Float32Array): Float32Array {
  const ratio = verticalRatio(input);
  const area = input.length / 3;
  const scales = [1 / Math.max(1, ratio), ratio / Math.max(1, ratio), 1];
  return input.map((value, i) => value * scales[Math.floor(i / area)]!);
}

/** Shifts and scales features to mean 0 and deviation 1 over the rows it is made from; a constant feature becomes 0. */
export function standardizer(rows: readonly Float64Array[]): (row: Float64Array) => Float64Array {
  const features = rows[0]?.length ?? 0;
  const means = new Float64Array(features);
  const scales = new Float64Array(features);
  for (let k = 0; k < features; k++) {
    let [sum, squares] = [0, 0];
    for (const row of rows) sum += row[k]!;
    means[k] = sum / rows.length;
    for (const row of rows) squares += (row[k]! - means[k]!) ** 2;
    const deviation = Math.sqrt(squares / rows.length);
    scales[k] = deviation > 1e-9 ? 1 / deviation : 0;
  }
  return (row) => row.map((value, k) => (value - means[k]!) * scales[k]!);
}

function sideOf(input: Float32Array): number {
  return Math.sqrt(input.length / 3);
}

/** Pearson's; 0 where either is constant. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [a[i]! - ma, b[i]! - mb];
    [ab, aa, bb] = [ab + da * db, aa + da * da, bb + db * db];
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}
