/** @file Decisions near a threshold: what two slightly different measurements disagree on is at the edge. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createRandom } from '../base/random.ts';
import type { MotionStretch } from './follow.ts';
import { MARGIN, spotWithMargin, type MarginSpotting } from './margin.ts';
import { signal, type Pulse } from './signals.cases.ts';
import { spotMovements, type Movement } from './spot.ts';

const CORNERS = ['rightMouthCorner', 'leftMouthCorner'] as const;

/** The same clip as another decoder measures it: every displacement and opening a little off. */
function disturbed({ samples }: MotionStretch, part: number, seed: number): MotionStretch {
  const random = createRandom(seed);
  const scale = (): number => 1 + part * (2 * random.uniform() - 1);
  const gains = Array.from(samples[0]!.displacement, scale);
  const eye = scale();
  return {
    samples: samples.map((sample) => ({
      ...sample,
      displacement: sample.displacement.map((value, channel) => value * gains[channel]!),
      opening: sample.opening * eye,
    })),
  };
}

const overlaps = (a: Pick<Movement, 'onset' | 'offset'>, b: typeof a): boolean =>
  a.onset < b.offset && b.onset < a.offset;

/** Movements of one answer that the other lacks, and that neither marks as at the edge. */
function unmarked(here: MarginSpotting, there: MarginSpotting): readonly Movement[] {
  return here.movements.filter((movement) => {
    const near = there.movements.filter((other) => overlaps(other, movement));
    if (near.some(({ kind }) => kind === movement.kind)) return false;
    const isMarked =
      movement.atEdge ||
      near.some(({ atEdge }) => atEdge) ||
      there.rejected.some((other) => overlaps(other, movement));
    return !isMarked;
  });
}

describe('spotWithMargin', () => {
  it('finds what spotMovements finds', () => {
    const stretch = signal([{ regions: CORNERS, by: [1, -1], onset: 2, duration: 0.4 }], {
      blinks: [1, 3.5],
    });
    const { movements, times, values, threshold, setAside } = spotWithMargin([stretch]);
    const plain = spotMovements([stretch]);
    expect({ times, values, threshold, setAside }).toEqual({ ...plain, movements: undefined });
    expect(movements).toMatchObject(plain.movements);
    expect(movements).toHaveLength(plain.movements.length);
  });

  it('leaves clear movements and clear rest unmarked', () => {
    const pulse: Pulse = { regions: CORNERS, by: [2, -2], onset: 2, duration: 0.35 };
    const { movements, rejected } = spotWithMargin([signal([pulse], { drift: 0.3, noise: 0.01 })]);
    expect(movements).toMatchObject([{ kind: 'micro', atEdge: false }]);
    expect(rejected).toEqual([]);
  });

  it('marks a movement on either side of the threshold, and none far from it', () => {
    const at = (size: number): MarginSpotting =>
      spotWithMargin([
        signal([{ regions: ['chin'], by: [size, 0], onset: 2, duration: 0.4 }], {
          ...{ noise: 0, drift: 0 },
        }),
      ]);
    const found = (size: number): boolean => at(size).movements.length > 0;
    let [low, high] = [0.05, 1];
    for (let i = 0; i < 30; i++) {
      const middle = (low + high) / 2;
      if (found(middle)) high = middle;
      else low = middle;
    }
    expect(at(high)).toMatchObject({ movements: [{ atEdge: true }], rejected: [] });
    expect(at(low)).toMatchObject({ movements: [], rejected: [{ kind: 'micro' }] });
    expect(at(high * (1 + 2 * MARGIN))).toMatchObject({ movements: [{ atEdge: false }] });
    expect(at(low * (1 - 2 * MARGIN)).rejected).toEqual([]);
  });

  it('leaves two measurements of one clip no disagreement that neither marks', () => {
    let disagreements = 0;
    fc.assert(
      fc.property(
        fc.record({
          size: fc.double({ min: 0.13, max: 0.2, noNaN: true }),
          durations: fc.array(fc.double({ min: 0.25, max: 0.6, noNaN: true }), {
            minLength: 2,
            maxLength: 3,
          }),
          depth: fc.nat(1),
          seed: fc.nat(10_000),
        }),
        ({ size, durations, depth, seed }) => {
          const pulses = durations.map((duration, i): Pulse => ({
            regions: i % 2 === 0 ? CORNERS : ['leftInnerBrow', 'rightInnerBrow'],
            by: [size, -size / (1 + (i % 3))],
            onset: 1 + 1.1 * i,
            duration,
          }));
          const blinks = [1.3].slice(0, depth);
          const stretch = signal(pulses, { seed, seconds: 4.5, drift: 0.05, noise: 0.02, blinks });
          const here = spotWithMargin([stretch]);
          const there = spotWithMargin([disturbed(stretch, 0.8 * MARGIN, seed)]);
          if (here.movements.length !== there.movements.length) disagreements++;
          expect([...unmarked(here, there), ...unmarked(there, here)]).toEqual([]);
        },
      ),
      { numRuns: 60, seed: 13 },
    );
    // The property would hold for any clips on which there is no disagreement.
    expect(disagreements).toBeGreaterThan(2);
  });
});
