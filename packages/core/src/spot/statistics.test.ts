/** @file Medians of moving windows are those of the windows. */
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { median, slidingMedian } from './statistics.ts';

it('gives the median of each window that moves over a line', () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
    fc.constantFrom(-1, 0, 0.1, 1), // equal numbers enter and leave
  );
  const steps = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 80 }), steps, (numbers, moves) => {
      const line = Float64Array.from(numbers);
      const medianOf = slidingMedian(line);
      let [from, to] = [0, 0];
      for (const [left, right] of moves) {
        to = Math.min(line.length, to + right);
        from = Math.min(to, from + left);
        // Plus 0: a zero may have either sign.
        expect(medianOf(from, to) + 0).toBe(median(line.subarray(from, to)) + 0);
      }
    }),
  );
});
