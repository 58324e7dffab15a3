/** @file Half precision against Python's struct module, and by every number that there is. */
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { fromHalf, toHalf } from './half.ts';

const { pairs } = JSON.parse(
  readFileSync(new URL('../../../golden/half.json', import.meta.url), 'utf8'),
) as { readonly pairs: readonly (readonly [value: number, half: number])[] };

describe('half precision', () => {
  it('rounds as Python does', () => {
    expect(pairs.length).toBeGreaterThan(300);
    for (const [value, half] of pairs) {
      expect(toHalf(value), String(value)).toBe(half);
      expect(toHalf(-value), String(-value)).toBe(half | 0x8000);
      // Half a unit in the last place, or 2⁻²⁵.
      expect(Math.abs(fromHalf(half) - value)).toBeLessThanOrEqual(Math.max(value * 2 ** -11, 2 ** -25)); // prettier-ignore
    }
  });

  it('keeps every number', () => {
    for (let half = 0; half < 0x10000; half++) {
      const value = fromHalf(half);
      if (Number.isNaN(value)) expect((half & 0x7c00) === 0x7c00 && (half & 1023) > 0).toBe(true);
      else expect(toHalf(value)).toBe(half);
    }
    expect([1, -2, 65_504, 2 ** -24, 2 ** -14].map(toHalf)).toEqual([0x3c00, 0xc000, 0x7bff, 1, 0x400]); // prettier-ignore
    expect([65_520, -1e9, Infinity, NaN].map(toHalf)).toEqual([0x7c00, 0xfc00, 0x7c00, 0x7e00]);
  });
});
