/** @file What is foreseen is what the whole clip gives, and comes within about a second. */
import { expect, it } from 'vitest';

import { createRandom } from '../base/random.ts';
import { foreseeRegions, type ForeseenRegion } from './foresee.ts';
import { interpolate } from './interpolate.ts';
import type { FaceRegion } from './landmarks.ts';
import { smoothRegions } from './smooth.ts';

/** Seconds by which cuts are certain. */
const CERTAIN = 0.45;

it.each([
  ['a swaying head', { rate: 30 }],
  ['a fast camera', { rate: 200 }],
  ['a head that turns over', { rate: 30, spin: 3 }],
  ['cuts', { rate: 30, cuts: [40, 41, 100] }],
  ['a jump without a cut', { rate: 50, jump: 110 }],
  ['a face that is missed and lost', { rate: 60, missed: [3, 9, 10, 11, 12] }],
  ['damaged frames', { rate: 30, damaged: [50, 51, 89] }],
  ['interruptions, in which the detector runs', { rate: 30, interrupted: [42, 43, 70] }],
] as const)('of %s', (_, options) => {
  const { rate, spin = 0, cuts = [], jump = Infinity, missed = [], damaged = [], interrupted = [] } = { spin: 0, cuts: [], missed: [], damaged: [], ...options } as { rate: number; spin?: number; cuts?: readonly number[]; jump?: number; missed?: readonly number[]; damaged?: readonly number[]; interrupted?: readonly number[] }; // prettier-ignore
  const random = createRandom(1);
  const times = Array.from({ length: 4 * rate }, (_, i) => (i + 0.2 * random.uniform()) / rate);
  const faceAt = (i: number): FaceRegion => ({
    x: 300 + 20 * Math.sin(times[i]!) + random.normal() + (i >= jump ? 200 : 0),
    y: 200 + random.normal(),
    size: 250 + random.normal(),
    angle: Math.PI - 2 * Math.PI * Math.floor((spin * times[i]! + Math.PI) / (2 * Math.PI)) + spin * times[i]!, // prettier-ignore
  });
  const foresight = foreseeRegions();
  const runs: { frame: number; face: FaceRegion | null }[] = [];
  const foreseen: ForeseenRegion[] = [];
  times.forEach((time, i) => {
    const isOther = interrupted.includes(i);
    const isBegin = isOther !== interrupted.includes(i - 1);
    const isRun = i === 0 || isBegin || time - times[runs.at(-1)!.frame]! >= 0.19;
    const isMissed = missed.includes(runs.length) || isOther;
    if (isRun) runs.push({ frame: i, face: isMissed ? null : faceAt(i) });
    const until = times.findIndex((one) => one >= time - CERTAIN);
    const before = (frame: number): boolean => frame < until;
    const known = { until, cuts: cuts.filter(before), interrupted: interrupted.filter(before) };
    const isDamaged = damaged.includes(i);
    foreseen.push(...foresight.add({ time, isDamaged, ...(isRun && { face: runs.at(-1)!.face }), cuts: known })); // prettier-ignore
    // The next run, the cuts before it, and what is smoothed with.
    expect(time - (times[foreseen.length] ?? time)).toBeLessThan(0.2 + 0.2 + CERTAIN + 0.46);
  });
  const sightings = runs.flatMap(({ frame, face }) => (face ? [{ frame, region: face }] : []));
  const looked = runs.filter(({ frame }) => !interrupted.includes(frame));
  const isUnknown = (i: number): boolean => damaged.includes(i) || interrupted.includes(i);
  const raw = interpolate(sightings, { runs: looked, times, cuts }).map((found, i) => (found && !isUnknown(i) ? found.region : null)); // prettier-ignore
  const whole = smoothRegions(raw, times, { cuts });
  expect(foreseen.length).toBeGreaterThan(2 * rate);
  expect(foreseen.map(({ index }) => index)).toEqual(foreseen.map((_, i) => i));
  const isFlipping = spin !== 0;
  foreseen.forEach(({ region, isCut }, i) => {
    // Whole turns are counted from where smoothing begins.
    const same = isFlipping && region ? { ...region, angle: expect.any(Number) as number } : region;
    expect(whole[i]).toEqual(same);
    expect(isCut).toBe(cuts.includes(i as never));
  });
});
