/** @file `.npy` files byte for byte as NumPy writes them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { npyBytes } from './npy.ts';

interface Golden {
  readonly made_by: string;
  readonly files: readonly {
    readonly shape: readonly number[];
    readonly values: readonly number[];
    readonly header: string;
    readonly base64: string;
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL('../../../../golden/flow/npy.json', import.meta.url), 'utf8'),
) as Golden;

describe('npyBytes', () => {
  it.each(golden.files)(
    'of shape $shape is what numpy reads and writes',
    ({ shape, values, header, base64 }) => {
      const ours = Buffer.from(npyBytes(Float32Array.from(values), shape));
      const theirs = Buffer.from(base64, 'base64');
      // NumPy leaves room for a growing first axis; the literal and the numbers are the same.
      expect(ours.subarray(0, 8)).toEqual(theirs.subarray(0, 8));
      expect(ours.subarray(-4 * values.length)).toEqual(theirs.subarray(-4 * values.length));
      const length = ours.readUInt16LE(8);
      expect((10 + length) % 64).toBe(0);
      expect(ours.length).toBe(10 + length + 4 * values.length);
      expect(
        ours
          .subarray(10, 10 + length)
          .toString('latin1')
          .trim(),
      ).toBe(header);
      expect(ours[9 + length]).toBe(0x0a);
    },
  );
});
