/** @file Times, progress, the curve and arrows: what the page reckons with. */
import { nearestIndex } from '@telltale/web/times';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { arrowsToDraw } from '../player/arrows.ts';
import { curvePath } from './curve.ts';
import { estimate, type Estimate } from '../analysis/progress.ts';
import { clockOf, ticksOf } from './time.ts';

describe('time', () => {
  it('is written with minutes, and with hours where there are some', () => {
    expect([0, 4.317, 59.999, 61, 3723.4].map(clockOf)).toEqual([
      '0:00.00',
      '0:04.32',
      '1:00.00',
      '1:01.00',
      '1:02:03.40',
    ]);
  });

  it('the nearest frame is the nearest of all', () => {
    const rising = fc
      .array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 })
      .map((gaps) => gaps.map((_, i) => gaps.slice(0, i + 1).reduce((a, b) => a + b)));
    fc.assert(
      fc.property(rising, fc.double({ min: -1, max: 40, noNaN: true }), (times, time) => {
        const found = Math.abs(times[nearestIndex(times, time)]! - time);
        expect(found).toBe(Math.min(...times.map((one) => Math.abs(one - time))));
      }),
    );
  });

  it('ticks are round numbers from 0 to the end', () => {
    expect(ticksOf(4, 8)).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]);
    expect(ticksOf(0.9, 3)).toEqual([0, 0.5]);
    expect(ticksOf(300, 6)).toEqual([0, 50, 100, 150, 200, 250, 300]);
  });
});

it('time left: measured in the stage that runs, guessed for those to come, kept between stages', () => {
  let now: Estimate | undefined;
  now = estimate(now, { stage: 'face', done: 0, total: 100 }, 0);
  expect(now.left).toBeUndefined();
  now = estimate(now, { stage: 'face', done: 50, total: 100 }, 1000);
  // 20 ms a frame: half of this stage, and a twentieth of it for all that comes later.
  expect(now.left).toBeCloseTo(1 + 0.1, 6);
  now = estimate(now, { stage: 'movement', done: 1, total: 100 }, 2000);
  expect(now).toMatchObject({ share: 0.01, since: 2000 });
  expect(now.left).toBeCloseTo(1.1, 6);
  now = estimate(now, { stage: 'movement', done: 50, total: 100 }, 6000);
  expect(now.left).toBeCloseTo(4 + 0.4, 6);
});

describe('curve', () => {
  const box = { from: 0, to: 4, top: 2, width: 400, height: 100 };

  it('keeps the peak, however many frames fall on one column', () => {
    const times = Array.from({ length: 4001 }, (_, i) => i / 1000);
    const values = times.map((_, i) => (i === 1777 ? 2 : 0));
    const path = curvePath(times, values, box);
    expect(path).toContain(' 0.0');
    expect(path.split(/[ML]/)).toHaveLength(2 * 400 + 2);
  });

  it('breaks where there is no value, and stays inside', () => {
    const path = curvePath([0, 1, 2, 3, 4], [1, 1, null, 9, 1], box);
    expect(path).toBe('M0.0 50.0L100.0 50.0M300.0 0.0L400.0 50.0');
  });
});

it('arrows: small movements are left out, the longest has a fixed length, directions stay', () => {
  const drawn = arrowsToDraw([
    [1, 2, 0, 2],
    [3, 4, 1, 0],
    [5, 6, 0.1, 0.1],
  ]);
  expect(drawn).toEqual([
    [1, 2, 0, 26],
    [3, 4, 13, 0],
  ]);
  expect(arrowsToDraw([[1, 1, 0, 0]])).toEqual([]);
});
