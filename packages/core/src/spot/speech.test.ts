/** @file Speech is found where the mouth repeats itself, and nowhere else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { contrast, type TimeScale } from './contrast.ts';
import { REGIONS, type Region } from './regions.ts';
import { signal, type Pulse } from './signals.cases.ts';
import { findSpeech, lipContrast, quietMouth, withLips } from './speech.ts';

const scale: TimeScale = { gap: 0.25, reach: 0.8, open: false };
const options = { cuts: [...REGIONS, 'lips'].map(() => 0.44), scale, longest: 0.5 };
const pulsesAt = (times: readonly number[], regions: readonly Region[]): Pulse[] =>
  times.map((onset, i) => ({ regions, by: [0.3 * i, 2], onset, duration: 0.22 }));
const speechOf = (pulses: readonly Pulse[]): ReturnType<typeof findSpeech> => {
  const { samples } = signal(pulses, { seconds: 8, drift: 0.3 });
  const regions = contrast(samples, scale);
  const mouth = withLips(regions, lipContrast(samples, scale));
  return findSpeech(samples, regions, { ...options, mouth });
};

describe('findSpeech', () => {
  it('finds one utterance, from the first syllable to the last', () => {
    const speech = speechOf(pulsesAt([3, 3.3, 3.7, 4, 4.35], ['chin']));
    expect(speech).toHaveLength(1);
    expect(speech[0]!.start).toBeGreaterThan(2.6);
    expect(speech[0]!.start).toBeLessThan(3.1);
    expect(speech[0]!.end).toBeGreaterThan(4.4);
    expect(speech[0]!.end).toBeLessThan(5);
  });

  it('takes a larger movement after small syllables for one more, and not one that is far larger or later', () => {
    const syllable = (onset: number, size: number): Pulse => ({ regions: ['chin'], by: [0, size], onset, duration: 0.22 }); // prettier-ignore
    const syllables = [syllable(3, 1.5), syllable(3.3, 1.5), syllable(3.6, 3)];
    const endOf = (onset: number, size: number): number =>
      speechOf([...syllables, syllable(onset, size)]).at(-1)!.end;
    const usual = speechOf(syllables).at(-1)!.end;
    expect(endOf(4.1, 8)).toBeGreaterThan(usual + 0.3);
    expect(endOf(4.1, 60)).toBeLessThan(usual + 0.1);
    expect(endOf(4.8, 8)).toBeLessThan(usual + 0.1);
  });

  it('counts syllables that run into each other, and not the tremble beside a single one', () => {
    const run = (list: readonly (readonly [onset: number, duration: number])[]): Pulse[] =>
      list.map(([onset, duration]) => ({ regions: ['chin'], by: [0, 2], onset, duration }));
    const apart = [[2, 0.2], [3, 0.22]] as const; // prettier-ignore
    expect(
      speechOf(
        run([
          [2.6, 0.2],
          [3, 0.22],
          [3.22, 0.3],
          [3.45, 0.22],
        ]),
      ),
    ).toHaveLength(1);
    expect(speechOf(run(apart))).toEqual([]);
    expect(speechOf(run([[3, 0.4]]))).toEqual([]);
  });

  it('finds it in two movements without a rest between them, in three where one is small, and not in one with a tremble', () => {
    const chin = (onset: number, size = 2): Pulse => ({ regions: ['chin'], by: [0, size], onset, duration: 0.22 }); // prettier-ignore
    expect(speechOf(pulsesAt([3, 3.4], ['chin']))).toHaveLength(1);
    expect(speechOf([chin(3), chin(3.6)])).toEqual([]);
    expect(speechOf([chin(3, 6), chin(3.4, 1), chin(3.8, 5)])).toHaveLength(1);
    expect(speechOf([chin(3, 6), chin(3.4, 1)])).toEqual([]);
  });

  it('counts lips that part or press, where nothing else of the mouth moves', () => {
    const corners = (onset: number): Pulse => ({ regions: ['rightMouthCorner', 'leftMouthCorner'], by: [2, 0], onset, duration: 0.22 }); // prettier-ignore
    const between = (lips: number): Pulse => ({ regions: [], by: [0, 0], lips, onset: 3.3, duration: 0.22 }); // prettier-ignore
    const pair = [corners(3), corners(3.6)];
    expect(speechOf(pair)).toEqual([]);
    for (const lips of [2, -2]) {
      const [whole, ...others] = speechOf([...pair, between(lips)]);
      expect(others).toEqual([]);
      expect(whole!.start).toBeLessThan(3.05);
      expect(whole!.end).toBeGreaterThan(3.7);
      expect(speechOf([corners(3), between(lips)])).toHaveLength(1);
    }
    expect(speechOf([...pair, between(0.3)])).toEqual([]);
    expect(speechOf([between(2)])).toEqual([]);
  });

  it('does not find it in brows, or in movements far apart', () => {
    expect(speechOf(pulsesAt([3, 3.3, 3.7, 4], ['leftInnerBrow', 'rightInnerBrow']))).toEqual([]);
    expect(speechOf(pulsesAt([1.5, 3.5, 5.5], ['chin']))).toEqual([]);
    expect(speechOf([])).toEqual([]);
  });
});

describe('quietMouth', () => {
  it('takes nothing away without speech, and never adds anything', () => {
    const { samples } = signal(pulsesAt([2, 2.3, 2.6, 2.9], ['chin']), { seconds: 5 });
    const loud = contrast(samples, scale);
    expect(quietMouth(samples, loud, [])).toEqual(loud);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 5, noNaN: true }), (start) => {
        const { movement } = quietMouth(samples, loud, [{ start, end: start + 1 }]);
        return movement.every((row, i) =>
          row.every((value, region) => {
            const before = loud.movement[i]![region]!;
            const { time } = samples[i]!;
            return time > start && time < start + 1 ? value <= before : value === before;
          }),
        );
      }),
      { numRuns: 30 },
    );
  });
});
