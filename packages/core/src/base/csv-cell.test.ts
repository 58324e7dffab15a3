import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseCsv } from '../datasets/csv.ts';
import { cleanText, csvCell, textOfCell } from './csv-cell.ts';

describe('csvCell', () => {
  it.each([
    ['=1+1.mp4', "'=1+1.mp4"],
    ['+A1', "'+A1"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', '"\'\t=1"'],
    ['\r=1', '"\'\r=1"'],
    ['a=1', 'a=1'],
    ["'=1", "''=1"],
    ["'a", "'a"],
    ['of "one", two', '"of ""one"", two"'],
    ['a\0b', 'ab'],
    ['a\uD800b', 'a\uFFFDb'],
  ])('%j becomes %j', (value, cell) => expect(csvCell(value)).toBe(cell));

  it.each([-0.25, 0, 1e-7, 12])('%s stays a number', (value) =>
    expect(Number(csvCell(value))).toBe(value),
  );

  it('never starts a formula, and is read back as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 2 }), (values) => {
        const [row] = parseCsv(`x,${values.map(csvCell).join(',')}\n`);
        const read = row!.fields.slice(1);
        expect(read).toHaveLength(values.length);
        for (const [i, value] of values.entries()) {
          expect(read[i]).not.toMatch(/^[=+\-@\t\r]/);
          expect(textOfCell(read[i]!)).toBe(cleanText(value));
        }
      }),
    );
  });
});
