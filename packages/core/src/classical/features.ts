/**
 * @file From a network's input to the features of a classical machine.
 *
 * A face is cut into 7×7 cells. Each cell measures how much moves to each of the
 * four sides, how much moves at all, and how much is strained, on average over
 * its pixels. Sides are distinguished because brows that part and brows that meet
 * would else cancel inside a cell, as the bins of the histograms of oriented
 * flow do (Chaudhry et al. 2009, "Histograms of Oriented Optical Flow and
 * Binet-Cauchy Kernels on Nonlinear Dynamical Systems", CVPR); cells forgive
 * small differences between faces, as the regions of Liu et al. 2016, "A Main
 * Directional Mean Optical Flow Feature for Spontaneous Micro-Expression
 * Recognition", IEEE TAFFC 7(4), do.
 */
import { TelltaleError } from '../base/errors.ts';

/** Cells on a side. */
export const CELLS = 7;

/** Features of a cell from its pixels (u, v, strain). */
const QUANTITIES: readonly ((u: number, v: number, strain: number) => number)[] = [
  (u) => Math.max(u, 0),
  (u) => Math.max(-u, 0),
  (_, v) => Math.max(v, 0),
  (_, v) => Math.max(-v, 0),
  (u, v) => Math.hypot(u, v),
  (_u, _v, strain) => strain,
];

/**
 * Means over the cells: rightward, leftward, downward, upward, magnitude and strain; row by row each.
 *
 * @param input - as `flowInput` prepares it, shape `[3, size, size]`
 * @returns shape `[6 · 7 · 7]`
 * @throws TelltaleError `SHAPE_MISMATCH` where the side does not divide by 7
 */
export function cellFeatures(input: Float32Array): Float64Array {
  const size = sideOf(input);
  const cell = size / CELLS;
  if (!Number.isInteger(cell) || cell === 0)
    throw new TelltaleError(
      'SHAPE_MISMATCH',
      `a flow image of side ${size} cannot be cut into ${CELLS}×${CELLS} cells`,
      'Use flow images of 28×28 pixels.',
    );
  const area = size * size;
  const means = new Float64Array(QUANTITIES.length * CELLS * CELLS);
  for (let i = 0; i < area; i++) {
    const [u, v, strain] = [input[i]!, input[area + i]!, input[2 * area + i]!];
    const at = Math.floor(i / size / cell) * CELLS + Math.floor((i % size) / cell);
    QUANTITIES.forEach((quantity, k) => {
      means[k * CELLS * CELLS + at]! += quantity(u, v, strain) / (cell * cell);
    });
  }
  return means;
}

/** Shifts and scales features to mean 0 and standard deviation 1 over the given rows; a constant feature becomes 0. */
export function standardizer(rows: readonly Float64Array[]): (row: Float64Array) => Float64Array {
  const features = rows[0]?.length ?? 0;
  const means = new Float64Array(features);
  const scales = new Float64Array(features);
  for (let k = 0; k < features; k++) {
    let [sum, squares] = [0, 0];
    for (const row of rows) sum += row[k]!;
    means[k] = sum / rows.length;
    for (const row of rows) squares += (row[k]! - means[k]!) ** 2;
    const std = Math.sqrt(squares / rows.length);
    scales[k] = std > 1e-9 ? 1 / std : 0;
  }
  return (row) => row.map((value, k) => (value - means[k]!) * scales[k]!);
}

function sideOf(input: Float32Array): number {
  return Math.sqrt(input.length / 3);
}
