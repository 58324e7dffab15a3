/** @file Movements seen at a low or uneven frame rate are not reported; at a high, even one they are. */
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { isSampledWell, MINIMUM_RATES, rateOfLast } from './frame-rate.ts';
import type { Movement } from './spot.ts';

const movement = (kind: Movement['kind'], onset: number, offset: number): Movement => ({
  ...{ kind, onset, offset, apex: (onset + offset) / 2 },
  ...{ confidence: 0.5, regions: {} },
});
const even = (rate: number, seconds = 10): number[] =>
  Array.from({ length: Math.floor(rate * seconds) }, (_, i) => i / rate);

it.each([
  ['micro', MINIMUM_RATES.short],
  ['blink', MINIMUM_RATES.short],
  ['macro', MINIMUM_RATES.long],
] as const)('%s: from %d frames per second on', (kind, least) => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 120, noNaN: true }),
      fc.double({ min: 1, max: 6, noNaN: true }),
      fc.double({ min: 0.1, max: 2, noNaN: true }),
      (rate, onset, duration) => {
        const reported = isSampledWell(movement(kind, onset, onset + duration), even(rate));
        if (rate >= least) expect(reported).toBe(true);
        if (rate < 0.6 * least) expect(reported).toBe(false);
      },
    ),
  );
});

it('a hole in the middle takes a movement away, the same hole elsewhere does not', () => {
  const times = even(30).filter((time) => time < 4 || time > 4.3);
  expect(isSampledWell(movement('micro', 3.9, 4.4), times)).toBe(false);
  expect(isSampledWell(movement('micro', 6, 6.4), times)).toBe(true);
});

it('one missing frame is allowed', () => {
  const times = even(15).filter((_, i) => i !== 61);
  expect(isSampledWell(movement('micro', 3.9, 4.4), times)).toBe(true);
});

it('without frames nothing is reported', () => {
  expect(isSampledWell(movement('micro', 1, 1.3), [])).toBe(false);
  expect(isSampledWell(movement('macro', 1, 3), [1.5])).toBe(false);
});

it('the rate is that of the end, not of the whole', () => {
  const times = [...even(30, 5), ...even(4, 3).map((time) => 5 + time)];
  expect(rateOfLast(times, 2)).toBeCloseTo(4, 5);
  expect(rateOfLast([3], 2)).toBe(0);
  expect(rateOfLast([], 2)).toBe(0);
});
