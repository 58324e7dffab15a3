/** @file Cells, the proportion of v to u, and standardization, by what must be true of them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import { mirrorInput } from '../nets/input.ts';
import { CELLS, cellMeans, proportioned, standardizer, verticalRatio } from './features.ts';

const SIZE = 28;
const AREA = SIZE * SIZE;

/** A smooth random flow with v stretched by `1 / ratio` after its strain was taken. */
function stretchedFlow(seed: number, ratio: number): Float32Array {
  const random = createRandom(seed);
  const waves = Array.from({ length: 8 }, () => ({
    across: 0.4 * random.normal(),
    down: 0.4 * random.normal(),
    phase: 6 * random.uniform(),
    u: random.normal(),
    v: random.normal(),
  }));
  const at = (x: number, y: number): [number, number] => {
    let [u, v] = [0, 0];
    for (const wave of waves) {
      const height = Math.sin(wave.across * x + wave.down * y + wave.phase);
      [u, v] = [u + wave.u * height, v + wave.v * height];
    }
    return [u, v];
  };
  const input = new Float32Array(3 * AREA);
  for (let i = 0; i < AREA; i++) {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    const [right, left, below, above] = [at(x + 1, y), at(x - 1, y), at(x, y + 1), at(x, y - 1)];
    const [ux, vx] = [right[0] - left[0], right[1] - left[1]];
    const [uy, vy] = [below[0] - above[0], below[1] - above[1]];
    const [u, v] = at(x, y);
    input[i] = u;
    input[AREA + i] = v / ratio;
    input[2 * AREA + i] = 0.1 * Math.sqrt(ux ** 2 + vy ** 2 + (uy + vx) ** 2 / 2);
  }
  return input;
}

describe('cellMeans', () => {
  test('puts the mean of each 4×4 cell where it belongs', () => {
    const input = Float32Array.from({ length: 3 * AREA }, (_, i) => {
      const [x, y] = [i % SIZE, Math.floor(i / SIZE) % SIZE];
      const wave = ((x % 4) + (y % 4) - 3) * 0.25; // of mean 0 in a cell
      return 100 * Math.floor(i / AREA) + 10 * Math.floor(y / 4) + Math.floor(x / 4) + wave;
    });
    const means = cellMeans(input);
    expect(means).toHaveLength(3 * CELLS * CELLS);
    means.forEach((value, i) => {
      const [x, y] = [i % CELLS, Math.floor(i / CELLS) % CELLS];
      expect(value).toBeCloseTo(100 * Math.floor(i / 49) + 10 * y + x, 4);
    });
  });

  test('refuses a picture that cannot be cut', () => {
    expect(() => cellMeans(new Float32Array(3 * 64))).toThrow(/side 8 .* 7×7/);
  });
});

describe('proportion', () => {
  test('finds the ratio that was lost, up to the steps of its search', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.2, max: 5, noNaN: true }), (seed, ratio) => {
        const found = verticalRatio(stretchedFlow(seed, ratio));
        expect(Math.abs(Math.log2(found / ratio))).toBeLessThan(0.26);
      }),
      { numRuns: 25 },
    );
  });

  test('scales v against u, leaves strain, and commutes with mirroring', () => {
    const input = stretchedFlow(4, 0.5);
    const restored = proportioned(input);
    expect(restored.subarray(0, AREA)).toEqual(input.subarray(0, AREA));
    expect(restored[AREA + 7]! / input[AREA + 7]!).toBeCloseTo(0.5, 1);
    expect(restored.subarray(2 * AREA)).toEqual(input.subarray(2 * AREA));
    const tall = proportioned(stretchedFlow(4, 2));
    expect(tall[5]! / stretchedFlow(4, 2)[5]!).toBeCloseTo(0.5, 1);
    expect(proportioned(mirrorInput(input))).toEqual(mirrorInput(restored));
  });

  test('leaves a face that does not move as it is', () => {
    const still = new Float32Array(3 * AREA);
    expect(verticalRatio(still)).toBe(1);
    expect(proportioned(still)).toEqual(still);
  });
});

test('standardizer: mean 0 and deviation 1 over its own rows, 0 for what never varies', () => {
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
