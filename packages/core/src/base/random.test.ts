/** @file Random numbers: filling an array takes the same stream, and leaves it where it was left. */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createRandom } from './random.ts';

test('fill gives what calls of uniform give, before and after', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(40), (seed, count) => {
      const [one, other] = [createRandom(seed), createRandom(seed)];
      expect(one.uniform()).toBe(other.uniform());
      const filled = new Float64Array(count);
      one.fill(filled);
      expect([...filled]).toEqual(Array.from({ length: count }, () => other.uniform()));
      expect(one.uniform()).toBe(other.uniform());
    }),
  );
});
