/** @file Cells and standardization, by what must be true of them. */
import { describe, expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import { mirrorInput } from '../nets/input.ts';
import { CELLS, cellFeatures, standardizer } from './features.ts';

const SIZE = 28;
const AREA = SIZE * SIZE;

describe('cellFeatures', () => {
  test('puts the mean of each 4×4 cell where it belongs, sides apart', () => {
    const cellOf = (i: number): number => {
      const [x, y] = [i % SIZE, Math.floor(i / SIZE) % SIZE];
      return CELLS * Math.floor(y / 4) + Math.floor(x / 4);
    };
    const input = Float32Array.from({ length: 3 * AREA }, (_, i) => {
      const half = i % 2 === 0 ? 1 : -1; // of mean 0 in a cell: sides would cancel
      const plane = Math.floor(i / AREA);
      return plane === 2 ? cellOf(i) : half * (plane === 0 ? 3 : 4) * cellOf(i);
    });
    const features = cellFeatures(input);
    expect(features).toHaveLength(6 * CELLS * CELLS);
    const factors = [1.5, 1.5, 2, 2, 5, 1];
    features.forEach((value, i) => {
      expect(value).toBeCloseTo(factors[Math.floor(i / 49)]! * (i % 49), 4);
    });
  });

  test('of the mirrored face are those of the face, left and right exchanged', () => {
    const random = createRandom(3);
    const input = Float32Array.from({ length: 3 * AREA }, () => random.normal());
    const [one, other] = [cellFeatures(input), cellFeatures(mirrorInput(input))];
    const partner = [1, 0, 2, 3, 4, 5];
    other.forEach((value, i) => {
      const [quantity, row, column] = [Math.floor(i / 49), Math.floor((i % 49) / 7), i % 7];
      expect(value).toBeCloseTo(one[49 * partner[quantity]! + 7 * row + 6 - column]!, 10);
    });
  });

  test('refuses an image that cannot be divided', () => {
    expect(() => cellFeatures(new Float32Array(3 * 64))).toThrow(/side 8 .* 7×7/);
  });
});

test('standardizer: mean 0 and standard deviation 1 over its own rows, 0 for constant features', () => {
  const random = createRandom(2);
  const rows = Array.from({ length: 50 }, () =>
    Float64Array.of(5 + 3 * random.normal(), random.uniform(), 7),
  );
  const standard = rows.map(standardizer(rows));
  for (const k of [0, 1]) {
    const values = standard.map((row) => row[k]!);
    const mean = values.reduce((a, b) => a + b, 0) / 50;
    expect(mean).toBeCloseTo(0, 10);
    expect(values.reduce((a, b) => a + b * b, 0) / 50).toBeCloseTo(1, 10);
  }
  expect(standard.every((row) => row[2] === 0)).toBe(true);
});
