/** @file Nothing is claimed of noise, hands and turns of the head; of clear movements everything. */
import { describe, expect, it } from 'vitest';

import type { MotionSample } from './follow.ts';
import type { SampleQuality } from './quality.ts';
import { REGIONS, type Region } from './regions.ts';
import { signal } from './signals.cases.ts';
import { spotMovements } from './spot.ts';

const GOOD: SampleQuality = {
  ...{ brightness: 140, clipped: 0, noise: 0.8, texture: 12, sharpness: 0.55, changed: 0 },
  misfit: new Float64Array(REGIONS.length).fill(0.06),
  turn: { yaw: 3, pitch: 0 },
};
const brow = { regions: ['rightInnerBrow', 'leftInnerBrow'] as const, by: [0, -2] as const, onset: 2, duration: 0.4 }; // prettier-ignore

/** A clip with a movement, in which the quality follows the time. */
function spotted(quality: (sample: MotionSample) => Partial<SampleQuality>): {
  readonly found: readonly string[];
  readonly aside: readonly string[];
} {
  const { samples } = signal([brow]);
  const measured = samples.map((sample) => ({ ...sample, quality: { ...GOOD, ...quality(sample) } })); // prettier-ignore
  const { movements, setAside } = spotMovements([{ samples: measured }]);
  return { found: movements.map(({ kind }) => kind), aside: setAside.map(({ why }) => why) };
}

/** A misfit of some regions while the movement lasts. */
const misfit =
  (value: number, names: readonly Region[]) =>
  ({ time }: MotionSample): Partial<SampleQuality> => ({
    misfit: GOOD.misfit.map((usual, i) =>
      time > 2 && time < 2.4 && names.includes(REGIONS[i]!) ? value : usual,
    ),
  });

describe('a movement', () => {
  it('is claimed in a good recording, and where no quality is known', () => {
    expect(spotted(() => ({}))).toEqual({ found: ['micro'], aside: [] });
    expect(spotMovements([signal([brow])]).movements.map(({ kind }) => kind)).toEqual(['micro']);
  });

  it('is not claimed of noise, nor in the dark', () => {
    expect(spotted(() => ({ noise: 6 }))).toEqual({ found: [], aside: ['noise'] });
    expect(spotted(() => ({ brightness: 5 }))).toEqual({ found: [], aside: ['noise'] });
    expect(spotted(() => ({ noise: 3, brightness: 20 })).found).toEqual(['micro']);
  });

  it('is not claimed of frames that are copies, and is of frames that have little noise evenly', () => {
    const dark = (noise: number, time: number): Partial<SampleQuality> => ({
      ...{ brightness: 15, noise: Math.round(30 * time) % 10 === 0 ? noise / 10 : noise },
    });
    expect(spotted(({ time }) => dark(0.2, time))).toEqual({ found: [], aside: ['noise'] });
    expect(spotted(({ time }) => dark(2, time)).found).toEqual(['micro']);
    expect(spotted(() => ({ noise: 0.2, brightness: 15 })).found).toEqual(['micro']);
  });

  it('is not claimed of copies in a stretch that is too short to show it, where the others do', () => {
    const dark = (samples: readonly MotionSample[]): MotionSample[] =>
      samples.map((sample, i) => ({ ...sample, quality: { ...GOOD, brightness: 15, noise: i % 10 === 0 ? 0.02 : 0.2 } })); // prettier-ignore
    const short = dark(signal([{ ...brow, onset: 0.4 }], { seconds: 1.2 }).samples);
    const before = dark(signal([], { seconds: 5 }).samples);
    const later = short.map((sample) => ({ ...sample, time: sample.time + 6 }));
    expect(spotMovements([{ samples: short }]).movements).toHaveLength(1);
    expect(spotMovements([{ samples: before }, { samples: later }])).toMatchObject({ movements: [], setAside: [{ why: 'noise' }] }); // prettier-ignore
  });

  it('of two or three samples is not claimed in noise', () => {
    const { samples } = signal([{ ...brow, duration: 0.1 }]);
    const spottedIn = (noise: number) =>
      spotMovements([{ samples: samples.map((sample) => ({ ...sample, quality: { ...GOOD, noise } })) }]); // prettier-ignore
    expect(spottedIn(0.8).movements).toHaveLength(1);
    expect(spottedIn(1.8)).toMatchObject({ movements: [], setAside: [{ why: 'noise' }] });
    expect(spotted(() => ({ noise: 1.8 })).found).toEqual(['micro']);
  });

  it('of the brows is claimed of a noisy, blurred or compressed face, and none of lids and mouth, which blink and speak', () => {
    expect(spotted(() => ({ sharpness: 0.38 })).found).toEqual(['micro']);
    const { samples } = signal([{ ...brow, regions: ['rightMouthCorner', 'leftMouthCorner'] }]);
    const measured = (sharpness: number): readonly MotionSample[] =>
      samples.map((sample) => ({ ...sample, quality: { ...GOOD, sharpness } }));
    expect(spotMovements([{ samples: measured(0.5) }]).setAside).toEqual([]);
    const noisy = samples.map((sample) => ({ ...sample, quality: { ...GOOD, noise: 3 } }));
    expect(spotMovements([{ samples: noisy }])).toMatchObject({ movements: [], setAside: [{ why: 'noise' }] }); // prettier-ignore
    const repeated = samples.map((sample, i) => ({ ...sample, quality: { ...GOOD, noise: i % 10 === 0 ? 0.05 : 0.8 } })); // prettier-ignore
    expect(spotMovements([{ samples: repeated }]).setAside).toMatchObject([{ why: 'noise' }]);
    const atBrows = signal([brow]).samples.map((sample, i) => ({ ...sample, quality: repeated[i]!.quality })); // prettier-ignore
    expect(spotMovements([{ samples: atBrows }]).movements).toHaveLength(1);
    expect(spotMovements([{ samples: measured(0.38) }])).toMatchObject({
      movements: [],
      setAside: [{ kind: 'micro', why: 'noise' }],
    });
  });

  it('all over a blurred face is not claimed, even where the brows move most', () => {
    const all = signal([brow, { ...brow, regions: ['chin', 'leftMouthCorner'], by: [0, 1.5] }]);
    const found = (sharpness: number) =>
      spotMovements([{ samples: all.samples.map((sample) => ({ ...sample, quality: { ...GOOD, sharpness } })) }]); // prettier-ignore
    expect(found(0.5).movements).toMatchObject([{ kind: 'micro' }]);
    expect(found(0.38)).toMatchObject({ movements: [], setAside: [{ why: 'noise' }] });
  });

  it('is not claimed of a part of the face that something covers, and is of another part', () => {
    expect(spotted(misfit(0.8, ['leftInnerBrow']))).toEqual({ found: [], aside: ['covered'] });
    expect(spotted(misfit(0.8, ['chin', 'rightMouthCorner'])).found).toEqual(['micro']);
    // Where nothing fits at any time, nothing is in front of the face: the recording is poor.
    expect(spotted(() => ({ misfit: GOOD.misfit.map(() => 0.5) })).found).toEqual(['micro']);
  });

  it('is not claimed while the head turns and returns, and is in a head that turns on', () => {
    const yaw = (at: (time: number) => number) => ({ time }: MotionSample) => ({ turn: { yaw: at(time), pitch: 0 } }); // prettier-ignore
    const bump = (time: number): number => (time > 2 && time < 2.4 ? 4 : 0);
    expect(spotted(yaw(bump))).toEqual({ found: [], aside: ['turned'] });
    expect(spotted(yaw((time) => 4 * time)).found).toEqual(['micro']);
  });
});

