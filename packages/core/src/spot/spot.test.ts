/** @file Spotting on signals whose answer is known. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createRandom } from '../base/random.ts';
import type { Region } from './regions.ts';
import { signal, type Pulse } from './signals.cases.ts';
import { SPOT_DEFAULTS, spotMovements, type Movement } from './spot.ts';

const BROWS: readonly Region[] = ['rightInnerBrow', 'leftInnerBrow'];
const CORNERS: readonly Region[] = ['rightMouthCorner', 'leftMouthCorner'];

const overlap = (movement: Movement, pulse: Pulse): number => {
  const end = pulse.onset + pulse.duration;
  const both = Math.min(end, movement.offset) - Math.max(pulse.onset, movement.onset);
  return both / (Math.max(end, movement.offset) - Math.min(pulse.onset, movement.onset));
};

it('gives the same answer where times differ by rounding', () => {
  // At 30 frames per second gap and reach are whole numbers of frames: every edge of a side lies on a frame.
  const pulse: Pulse = { regions: BROWS, by: [0, -1], onset: 2, duration: 0.35 };
  const exact = signal([pulse], { seconds: 8, drift: 0.4, blinks: [5] });
  const random = createRandom(3);
  const rounded = {
    samples: exact.samples.map((sample) => ({
      ...sample,
      time: Math.round(sample.time * 1e6) / 1e6 + 1e-9 * random.normal(),
    })),
  };
  const [here, there] = [spotMovements([exact]), spotMovements([rounded])];
  expect(here.movements.map(({ kind }) => kind)).toEqual(there.movements.map(({ kind }) => kind));
  expect(Math.abs(here.threshold - there.threshold)).toBeLessThan(1e-4);
  const apart = here.values.map((value, i) => Math.abs(value - there.values[i]!));
  expect(Math.max(...apart)).toBeLessThan(1e-3);
});

describe('spotMovements', () => {
  it('finds one movement, whatever its region, direction, length and time', () => {
    fc.assert(
      fc.property(
        fc.record({
          regions: fc.constantFrom(BROWS, CORNERS, ['rightNoseWing'] as const, ['chin'] as const),
          angle: fc.double({ min: 0, max: 6.28, noNaN: true }),
          size: fc.double({ min: 1, max: 6, noNaN: true }),
          onset: fc.double({ min: 0.5, max: 4, noNaN: true }),
          duration: fc.double({ min: 0.24, max: 0.48, noNaN: true }),
          rate: fc.constantFrom(25, 30, 40, 60),
          seed: fc.nat(1000),
        }),
        ({ regions, angle, size, onset, duration, rate, seed }) => {
          const by = [size * Math.cos(angle), size * Math.sin(angle)] as const;
          const pulse: Pulse = { regions, by, onset, duration };
          const { movements } = spotMovements([signal([pulse], { rate, seed, drift: 0.5 })]);
          const micro = movements.filter(({ kind }) => kind === 'micro');
          expect(movements).toHaveLength(1);
          expect(micro).toHaveLength(1);
          expect(overlap(micro[0]!, pulse)).toBeGreaterThan(0.5);
          const apex = onset + duration / 2;
          expect(Math.abs(micro[0]!.apex - apex)).toBeLessThan(0.07);
          const moved = Math.max(...regions.map((region) => micro[0]!.regions[region]!));
          expect(moved).toBeGreaterThan(0.65 * size);
          expect(moved).toBeLessThan(1.35 * size + 0.2);
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  });

  it('finds nothing in a face that only drifts', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.double({ min: 0.01, max: 0.08, noNaN: true }), (seed, noise) => {
        expect(spotMovements([signal([], { seed, noise, drift: 0.5 })]).movements).toEqual([]);
      }),
      { numRuns: 20, seed: 7 },
    );
  });

  it('does not take a small step for an expression', () => {
    const step = (time: number): number => (time > 2.5 ? 0.8 : 0);
    expect(spotMovements([signal([], { also: step })]).movements).toEqual([]);
  });

  it('calls what is longer than half a second macro', () => {
    const pulse: Pulse = { regions: CORNERS, by: [4, -3], onset: 2, duration: 1.2 };
    const { movements } = spotMovements([signal([pulse], { seconds: 8, drift: 0.3 })]);
    expect(movements.map(({ kind }) => kind)).toEqual(['macro']);
    expect(overlap(movements[0]!, pulse)).toBeGreaterThan(0.6);
  });

  it('leaves out what takes longer and hardly stands out', () => {
    const pulse: Pulse = { regions: CORNERS, by: [0.2, -0.25], onset: 2, duration: 0.8 };
    const { movements } = spotMovements([signal([pulse], { drift: 0.2, noise: 0.01 })]);
    expect(movements).toEqual([]);
  });

  it('follows a smile to the end of the clip', () => {
    const smile: Pulse = { regions: CORNERS, by: [5, -4], onset: 1.5, duration: 20 };
    const { movements } = spotMovements([signal([smile], { seconds: 4, drift: 0.2 })]);
    expect(movements.some(({ kind }) => kind === 'micro')).toBe(false);
  });

  it('distinguishes a blink from an expression, also where both are in one clip', () => {
    const pulse: Pulse = { regions: BROWS, by: [0, -1], onset: 3, duration: 0.4 };
    const { movements } = spotMovements([signal([pulse], { blinks: [1.5], drift: 0.4 })]);
    expect(movements.map(({ kind }) => kind)).toEqual(['blink', 'micro']);
    const [blink] = movements as [Movement];
    expect(blink.onset).toBeGreaterThan(1.4);
    expect(blink.offset).toBeLessThan(1.9);
    expect(blink.regions['rightUpperLid']).toBeGreaterThan(5);
  });

  it('raises the threshold of a region that never rests', () => {
    const speech = (time: number): number => 3 * Math.sin(2 * Math.PI * 3.1 * time);
    const calm = spotMovements([signal([], {})]);
    const restless = spotMovements([signal([], { also: speech })]);
    expect(restless.threshold).toBeGreaterThan(5 * calm.threshold);
    expect(restless.movements.length).toBeLessThanOrEqual(1);
  });

  describe('during speech', () => {
    const syllables = [5, 5.35, 5.6, 5.95, 6.25, 6.5, 6.9].map((onset, i): Pulse => ({
      regions: i % 3 === 0 ? ['chin'] : [...CORNERS, 'chin'],
      by: [i % 2, 1.5 + i / 4],
      ...{ onset, duration: 0.22 },
    }));
    const room = { seconds: 12, drift: 0.4 };

    it('takes no syllable for an expression', () => {
      expect(spotMovements([signal(syllables, room)]).movements).toEqual([]);
    });

    it('still sees the brows, and the mouth before and after', () => {
      const pulses: Pulse[] = [
        { regions: CORNERS, by: [0.6, -0.6], onset: 2, duration: 0.4 },
        { regions: BROWS, by: [0, -1.2], onset: 5.7, duration: 0.4 },
        { regions: CORNERS, by: [0.6, -0.6], onset: 9, duration: 0.4 },
      ];
      const { movements } = spotMovements([signal([...syllables, ...pulses], room)]);
      expect(movements).toHaveLength(3);
      for (const [i, pulse] of pulses.entries()) {
        expect(overlap(movements[i]!, pulse)).toBeGreaterThan(0.5);
      }
    });

    it('takes no syllable of a short utterance for an expression, whatever it shows', () => {
      const shapes = [CORNERS, ['chin'], [...CORNERS, 'chin']] as const;
      const syllable = fc.record({
        shape: fc.constantFrom(...shapes),
        angle: fc.double({ min: 0, max: 6.28, noNaN: true }),
        size: fc.double({ min: 1, max: 4, noNaN: true }),
        duration: fc.double({ min: 0.15, max: 0.33, noNaN: true }),
      });
      fc.assert(
        fc.property(
          fc.array(syllable, { minLength: 3, maxLength: 6 }),
          fc.nat(1000),
          (list, seed) => {
            let at = 3;
            const pulses = list.map(({ shape, angle, size, duration }): Pulse => {
              const onset = at;
              at += 0.9 * duration;
              return { regions: shape, by: [size * Math.cos(angle), size * Math.sin(angle)], onset, duration }; // prettier-ignore
            });
            const { movements } = spotMovements([signal(pulses, { seconds: 8, drift: 0.3, seed })]);
            expect(movements.filter(({ kind }) => kind === 'micro')).toEqual([]);
          },
        ),
        { numRuns: 25, seed: 7 },
      );
    });

    it('takes two movements of the mouth for two expressions', () => {
      const pulses = [4, 5].map((onset): Pulse => ({
        regions: CORNERS,
        by: [1, -1],
        onset,
        duration: 0.35,
      }));
      const { movements } = spotMovements([signal(pulses, room)]);
      expect(movements.map(({ kind }) => kind)).toEqual(['micro', 'micro']);
    });
  });

  it('has a threshold where a clip is too short for anything to be spotted, or has no face', () => {
    for (const stretches of [[], [signal([], { seconds: 0.2 })]]) {
      const { threshold, movements, times } = spotMovements(stretches);
      expect([threshold, movements, times]).toEqual([SPOT_DEFAULTS.least, [], []]);
    }
  });

  it('gives a value for every sample, above the threshold where it finds something', () => {
    const pulse: Pulse = { regions: BROWS, by: [0, -2], onset: 2, duration: 0.4 };
    const stretch = signal([pulse], { drift: 0.4 });
    const { times, values, threshold, movements } = spotMovements([stretch]);
    expect(times).toEqual(stretch.samples.map(({ time }) => time));
    const apex = times.findIndex((time) => time >= movements[0]!.apex);
    expect(values[apex]).toBeGreaterThan(threshold);
    expect(values.filter((value) => value > threshold).length).toBeLessThan(20);
    expect(movements[0]!.confidence).toBeGreaterThan(0.65);
  });

  it('spots each stretch on its own and skips stretches that are too short', () => {
    const pulse: Pulse = { regions: BROWS, by: [0, -2], onset: 1, duration: 0.4 };
    const first = signal([pulse], { seconds: 3 });
    const late = signal([pulse], { seconds: 3, seed: 2 }).samples.map((sample) => ({
      ...sample,
      time: sample.time + 10,
    }));
    const { movements, times } = spotMovements([
      first,
      {
        samples: signal([])
          .samples.slice(0, 5)
          .map((s) => ({ ...s, time: s.time + 5 })),
      },
      { samples: late },
    ]);
    expect(movements.map(({ onset }) => Math.round(onset))).toEqual([1, 11]);
    expect(times).toHaveLength(180);
    expect(spotMovements([])).toMatchObject({ movements: [], times: [], values: [] });
  });
});
