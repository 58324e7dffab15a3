/** @file A transient movement counts in full, a step does not. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { contrast, type TimeScale } from './contrast.ts';
import type { MotionSample } from './follow.ts';
import { REGIONS } from './regions.ts';

const scale: TimeScale = { gap: 0.25, reach: 0.8, open: false };
const CHIN = REGIONS.indexOf('chin');

/** A chin that is lowered by so many pixels at a time. */
function chin(by: (time: number) => number): MotionSample[] {
  return Array.from({ length: 160 }, (_, i) => {
    const displacement = new Float64Array(2 * REGIONS.length);
    displacement[2 * CHIN + 1] = by(i / 40);
    return { time: i / 40, displacement, opening: 0.3 };
  });
}

const bump = (time: number, start: number, length: number): number => {
  const part = (time - start) / length;
  return part > 0 && part < 1 ? (1 - Math.cos(2 * Math.PI * part)) / 2 : 0;
};
const most = (samples: readonly MotionSample[]): number =>
  Math.max(...contrast(samples, scale).movement.map((row) => row[CHIN]!));

describe('contrast', () => {
  it('sees a movement as large as it is, up or down', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: 1, max: 2.5, noNaN: true }),
        (size, start) => {
          const seen = most(chin((time) => size * bump(time, start, 0.4)));
          expect(seen).toBeGreaterThan(0.9 * Math.abs(size) - 1e-9);
          expect(seen).toBeLessThanOrEqual(Math.abs(size) + 1e-9);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('does not see a step, nor more than a tremble in a tremble before one', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 20, noNaN: true }),
        fc.double({ min: 0.02, max: 0.1, noNaN: true }),
        (step, tremble) => {
          const samples = chin((time) => step * Number(time > 2) - tremble * bump(time, 1.4, 0.3));
          expect(most(chin((time) => step * Number(time > 2)))).toBeLessThan(1e-9);
          // The step lies within reach: its geometric mean with the tremble alone would be up to root of 2.
          expect(most(samples)).toBeLessThanOrEqual(2 * tremble + 1e-9);
        },
      ),
      { numRuns: 30 },
    );
  });
});
