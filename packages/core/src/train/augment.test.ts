/** @file What augmentation does to the geometry of flow, and that its seed determines it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import { augmentInput, mixBatch, noAugmentation, shiftInput } from './augment.ts';
import { classWeights, drawEpoch, epochShares } from './balance.ts';

const SIZE = 28;
const at = (c: number, y: number, x: number): number => (c * SIZE + y) * SIZE + x;

function randomInput(seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: 3 * SIZE * SIZE }, () => random.normal());
}

describe('augmentInput', () => {
  test('mirrors columns and turns u around, and nothing else', () => {
    const input = randomInput(1);
    const mirrored = augmentInput(input, { ...noAugmentation, mirror: 1 }, createRandom(1));
    expect(mirrored[at(0, 3, 5)]).toBe(-input[at(0, 3, SIZE - 1 - 5)]!);
    expect(mirrored[at(1, 3, 5)]).toBe(input[at(1, 3, SIZE - 1 - 5)]);
    expect(mirrored[at(2, 3, 5)]).toBe(input[at(2, 3, SIZE - 1 - 5)]);
  });

  test('turns u around and scales flow wherever it stands, and leaves faces their light', () => {
    const random = createRandom(6);
    const input = Float32Array.from({ length: 3 * SIZE * SIZE }, () => random.normal());
    const options = { ...noAugmentation, mirror: 1, amplitude: 0.5 };
    const planes = ['apex', 'u', 'difference'] as const;
    const changed = augmentInput(input, { ...options, planes }, createRandom(2));
    const mirrored = (c: number): number => input[at(c, 3, SIZE - 1 - 5)]!;
    const scale = -changed[at(1, 3, 5)]! / mirrored(1);
    expect(scale).toBeGreaterThan(0.5);
    expect(scale).toBeLessThan(1.5);
    expect(scale).not.toBe(1);
    expect(changed[at(0, 3, 5)]).toBe(mirrored(0));
    expect(changed[at(2, 3, 5)]).toBe(mirrored(2));
  });

  test('changes the light of faces alike, standardizes them again, and leaves flow alone', () => {
    const planes = ['u', 'apex', 'onset', 'difference'] as const;
    const area = SIZE ** 2;
    const random = createRandom(9);
    const standard = (): Float32Array => {
      const plane = Float32Array.from({ length: area }, () => random.normal());
      const mean = plane.reduce((a, b) => a + b) / area;
      const std = Math.sqrt(plane.reduce((sum, value) => sum + (value - mean) ** 2, 0) / area);
      return plane.map((value) => (value - mean) / std);
    };
    const [u, face] = [standard(), standard()];
    const input = new Float32Array(4 * area);
    [u, face, face].forEach((plane, c) => input.set(plane, c * area));
    const changed = augmentInput(input, { ...noAugmentation, light: 1, planes }, createRandom(3));
    const plane = (c: number): Float32Array => changed.subarray(c * area, (c + 1) * area);
    expect(plane(0)).toEqual(u);
    const [apex, onset, difference] = [plane(1), plane(2), plane(3)];
    for (const one of [apex, onset]) {
      expect(one.reduce((a, b) => a + b) / area).toBeCloseTo(0, 4);
      expect(one.reduce((sum, value) => sum + value ** 2, 0) / area).toBeCloseTo(1, 4);
      const change = one.reduce((sum, value, i) => sum + (value - face[i]!) ** 2, 0) / area;
      expect(change).toBeGreaterThan(0.01);
    }
    difference.forEach((value, i) => expect(value).toBeCloseTo(apex[i]! - onset[i]!, 5));
    // Equal faces in equal light: what is left is noise.
    const left = difference.reduce((sum, value) => sum + value ** 2, 0) / area;
    expect(Math.sqrt(left)).toBeLessThan(0.15);
    const alone = augmentInput(input.subarray(0, area), { ...noAugmentation, light: 1, planes: ['u'] }, createRandom(3)); // prettier-ignore
    expect(alone).toEqual(u);
  });

  test('shifts and scales within its bounds', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const input = randomInput(7).map(Math.abs);
        const options = { ...noAugmentation, shift: 1, amplitude: 0.2 };
        const changed = augmentInput(input, options, createRandom(seed));
        const scales = [-1, 0, 1].flatMap((down) =>
          [-1, 0, 1].map((across) => {
            const shifted = shiftInput(input, { across, down });
            const scale = changed[at(1, 9, 9)]! / shifted[at(1, 9, 9)]!;
            const fits = shifted.every((value, i) => Math.abs(value * scale - changed[i]!) < 1e-5);
            return fits ? scale : NaN;
          }),
        );
        expect(scales.filter((scale) => scale >= 0.7999 && scale <= 1.2001)).toHaveLength(1);
      }),
      { numRuns: 20 },
    );
  });

  test('changes nothing where every amount is 0, and leaves its input alone', () => {
    const input = randomInput(2);
    const before = input.slice();
    expect(augmentInput(input, noAugmentation, createRandom(3))).toEqual(before);
    augmentInput(input, { mirror: 1, shift: 1, amplitude: 1, mixup: 0 }, createRandom(3));
    expect(input).toEqual(before);
  });

  test('shifting repeats the border', () => {
    const input = randomInput(4);
    const shifted = shiftInput(input, { across: 1, down: -1 });
    expect(shifted[at(2, 4, 6)]).toBe(input[at(2, 5, 5)]);
    expect(shifted[at(0, 4, 0)]).toBe(input[at(0, 5, 0)]);
    expect(shifted[at(1, SIZE - 1, 6)]).toBe(input[at(1, SIZE - 1, 5)]);
  });
});

test('mixing keeps the mean of a batch and the sum of its targets', () => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: 0.1, max: 3, noNaN: true }), (seed, alpha) => {
      const random = createRandom(seed);
      const inputs = Float32Array.from({ length: 5 * 4 }, () => random.normal());
      const targets = new Float32Array(5 * 3);
      for (let row = 0; row < 5; row++) targets[row * 3 + random.integer(3)] = 1;
      const before = { inputs: inputs.slice(), targets: targets.slice() };
      mixBatch({ inputs, targets, batch: 5 }, alpha, random);
      for (let row = 0; row < 5; row++) {
        const sum = targets.subarray(row * 3, row * 3 + 3).reduce((a, b) => a + b, 0);
        expect(sum).toBeCloseTo(1, 5);
        for (let i = 0; i < 4; i++) {
          const own = before.inputs[row * 4 + i]!;
          const next = before.inputs[((row + 1) % 5) * 4 + i]!;
          const mixed = inputs[row * 4 + i]!;
          expect(mixed).toBeGreaterThanOrEqual(Math.min(own, next) - 1e-5);
          expect(mixed).toBeLessThanOrEqual(Math.max(own, next) + 1e-5);
        }
      }
    }),
  );
});

describe('drawEpoch', () => {
  const labels = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 60 });

  test('fills whole batches, and balances what it draws', () => {
    fc.assert(
      fc.property(labels, fc.integer({ min: 1, max: 32 }), fc.integer(), (list, batch, seed) => {
        const drawn = drawEpoch(list, { batch, balance: 1 }, createRandom(seed));
        expect(drawn.length).toBe(Math.ceil(list.length / batch) * batch);
        const present = [...new Set(list)];
        const perClass = present.map((c) => drawn.filter((i) => list[i] === c).length);
        expect(Math.max(...perClass) - Math.min(...perClass)).toBeLessThanOrEqual(1);
        for (const c of present) {
          const times = list.flatMap((label, i) =>
            label === c ? [drawn.filter((one) => one === i).length] : [],
          );
          expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('shows each sample once without balance, where batches come out even', () => {
    const list = Array.from({ length: 64 }, (_, i) => (i < 50 ? 0 : 1));
    const drawn = drawEpoch(list, { batch: 32, balance: 0 }, createRandom(5));
    expect([...drawn].sort((a, b) => a - b)).toEqual(list.map((_, i) => i));
  });

  test('balance lies between the two', () => {
    expect(epochShares([100, 25], { batch: 125, balance: 0 })).toEqual([100, 25]);
    expect(epochShares([90, 10], { batch: 50, balance: 0.5 })).toEqual([75, 25]);
    expect(epochShares([100, 0, 20], { batch: 40, balance: 1 })).toEqual([60, 0, 60]);
  });

  test('the seed determines the order', () => {
    const list = Array.from({ length: 40 }, (_, i) => i % 3);
    const draw = (seed: number): number[] =>
      drawEpoch(list, { batch: 8, balance: 1 }, createRandom(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});

describe('classWeights', () => {
  test('are those of the effective number, with mean 1 over the samples', () => {
    const weights = classWeights([158, 83, 68], 0.999);
    [0.669601, 1.22865, 1.488605].forEach((weight, c) => expect(weights[c]).toBeCloseTo(weight, 5));
    const mean = (158 * weights[0]! + 83 * weights[1]! + 68 * weights[2]!) / (158 + 83 + 68);
    expect(mean).toBeCloseTo(1, 9);
  });

  test('lie between even samples and even classes', () => {
    expect(classWeights([30, 10], 0)).toEqual([1, 1]);
    const [many, few] = classWeights([30, 10], 0.999999);
    expect(few! / many!).toBeCloseTo(3, 3);
    expect(classWeights([5, 0, 5], 0.99)).toEqual([1, 0, 1]);
  });
});
