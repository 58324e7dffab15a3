/** @file Exposure is matched, and flow no longer sees it. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Plane } from '../base/image.ts';
import { matchBrightness } from './brightness.ts';
import { endPointError, syntheticPair, texture } from './synthetic.cases.ts';
import { createTvl1, type Tvl1 } from './tvl1.ts';

const brighter = (plane: Plane, gain: number): Plane => ({
  ...plane,
  data: plane.data.map((value) => value * gain),
});

describe('matchBrightness', () => {
  let tvl1: Tvl1;
  beforeAll(async () => {
    tvl1 = await createTvl1();
  });

  it('undoes a gain exactly', () => {
    const plane = texture(40, 30);
    const matched = matchBrightness(brighter(plane, 1.17), plane);
    for (const [i, value] of plane.data.entries()) expect(matched.data[i]).toBeCloseTo(value, 3);
  });

  it('leaves a black plane black', () => {
    const black = { data: new Float32Array(64), width: 8, height: 8 };
    expect(matchBrightness(black, texture(8, 8)).data).toEqual(black.data);
  });

  it('keeps the error of a flow under a change of exposure at what it is without', () => {
    const { from, to, truth } = syntheticPair(texture(192, 192), {
      amplitude: 1,
      noise: 0,
      seed: 1,
    });
    const bright = brighter(to, 1.1);
    const errorOf = (apex: Plane): number => endPointError(tvl1.compute(from, apex), truth).all;
    const plain = errorOf(to);
    expect(errorOf(bright)).toBeGreaterThan(2 * plain);
    expect(errorOf(matchBrightness(bright, from))).toBeLessThan(1.5 * plain);
  });
});
