/** @file A few frames of something else are an interruption, where the clip continues after them; else there are cuts. */
import { describe, expect, it } from 'vitest';

import { createRandom } from '../base/random.ts';
import type { Frame } from '../video/frames.ts';
import { watchForCuts, type Cuts } from './cut-watch.ts';

const SIDE = 96;

/** Waves that differ by their seed, moved by some pixels, with noise. */
function scene(seed: number, shift = 0): Omit<Frame, 'index' | 'time'> {
  const random = createRandom(seed);
  const waves = Array.from({ length: 6 }, () =>
    Array.from({ length: 3 }, (_, i) => (i < 2 ? random.uniform() / 6 : 6 * random.uniform())),
  );
  const noise = createRandom(1000 * seed + shift);
  const data = new Uint8Array(3 * SIDE * SIDE);
  for (let at = 0; at < SIDE * SIDE; at++) {
    const [x, y] = [(at % SIDE) + shift, Math.floor(at / SIDE)];
    const value = waves.reduce((sum, [a, b, c]) => sum + Math.sin(a! * x + b! * y + c!), 0);
    data.fill(128 + 18 * value + 3 * noise.normal(), 3 * at, 3 * at + 3);
  }
  return { data, width: SIDE, height: SIDE, channels: 3 };
}

/** The cuts in a trembling scene of 60 frames, some of which are replaced. */
function watched(
  replaced: Readonly<Record<number, Partial<Frame>>>,
  { rate = 25, from = 60, shift = (i: number) => i % 2 } = {},
): Cuts & { readonly settled: readonly number[] } {
  const watch = watchForCuts();
  const counts: number[] = [];
  const looked = { x: SIDE / 2, y: SIDE / 2, size: SIDE / 2, angle: 0 };
  for (let index = 0; index < 60; index++) {
    const image = scene(index < from ? 1 : 3, shift(index));
    const frame: Frame = { ...image, index, time: index / rate, ...replaced[index] };
    // What cannot be decoded shows nothing.
    const isNew = watch.add(frame);
    if (index % 5 === 0 || isNew) {
      if (frame.isDamaged !== true) watch.look(frame, index in replaced ? undefined : looked);
    }
    const { until, cuts, interrupted } = watch.settled();
    counts.push(until);
    // What is settled does not change.
    expect([...cuts, ...interrupted].filter((one) => one >= index + 1)).toEqual([]);
  }
  const before = { ...watch.settled(), cuts: [...watch.settled().cuts], interrupted: [...watch.settled().interrupted] }; // prettier-ignore
  const { cuts, interrupted } = watch.end();
  expect(cuts.slice(0, before.cuts.length)).toEqual(before.cuts);
  expect(interrupted.slice(0, before.interrupted.length)).toEqual(before.interrupted);
  return { cuts, interrupted, settled: counts };
}

const frames = (start: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => start + i);
const replacedBy = (
  indices: readonly number[],
  frame: Partial<Frame>,
): Record<number, Partial<Frame>> =>
  // prettier-ignore
  Object.fromEntries(indices.map((index) => [index, frame]));

describe('an interruption', () => {
  it.each([1, 2, 4])('of %d frames is none of the cuts', (count) => {
    const inside = frames(30, count);
    const { cuts, interrupted } = watched(replacedBy(inside, scene(2)));
    expect({ cuts, interrupted }).toEqual({ cuts: [], interrupted: inside });
  });

  it('may show other things, and comes again', () => {
    const inside = [12, 13, 40];
    const { cuts, interrupted } = watched({ 12: scene(2), 13: scene(4), 40: scene(2) });
    expect({ cuts, interrupted }).toEqual({ cuts: [], interrupted: inside });
  });

  it.each([
    [30, 32],
    [30, 35],
    [30, 40],
    [30, 42],
    [25, 30, 33, 37],
    [30, 36, 37, 45],
  ])('is found beside others: %j %j %j %j', (...inside) => {
    const { cuts, interrupted } = watched(replacedBy(inside, scene(2)));
    expect({ cuts, interrupted }).toEqual({ cuts: [], interrupted: inside });
  });

  it('is not what an image does that flickers', () => {
    const every = (step: number): number[] => frames(0, 60).filter((i) => i % step === 0);
    for (const step of [2, 3]) {
      const { interrupted } = watched(replacedBy(every(step), scene(2)));
      expect(interrupted.length).toBeLessThan(10);
    }
  });

  it.each([1, 2, 3, 4])('is not what an image does that is shaken: seed %d', (seed) => {
    const random = createRandom(seed);
    const shifts = frames(0, 60).map(() => Math.round(1.5 * random.normal()));
    expect(watched({}, { shift: (i) => shifts[i]! }).interrupted).toEqual([]);
  });

  it('is shorter than 0.2 s, whatever the rate', () => {
    for (const rate of [10, 25, 100]) {
      const most = Math.round(0.2 * rate) - 1;
      const inside = frames(20, most);
      expect(watched(replacedBy(inside, scene(2)), { rate }).interrupted).toEqual(inside);
      const { cuts, interrupted } = watched(replacedBy(frames(20, most + 1), scene(2)), { rate });
      expect({ cuts, interrupted }).toEqual({ cuts: [20, 20 + most + 1], interrupted: [] });
    }
  });

  it('is not found between two scenes, and none where the file states a cut', () => {
    expect(watched({}, { from: 30 })).toMatchObject({ cuts: [30], interrupted: [] });
    const between = watched({ 30: scene(2) }, { from: 31 });
    expect(between).toMatchObject({ cuts: [30, 31], interrupted: [] });
    const stated = watched({ 30: scene(2), 31: { isCut: true } });
    expect(stated).toMatchObject({ cuts: [30, 31], interrupted: [] });
  });

  it('goes over frames that cannot be decoded', () => {
    const { cuts, interrupted } = watched({ 30: scene(2), 31: { isDamaged: true } });
    expect({ cuts, interrupted: interrupted.filter((i) => i !== 31) }).toEqual({ cuts: [], interrupted: [30] }); // prettier-ignore
  });
});

it('nothing of it is settled later than before: within 0.4 s and a frame', () => {
  const { settled } = watched({ 30: scene(2) });
  expect(settled.every((until, i) => i - until <= 11)).toBe(true);
});