it('brows that both move to one side are a head that turns, and brows that draw together are not', () => {
  const outer = (right: number, left: number) => {
    const pulse = (region: Region, x: number) => ({ ...brow, regions: [region], by: [x, 0.5] as const }); // prettier-ignore
    const { samples } = signal([pulse('rightOuterBrow', right), pulse('leftOuterBrow', left)]);
    return spotMovements([{ samples: samples.map((sample) => ({ ...sample, quality: GOOD })) }]);
  };
  expect(outer(2, 1.5)).toMatchObject({ movements: [], setAside: [{ why: 'turned' }] });
  expect(outer(2, -2).movements).toHaveLength(1);
  expect(outer(2, 0.4).movements).toHaveLength(1);
});

it('a movement of the lids in noise may be a blink', () => {
  const lids = ['rightUpperLid', 'leftUpperLid'] as const;
  const { samples } = signal([{ regions: lids, by: [0, 4], onset: 2, duration: 0.4 }]);
  const closing = (time: number): number => (time > 2.05 && time < 2.35 ? 0.85 : 1);
  const measured = (noise: number): readonly MotionSample[] =>
    samples.map((sample) => ({
      ...sample,
      opening: sample.opening * closing(sample.time),
      quality: { ...GOOD, noise },
    }));
  expect(spotMovements([{ samples: measured(1) }]).movements.map(({ kind }) => kind)).toEqual(['micro']); // prettier-ignore
  // In a good recording it is one where the lids uncover something else.
  const blinking = measured(1).map((sample) => ({
    ...sample,
    opening: sample.opening * (closing(sample.time) < 1 ? 0.9 : 1),
    quality: { ...GOOD, misfit: GOOD.misfit.map((usual, i) => (REGIONS[i]!.endsWith('UpperLid') ? 0.7 : usual)) }, // prettier-ignore
  }));
  expect(spotMovements([{ samples: blinking }]).setAside).toMatchObject([{ why: 'blink' }]);
  const { movements, setAside } = spotMovements([{ samples: measured(3) }]);
  expect(movements).toEqual([]);
  expect(setAside).toMatchObject([{ kind: 'micro', why: 'noise' }]);
});
