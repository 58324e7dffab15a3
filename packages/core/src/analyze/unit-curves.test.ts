/** @file Units as curves: amounts that explain what the regions did, on the side that did it. */
import { expect, test } from 'vitest';

import { REGIONS, type Region } from '../spot/regions.ts';
import type { FaceMotion } from '../spot/measure.ts';
import { regionMoves } from './region-moves.ts';
import { unitCurveNames, unitCurves } from './unit-curves.ts';

const RATE = 40;
const FRAMES = 160;
const times = Array.from({ length: FRAMES }, (_, i) => i / RATE);
/** From 0 to 1 and back around 2 s, for .4 s. */
const pulse = (time: number): number => Math.max(0, 1 - Math.abs(time - 2) / 0.2);

/** A face whose regions go somewhere and back, each by so many pixels, while all drift. */
function moving(moves: Partial<Record<Region, readonly [x: number, y: number]>>): FaceMotion {
  const samples = times.map((time) => ({
    ...{ time, opening: 0.3 },
    displacement: Float64Array.from({ length: 2 * REGIONS.length }, (_, i) => {
      const far = moves[REGIONS[i >> 1]!]?.[i % 2] ?? 0;
      return far * pulse(time) + 0.1 * time;
    }),
  }));
  return { stretches: [{ samples }], seen: times.map(() => true), interocular: 100 };
}

/** Curves at the apex and away from it, by name. */
function valuesOf(motion: FaceMotion | undefined, frame: number): Record<string, number | null> {
  const curves = unitCurves(regionMoves(motion, times), times);
  return Object.fromEntries(unitCurveNames.map((name, i) => [name, curves[i]!.values[frame]!]));
}

const APEX = 2 * RATE;
const others = (values: Record<string, number | null>, ...own: readonly string[]): number =>
  Math.max(...Object.entries(values).map(([name, value]) => (own.includes(name) ? 0 : value!)));

test('a lip corner that goes up and outward is unit 12 of its side', () => {
  const motion = moving({ leftMouthCorner: [0.65, -0.75], leftNoseWing: [0.2, -0.15] });
  const values = valuesOf(motion, APEX);
  expect(values['AU12_left']).toBeGreaterThan(0.85);
  expect(others(values, 'AU12_left')).toBeLessThan(0.25);
  // Before it began, drift is taken off.
  expect(others(valuesOf(motion, APEX - RATE))).toBeLessThan(0.1);
});

test('the same of the subject’s right goes to the left of the image', () => {
  const values = valuesOf(moving({ rightMouthCorner: [-0.65, -0.75] }), APEX);
  expect(values['AU12_right']).toBeGreaterThan(0.8);
  expect(values['AU12_left']).toBeLessThan(0.1);
});

test('brows down with raised wings of the nose are a wrinkled nose; wings alone, a raised lip', () => {
  const wings = { leftNoseWing: [0.15, -1], rightNoseWing: [-0.15, -1] } as const;
  const nose = { ...wings, leftInnerBrow: [-0.2, 0.55], rightInnerBrow: [0.2, 0.55] } as const;
  const wrinkled = valuesOf(moving(nose), APEX);
  expect(wrinkled['AU9_left']).toBeGreaterThan(0.6);
  expect(wrinkled['AU9_left']).toBeGreaterThan(2 * wrinkled['AU10_left']!);
  const raised = valuesOf(moving(wings), APEX);
  expect(raised['AU10_left']).toBeGreaterThan(1.5 * raised['AU9_left']!);
});

test('a blink moves only lids, and nothing is measured where there is no motion', () => {
  const values = valuesOf(moving({ leftUpperLid: [0, 3], rightUpperLid: [0, 3] }), APEX);
  expect(others(values)).toBeLessThan(0.35);
  expect(Object.values(valuesOf(undefined, APEX)).every((value) => value === null)).toBe(true);
});
