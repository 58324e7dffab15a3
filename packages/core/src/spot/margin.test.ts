/** @file Decisions near a threshold: what two slightly different measurements disagree on is at the edge. */
import { describe, expect, it } from 'vitest';

import type { MotionStretch } from './follow.ts';
import { MARGIN, spotWithMargin, type MarginSpotting } from './margin.ts';
import { signal, type Pulse } from './signals.cases.ts';
import { spotMovements, type Movement } from './spot.ts';

const CORNERS = ['rightMouthCorner', 'leftMouthCorner'] as const;

/** The same clip as another decoder measures it: all movement a little larger or smaller. */
const scaled = ({ samples }: MotionStretch, part: number): MotionStretch => ({
  samples: samples.map((sample) => ({
    ...sample,
    displacement: sample.displacement.map((value) => value * (1 + part)),
  })),
});

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
    const { movements, times, values, threshold, setAside, speech } = spotWithMargin([stretch]);
    const plain = spotMovements([stretch]);
    expect({ times, values, threshold, setAside, speech }).toEqual({
      ...plain,
      movements: undefined,
    });
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
    for (let i = 0; i < 16; i++) {
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
    // In steps of what the measurements differ by, so that some of them lie on two sides of the threshold.
    for (let step = 0; step < 12; step++) {
      const size = 0.13 * (1 + 0.8 * MARGIN) ** step;
      const pulse: Pulse = {
        ...{ regions: CORNERS, by: [size, -size / (1 + (step % 3))], onset: 1, duration: 0.35 },
      };
      const stretch = signal([pulse], { seed: step, seconds: 3, drift: 0.05, noise: 0.02 });
      const here = spotWithMargin([stretch]);
      for (const part of [-0.8 * MARGIN, 0.8 * MARGIN]) {
        const there = spotWithMargin([scaled(stretch, part)]);
        if (here.movements.length !== there.movements.length) disagreements++;
        expect([...unmarked(here, there), ...unmarked(there, here)]).toEqual([]);
      }
    }
    expect(disagreements).toBeGreaterThan(0);
  });
});
