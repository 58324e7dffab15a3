/**
 * @file From a flow image to the features by which units are recognized.
 *
 * A face is cut into 14×14 cells. Each cell has the mean of u, v and strain over its pixels, with their signs: what
 * two halves of a cell do in opposite directions cancels, which costs less than the features that rectified values
 * add (docs/experiments.md).
 */
import { TelltaleError } from '../base/errors.ts';

/** Cells on a side. */
export const UNIT_CELLS = 14;

/** Number of features: u, v and strain of every cell. */
export const UNIT_FEATURES: number = 3 * UNIT_CELLS * UNIT_CELLS;

/**
 * Means over the cells of u, v and strain, row by row each.
 *
 * @param input - as `flowInput` prepares it, shape `[3, size, size]`
 * @returns shape `[3 · 14 · 14]`
 * @throws TelltaleError `SHAPE_MISMATCH` where the side does not divide by 14
 */
export function unitFeatures(input: Float32Array): Float64Array {
  const size = Math.sqrt(input.length / 3);
  const cell = size / UNIT_CELLS;
  if (!Number.isInteger(cell) || cell === 0)
    throw new TelltaleError(
      'SHAPE_MISMATCH',
      `a flow image of side ${size} cannot be cut into ${UNIT_CELLS}×${UNIT_CELLS} cells`,
      'Use flow images of 28×28 pixels.',
    );
  const area = size * size;
  const means = new Float64Array(UNIT_FEATURES);
  for (let plane = 0; plane < 3; plane++) {
    for (let i = 0; i < area; i++) {
      const at = Math.floor(i / size / cell) * UNIT_CELLS + Math.floor((i % size) / cell);
      means[plane * UNIT_CELLS * UNIT_CELLS + at]! += input[plane * area + i]! / (cell * cell);
    }
  }
  return means;
}

/**
 * The features of the mirrored face: columns reversed, and what moved left now moves right (u → −u).
 *
 * @param features - shape `[3 · 14 · 14]`
 */
export function mirrorFeatures(features: Float64Array): Float64Array {
  return features.map((_, i) => {
    const column = i % UNIT_CELLS;
    const value = features[i - column + (UNIT_CELLS - 1 - column)]!;
    return i < UNIT_CELLS * UNIT_CELLS ? -value : value;
  });
}
