/** @file Fractional frame numbers are rounded as the sheet displays them, and no row is lost because of them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { book, messagesOf, read } from './definitions.cases.ts';
import type { Rows } from './definitions.cases.ts';

const HEADER = [
  ...['Subject', 'Filename', 'Inducement Code', 'Onset', 'Apex', 'Offset', 'Duration', 'Type'],
  ...['Action Units', 'Notes'],
];
const readLong = (rows: Rows): ReturnType<typeof read> =>
  read('sammlv', [book('SAMM_LongVideos_V2_Release.xlsx', ['Sheet1', [HEADER, ...rows]])]);

test('SAMM Long Videos V2: 10.4 is frame 10, 20.2 is frame 20, and one note counts the cells', () => {
  const reading = readLong([
    ['006', '006_1_1', 1, '10.4', '15.5', '20.2', '9.8', 'Macro', '12', ''],
    ['006', '006_1_2', 1, 100, '-1', '120', 21, 'Micro - 1/2', '4', ''],
    ['006', '006_1_3', 1, '200.6', '-1', '260', 61, 'Macro', '12', ''],
  ]);
  expect(reading.annotations).toMatchObject([
    { clip: '006_1_1', onset: 10, apex: 16, offset: 20 },
    { clip: '006_1_2', onset: 100, offset: 120 },
    { clip: '006_1_3', onset: 201, offset: 260 },
  ]);
  expect(reading.findings).toEqual([
    {
      kind: 'note',
      message:
        'fractional frame numbers rounded as a spreadsheet program displays them, 4 in 2 rows: row 2: onset 10.4 → 10; row 2: apex 15.5 → 16; row 2: offset 20.2 → 20; row 4: onset 200.6 → 201',
    },
  ]);
});

test('no row is lost because of a fractional number, and frame numbers move by half a frame at most', () => {
  const hundredths = fc.integer({ min: 100, max: 900_000 });
  const spans = fc.array(fc.tuple(hundredths, hundredths, hundredths), { minLength: 1 });
  fc.assert(
    fc.property(spans, (all) => {
      const ordered = all.map((one) => one.toSorted((a, b) => a - b).map((value) => value / 100));
      const reading = readLong(
        ordered.map((moments, i) => ['006', `006_1_${i}`, 1, ...moments, '', 'Macro', '12', '']),
      );
      expect(reading.annotations).toHaveLength(ordered.length);
      expect(messagesOf(reading, 'row')).toEqual([]);
      expect(messagesOf(reading, 'repair')).toEqual([]);
      for (const [i, { onset, apex, offset }] of reading.annotations.entries()) {
        for (const [at, value] of [onset, apex!, offset].entries()) {
          expect(Number.isInteger(value)).toBe(true);
          expect(Math.abs(value - ordered[i]![at]!)).toBeLessThanOrEqual(0.5);
        }
      }
    }),
  );
});
