/** @file Units as intervals: when each moved, on which side, and none where nothing, a blink or speech moved. */
import { expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import { REGIONS, type Region } from '../spot/regions.ts';
import type { FaceMotion } from '../spot/measure.ts';
import { spotUnits } from './spot-units.ts';

const RATE = 40;
const times = Array.from({ length: 5 * RATE }, (_, i) => i / RATE);
const NOTHING = { movements: [], setAside: [], speech: [] };

interface Pulse {
  readonly at: number;
  /** Seconds. */
  readonly lasts: number;
  readonly moves: Partial<Record<Region, readonly [x: number, y: number]>>;
}

/** A face whose regions go and return, which trembles by a few hundredths of a pixel and drifts. */
function moving(...pulses: readonly Pulse[]): FaceMotion {
  const random = createRandom(3);
  const samples = times.map((time) => ({
    ...{ time, opening: 0.3 },
    displacement: Float64Array.from({ length: 2 * REGIONS.length }, (_, i) =>
      pulses.reduce(
        (sum, { at, lasts, moves }) =>
          sum +
          (moves[REGIONS[i >> 1]!]?.[i % 2] ?? 0) *
            Math.max(0, 1 - Math.abs(time - at) / (lasts / 2)),
        0.02 * random.normal() + 0.1 * time,
      ),
    ),
  }));
  return { stretches: [{ samples }], seen: times.map(() => true), interocular: 100 };
}

const SMILE = { leftMouthCorner: [0.65, -0.75], rightMouthCorner: [-0.65, -0.75] } as const;
const BROWS = { leftInnerBrow: [-0.5, 0.85], rightInnerBrow: [0.5, 0.85], leftOuterBrow: [-0.3, 0.35], rightOuterBrow: [0.3, 0.35] } as const; // prettier-ignore

test('two units at different times are two intervals, on the sides that moved', () => {
  const motion = moving(
    { at: 1.5, lasts: 0.4, moves: { leftMouthCorner: SMILE.leftMouthCorner } },
    { at: 3.5, lasts: 0.4, moves: BROWS },
  );
  const found = spotUnits({ motion, times }, NOTHING);
  expect(found.map(({ unit, side, kind }) => [unit, side, kind])).toEqual([
    [12, 'left', 'micro'],
    [4, 'both', 'micro'],
  ]);
  for (const [i, apex] of [60, 140].entries()) {
    expect(Math.abs(found[i]!.apex - apex)).toBeLessThanOrEqual(2);
    expect(Math.abs(found[i]!.onset - (apex - 8))).toBeLessThanOrEqual(3);
    expect(Math.abs(found[i]!.offset - (apex + 8))).toBeLessThanOrEqual(3);
    expect(found[i]!.amount).toBeGreaterThan(0.5);
    expect(found[i]!.confidence).toBeGreaterThan(0.3);
  }
});

test('units that overlap in time are both found, although a movement would be one', () => {
  const motion = moving(
    { at: 2, lasts: 0.4, moves: BROWS },
    { at: 2.15, lasts: 0.4, moves: SMILE },
  );
  const units = spotUnits({ motion, times }, NOTHING).map(({ unit, side }) => `${unit} ${side}`);
  expect(units).toEqual(['4 both', '12 both']);
});

test('nothing is found in a face at rest, in a step, and where a movement is too small', () => {
  expect(spotUnits({ motion: moving(), times }, NOTHING)).toEqual([]);
  const step = moving({ at: 5, lasts: 6, moves: BROWS });
  expect(spotUnits({ motion: step, times }, NOTHING)).toEqual([]);
  const small = moving({ at: 2.5, lasts: 0.4, moves: { leftMouthCorner: [0.15, -0.17] } });
  expect(spotUnits({ motion: small, times }, NOTHING)).toEqual([]);
  const found = spotUnits({ motion: small, times }, NOTHING, { least: 0.1, strictness: 3 });
  expect(found.map(({ unit }) => unit)).toContain(12);
});

test('a blink takes brows along, speech the mouth: neither is a unit', () => {
  const brows = moving({ at: 2.5, lasts: 0.3, moves: BROWS });
  const blink = { kind: 'blink', onset: 2.4, apex: 2.5, offset: 2.6, confidence: 1, regions: {} } as const; // prettier-ignore
  expect(spotUnits({ motion: brows, times }, { ...NOTHING, movements: [blink] })).toEqual([]);
  const mouth = moving({ at: 2.5, lasts: 0.3, moves: SMILE });
  const speech = [{ start: 2, end: 3 }];
  expect(spotUnits({ motion: mouth, times }, { ...NOTHING, speech })).toEqual([]);
  // Elsewhere in time they explain nothing.
  expect(spotUnits({ motion: mouth, times }, { ...NOTHING, speech: [{ start: 0, end: 1 }] })).toHaveLength(1); // prettier-ignore
  const aside = { ...blink, kind: 'micro', why: 'noise' } as const;
  expect(spotUnits({ motion: mouth, times }, { ...NOTHING, setAside: [aside] })).toEqual([]);
});
