import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createRandom } from '../base/random.ts';
import { TelltaleError } from '../base/errors.ts';
import { COMBINATIONS, drawUnits, parseUnits, SYNTHETIC_EMOTIONS } from './emotions.ts';
import {
  drawFaceShape,
  syntheticFlow,
  syntheticFlowImage,
  type SyntheticFlow,
} from './flow-fields.ts';
import { MUSCLES } from './muscles.ts';

/** The cells of the training data's box where eyes and mouth are. */
const CELL = {
  brow: { left: [8, 2], right: [18, 2] },
  lip: { left: [6, 19], right: [20, 19] },
} as const;

const at = (flow: SyntheticFlow, [x, y]: readonly [number, number]): readonly [number, number] => [
  flow.u[y * flow.width + x]!,
  flow.v[y * flow.width + x]!,
];
const still = (units: string, seed = 1): SyntheticFlow =>
  syntheticFlow(createRandom(seed), units, {
    nuisance: 0,
    shape: { wide: 1, high: 1, balance: 1, seed: 0, smoothness: 0 },
  });

describe('syntheticFlow', () => {
  it('pulls lip corners outward and up for 12, and down for 15', () => {
    const smile = still('12');
    const [leftU, leftV] = at(smile, CELL.lip.left);
    const [rightU, rightV] = at(smile, CELL.lip.right);
    expect(leftU).toBeLessThan(-0.05);
    expect(rightU).toBeGreaterThan(0.05);
    expect(leftV).toBeLessThan(-0.05);
    expect(rightV).toBeLessThan(-0.05);
    expect(at(still('15'), CELL.lip.left)[1]).toBeGreaterThan(0.05);
  });

  it('raises brows for 1+2, and lowers and gathers them for 4', () => {
    expect(at(still('1+2'), CELL.brow.left)[1]).toBeLessThan(-0.05);
    const frown = still('4');
    expect(at(frown, CELL.brow.left)[1]).toBeGreaterThan(0.05);
    expect(at(frown, CELL.brow.left)[0]).toBeGreaterThan(0.03);
    expect(at(frown, CELL.brow.right)[0]).toBeLessThan(-0.03);
  });

  it("moves the subject's left, which is the right of the image, for L", () => {
    const left = Math.hypot(...at(still('L12'), CELL.lip.right));
    const other = Math.hypot(...at(still('L12'), CELL.lip.left));
    expect(left).toBeGreaterThan(4 * other);
  });

  it('depends on the seed alone', () => {
    const [a, b] = [1, 1].map((seed) => syntheticFlow(createRandom(seed), 'negative'));
    expect(a).toEqual(b);
    expect(syntheticFlow(createRandom(2), 'negative').u).not.toEqual(a!.u);
  });

  it('grows with intensity where nothing spoils it, and is nothing at none', () => {
    const shape = drawFaceShape(createRandom(3));
    const flow = (intensity: number): SyntheticFlow =>
      syntheticFlow(createRandom(4), '4+7', { shape, intensity, nuisance: 0 });
    const [one, two] = [flow(1), flow(2)];
    for (const [i, value] of one.v.entries()) expect(two.v[i]).toBeCloseTo(2 * value, 5);
    expect(flow(0).v.every((value) => value === 0)).toBe(true);
  });

  it('shows the same field at every size', () => {
    const flow = (size: number): SyntheticFlow =>
      syntheticFlow(createRandom(5), '12', {
        ...{ size, nuisance: 0 },
        shape: { wide: 1, high: 1, balance: 1, seed: 0, smoothness: 0 },
      });
    const [small, large] = [flow(28), flow(84)];
    for (const [x, y] of [CELL.lip.left, CELL.brow.right, [14, 14]] as const) {
      // Cell (x, y) of the small field has its center in the middle of 3×3 cells of the large one.
      expect(at(large, [3 * x + 1, 3 * y + 1])[0] / 3).toBeCloseTo(at(small, [x, y])[0], 5);
    }
  });

  it('is finite and small for every emotion, subject and nuisance', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e9 }),
        fc.constantFrom(...SYNTHETIC_EMOTIONS, 'negative', 'positive'),
        fc.double({ min: 0, max: 2, noNaN: true }),
        (seed, emotion, nuisance) => {
          const { u, v, units } = syntheticFlow(createRandom(seed), emotion, { nuisance });
          expect(units).toMatch(/^[LR]?\d+(\+[LR]?\d+)*$/);
          return [...u, ...v].every((value) => Math.abs(value) < 28);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuses unknown emotions and invalid sizes', () => {
    for (const word of ['joy', '', '4+', '12L', '__proto__', 'constructor']) {
      expect(() => syntheticFlow(createRandom(1), word)).toThrow(TelltaleError);
    }
    expect(() => syntheticFlow(createRandom(1), '12', { size: 3 })).toThrow(/size 3/);
  });
});

describe('syntheticFlowImage', () => {
  it('stretches u, v and strain of the same movement to bytes', () => {
    const { image, units } = syntheticFlowImage(createRandom(6), 'surprise');
    expect(units).toMatch(/\d/);
    expect([image.width, image.height, image.channels]).toEqual([28, 28, 3]);
    for (let channel = 0; channel < 3; channel++) {
      const bytes = [...image.data].filter((_, i) => i % 3 === channel);
      expect([Math.min(...bytes), Math.max(...bytes)]).toEqual([0, 255]);
    }
  });
});

describe('the tables', () => {
  it('name only units that move something', () => {
    for (const combinations of Object.values(COMBINATIONS)) {
      for (const [units] of combinations) {
        for (const { unit } of parseUnits(units)) expect(MUSCLES).toHaveProperty(String(unit));
      }
    }
  });

  it('draw every combination of an emotion', () => {
    const random = createRandom(1);
    const drawn = new Set(Array.from({ length: 2000 }, () => drawUnits(random, 'disgust')));
    expect(drawn.size).toBe(COMBINATIONS.disgust.length);
  });
});
