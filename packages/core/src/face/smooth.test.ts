import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createRandom } from '../base/random.ts';
import type { FaceRegion } from './landmarks.ts';
import { smoothRegions } from './smooth.ts';

const region = (x: number, angle = 0): FaceRegion => ({ x, y: 300, size: 200, angle });
const even = (count: number, rate: number): number[] =>
  Array.from({ length: count }, (_, i) => i / rate);

describe('smoothed regions', () => {
  it('of a steady movement are unchanged, at both ends and with uneven times too', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.005, max: 0.1, noNaN: true }), { minLength: 2, maxLength: 60 }),
        fc.double({ min: -100, max: 100, noNaN: true }),
        (steps, speed) => {
          let now = 0;
          const times = steps.map((step) => (now += step));
          const smooth = smoothRegions(
            times.map((time) => region(500 + speed * time)),
            times,
          );
          smooth.forEach((out, i) => expect(out!.x).toBeCloseTo(500 + speed * times[i]!, 5));
        },
      ),
    );
  });

  it('have the noise that a Gaussian of that length leaves', () => {
    const random = createRandom(1);
    const rate = 50;
    const times = even(2000, rate);
    const smooth = smoothRegions(
      times.map(() => region(500 + random.normal())),
      times,
      { sigma: 0.1 },
    );
    const middle = smooth.slice(50, -50).map((out) => out!.x - 500);
    const spread = Math.hypot(...middle) / Math.sqrt(middle.length);
    // White noise through a Gaussian of σ frames keeps 1 / √(2 σ √π) of its standard deviation.
    expect(spread).toBeCloseTo(1 / Math.sqrt(2 * 0.1 * rate * Math.sqrt(Math.PI)), 1);
  });

  it('do not lag', () => {
    const times = even(101, 50);
    const bump = times.map((time) => region(500 + 10 * Math.exp(-0.5 * ((time - 1) / 0.3) ** 2)));
    const smooth = smoothRegions(bump, times).map((out) => out!.x);
    expect(smooth.indexOf(Math.max(...smooth))).toBe(50);
    smooth.forEach((x, i) => expect(x).toBeCloseTo(smooth[100 - i]!, 8));
  });

  it('keep gaps, and mix nothing across gaps and jumps', () => {
    const regions = [
      ...Array.from({ length: 10 }, () => region(100)),
      null,
      null,
      ...Array.from({ length: 10 }, () => region(130)),
      ...Array.from({ length: 10 }, () => region(600)),
    ];
    const smooth = smoothRegions(regions, even(regions.length, 25));
    smooth.forEach((out, i) => {
      if (regions[i] === null) expect(out).toBeNull();
      else expect(out!.x).toBeCloseTo(regions[i]!.x, 6);
    });
  });

  it('turn through half a circle without a step', () => {
    const times = even(50, 25);
    const angles = times.map((time) => 3 + 0.3 * time);
    const wrapped = angles.map((angle) => Math.atan2(Math.sin(angle), Math.cos(angle)));
    const smooth = smoothRegions(
      wrapped.map((angle) => region(500, angle)),
      times,
    );
    smooth.forEach((out, i) => expect(Math.cos(out!.angle - angles[i]!)).toBeCloseTo(1, 8));
  });

  it('leave single frames and an empty clip alone', () => {
    expect(smoothRegions([], [])).toEqual([]);
    expect(smoothRegions([region(5)], [0])).toEqual([region(5)]);
    expect(smoothRegions([region(5), region(6)], [0, 1], { sigma: 0 })).toEqual([
      region(5),
      region(6),
    ]);
  });
});
