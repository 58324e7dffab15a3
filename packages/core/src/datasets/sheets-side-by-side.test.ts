/** @file Several editions of one annotation in one folder: which is read, why, and what is reported of the others. */
import { describe, expect, test } from 'vitest';

import { book, messagesOf, read } from './definitions.cases.ts';
import type { Rows } from './definitions.cases.ts';
import { definitionOf } from './definitions.ts';
import { identifyEdition } from './editions.ts';

const CASME3: Rows[number] = [
  ...['Subject', 'Filename', 'Onset', 'Apex', 'Offset', 'AU', 'Objective class', 'emotion'],
];
const label = (...onsets: readonly number[]): Rows => [
  CASME3,
  ...onsets.map((onset) => ['spNO.1', 'a', onset, onset + 3, onset + 9, '4', 'IV', 'disgust']),
];

describe('CAS(ME)^3, part A', () => {
  const v1 = book('partA/cas(me)3_part_A_ME_label_JpgIndex_v1.xls', ['label', label(1, 20, 40)]);
  const files = [
    v1,
    book('partA/cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx', ['label', label(1, 20)]),
    book('CAS(ME)3_part_A_v1.xls', ['AU+Emotion', label(1)]),
  ];

  test('v2 is read, v1 is named with its rows', () => {
    const reading = read('casme3', files);
    expect(reading.workbook).toContain('JpgIndex_v2');
    const [note] = messagesOf(reading, 'note');
    expect(note).toContain('highest version');
    expect(note).toContain('there is also partA/cas(me)3_part_A_ME_label_JpgIndex_v1.xls (3 rows)');
    expect(note).toContain('CAS(ME)3_part_A_v1.xls (1 rows)');
    expect(note).toContain('--sheet');
  });

  test('a v2 whose name lacks "JpgIndex" goes before v1', () => {
    const other = book('partA/cas(me)3_part_A_ME_label_v2.xlsx', ['label', label(1)]);
    expect(read('casme3', [v1, other]).workbook).toBe(other.path);
  });

  test('the sheet that is given is read', () => {
    const reading = read('casme3', [{ ...v1, given: true }, files[1]!]);
    expect(reading.annotations).toHaveLength(3);
    expect(messagesOf(reading, 'note')).toEqual([]);
  });

  test('micro- and macro-expressions without emotions are read, blinks are not', () => {
    const header = [
      ...['Subject', 'Filename', 'Onset', 'Apex', 'Offset', 'AU'],
      ...['Objective class', 'Expression type'],
    ];
    const rows = [
      ['spNO.1', 'a', '100', '110', '170', '12', '', 'Macro-expression'],
      ['spNO.1', 'a', '200', '204', '210', '4', 'IV', 'Micro-expression'],
      ['spNO.2', 'b', '5', '9', '14', 'R12?', 'II', 'Micro-expression'],
    ];
    const reading = read('casme3', [
      book(
        'CAS(ME)3_part_A_v2.xls',
        ['eye blink', [['Subject', 'Filename', 'Onset', 'Apex', 'Offset'], ['spNO.1', 'a', 1, 2, 3]]], // prettier-ignore
        ['AU+Emotion', [header, ...rows]],
      ),
    ]);
    expect(reading.sheet).toBe('AU+Emotion');
    expect(reading.annotations.map(({ kind, onset }) => `${kind} ${onset}`)).toEqual([
      ...['macro 100', 'micro 200', 'micro 5'],
    ]);
    expect(reading.units).toMatchObject({ cells: 3, certain: 2, uncertain: 1 });
    const { edition } = identifyEdition(
      Array.from({ length: 860 + 3346 }, (_, i) => ({
        ...reading.annotations[i < 860 ? 1 : 0]!,
        subject: `s${i % 94}`,
      })),
      definitionOf('casme3').editions,
    );
    expect(edition?.name).toBe('part A v2, AU+Emotion');
  });
});

test('CASME II: the coding of 2014 goes before that of 2019', () => {
  const rows = [
    ['Subject', 'Filename', 'OnsetFrame', 'ApexFrame', 'OffsetFrame', 'Estimated Emotion'],
    [1, 'EP01', 1, 5, 9, 'others'],
  ];
  const reading = read('casme2', [
    book('CASME2-coding-20190701.xlsx', ['Sheet1', rows]),
    book('CASME2-coding-20140508.xlsx', ['Sheet1', rows], ['Sheet2', rows]),
  ]);
  expect(reading.workbook).toBe('CASME2-coding-20140508.xlsx');
  expect(messagesOf(reading, 'note')[0]).toMatch(
    /2014 is what published .* sheet "Sheet2" of it \(1 rows\), CASME2-coding-20190701\.xlsx \(1 rows\)/,
  );
});

test('SAMM Long Videos: the latest version', () => {
  const rows = [
    ['Subject', 'Filename', 'Onset', 'Apex', 'Offset', 'Type', 'Action Units'],
    ['006', '006_1_2', 1, 5, 9, 'Micro - 1/2', '4'],
  ];
  const names = ['V1', 'V3', 'V2'].map((one) => `SAMM_LongVideos_${one}_Release.xlsx`);
  const reading = read('sammlv', names.map((name) => book(name, ['x', rows]))); // prettier-ignore
  expect(reading.workbook).toBe('SAMM_LongVideos_V3_Release.xlsx');
  expect(messagesOf(reading, 'note')[0]).toContain('V2_Release.xlsx (1 rows)');
});
