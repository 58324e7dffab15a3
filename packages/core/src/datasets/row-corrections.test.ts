/** @file Corrections by row: applied where the row is identified beyond doubt, reported and not applied elsewhere. */
import { describe, expect, test } from 'vitest';

import type { DatasetContent, FrameFolder, Reading } from './annotation.ts';
import { DATASETS, definitionOf } from './definitions.ts';
import { book, frames, messagesOf, read } from './definitions.cases.ts';
import { readDataset } from './reader.ts';

const CASME2 = [
  'Subject',
  'Filename',
  '',
  'OnsetFrame',
  'ApexFrame',
  'OffsetFrame',
  '',
  'Action Units',
];
const HEADER = [...CASME2, 'Estimated Emotion'];
type Moments = readonly [onset: number | string, apex: number | string, offset: number | string];

/** A sheet of CASME II with so many records, and some of them as given. */
function casme2(
  records: number,
  given: Readonly<Record<number, Moments>>,
  folders: readonly FrameFolder[] = [],
): Reading {
  const rows = Array.from({ length: records }, (_, record) => {
    const moments = given[record] ?? [10, 15, 20];
    return [1 + (record % 26), `EP${record}`, '', ...moments, '', '4', 'others'];
  });
  return read(
    'casme2',
    [book('CASME2-coding-20190701.xlsx', ['Sheet1', [HEADER, ...rows]])],
    folders,
  );
}

/** Onset, apex and offset of a record. */
function momentsOf({ annotations }: Reading, record: number): unknown[] {
  const { onset, apex, offset } = annotations.find(({ clip }) => clip === `EP${record}`)!;
  return [onset, apex, offset];
}

describe('CASME II, whose 256 rows are published by number', () => {
  test('an apex is filled in where there is none, and the source named', () => {
    const reading = casme2(256, { 155: [201, '/', 320], 60: [60, '/', 0] });
    expect(momentsOf(reading, 155)).toEqual([201, 231, 320]);
    expect(momentsOf(reading, 60)).toEqual([60, 78, 91]);
    expect(reading.findings.filter(({ kind }) => kind === 'correction')).toEqual([
      expect.objectContaining({ row: 62, message: 'apex "/" → 78' }),
      expect.objectContaining({ row: 62, message: 'offset "0" → 91' }),
      {
        kind: 'correction',
        row: 157,
        clip: 'sub26/EP155',
        message: 'apex "/" → 231',
        source: expect.stringContaining('tvaranka/meb') as string,
      },
    ]);
  });

  test('an apex that can be true stays, and so does a row that the published one does not fit', () => {
    const reading = casme2(256, { 35: [10, '/', 30], 43: [70, 77, 90] });
    expect(momentsOf(reading, 53)).toEqual([10, 15, 20]);
    expect(momentsOf(reading, 35)).toEqual([10, undefined, 30]);
    const messages = messagesOf(reading, 'unapplied');
    expect(messages).toHaveLength(14); // the 43rd is right already
    expect(messages[0]).toBe(
      'record 35: apex 68 is published, not applied: onset "10", apex "68", offset "30" does not fit this row',
    );
    expect(messages[1]).toBe(
      'record 53: apex 100 is published, not applied: onset "10", apex "15", offset "20" can be true, and the source does not state what was wrong',
    );
    expect(messagesOf(reading, 'correction')).toEqual([]);
  });

  test('another number of rows is another sheet: all are reported in one line, none is applied', () => {
    const reading = casme2(255, { 155: [201, '/', 320] });
    expect(momentsOf(reading, 155)).toEqual([201, undefined, 320]);
    const [message, ...others] = messagesOf(reading, 'unapplied');
    expect(others).toEqual([]);
    expect(message).toMatch(
      /^published for records of a copy with 256 rows, counted from 0: 35 \(apex 68\), /,
    );
    expect(message).toMatch(/Not applied: this sheet has 255, and which of them are meant/);
  });

  test('frames decide: an offset without one is wrong, a published apex without one does not fit', () => {
    const folder = frames('sub09/EP60', 50, 95, (n) => `img${n}.jpg`);
    const there = casme2(256, { 60: [60, 70, 126] }, [folder]);
    expect(momentsOf(there, 60)).toEqual([60, 78, 91]);
    const short = casme2(256, { 60: [60, '/', 126] }, [
      { ...folder, files: folder.files.slice(0, 30) },
    ]);
    expect(momentsOf(short, 60)).toEqual([60, undefined, 126]);
    expect(messagesOf(short, 'unapplied').join('\n')).toContain(
      'offset "91" does not fit this row',
    );
    const cropped = frames('Cropped/sub09/EP60', 1, 32, (n) => `reg_img${n}.jpg`);
    const renumbered = casme2(256, { 60: [60, '/', 55] }, [cropped]);
    expect(messagesOf(renumbered, 'correction')).toEqual(['apex "/" → 78', 'offset "55" → 91']);
    expect(momentsOf(renumbered, 60)).toEqual([1, 19, 32]);
  });

  test('rows that are left out are reported, and nothing is applied where corrections are declined', () => {
    const gone = casme2(256, { 35: [201, '', 'x'] });
    expect(messagesOf(gone, 'row')).toEqual([
      expect.stringContaining('no apex behind it') as string,
    ]);
    expect(messagesOf(gone, 'unapplied')[0]).toMatch(
      /^record 35: apex 68 is .* does not fit this row$/,
    );
    const rows = Array.from({ length: 256 }, (_, i) => [
      1,
      `EP${i}`,
      '',
      '1',
      '/',
      '400',
      '',
      '',
      'others',
    ]);
    const content: DatasetContent = {
      workbooks: [book('CASME2-coding.xlsx', ['S', [HEADER, ...rows]])],
      folders: [],
    };
    const { findings } = readDataset(definitionOf('casme2'), content, { correct: false });
    expect(findings.filter(({ kind }) => kind === 'correction' || kind === 'unapplied')).toEqual(
      [],
    );
  });
});

describe('apexes by the name of the clip', () => {
  const one = (name: string, moments: Moments): Reading => {
    const [subject, file] = name.split('/') as [string, string];
    const row = [subject, file, '', ...moments, '', '4', 'others'];
    return read('casme2', [book('CASME2-coding-20140508.xlsx', ['Sheet1', [HEADER, row]])]);
  };

  test.each([
    ['sub04/EP12_01f', 279],
    ['sub05/EP09_05f', 81],
    ['sub05/EP16_04f', 166],
    ['sub12/EP09_06', 89],
    ['sub20/EP16_01', 91],
    ['sub25/EP18_04f', 98],
  ] as const)('%s has its apex at %d in every edition', (name, apex) => {
    for (const wrong of ['/', 1, apex + 100]) {
      const { annotations, findings } = one(name, [apex - 20, wrong, apex + 20]);
      expect(annotations[0]!.apex).toBe(apex);
      expect(findings.find(({ kind }) => kind === 'correction')).toMatchObject({
        message: `apex "${wrong}" → ${apex}`,
        source: expect.stringContaining('tvaranka/meb') as string,
      });
    }
  });

  test('an apex that can be true stays, and so does a row that the published one does not fit', () => {
    const right = one('sub05/EP09_05f', [70, 75, 90]);
    expect(right.annotations[0]!.apex).toBe(75);
    expect(messagesOf(right, 'note')).toEqual([
      'apex is "75", can be true, or "81" does not fit the row: left as it is',
    ]);
    const other = one('sub05/EP09_05f', [170, '/', 190]);
    expect(other.annotations[0]).not.toHaveProperty('apex');
    expect(messagesOf(other, 'correction')).toEqual([]);
  });
});

test('SAMM 032_3_1: 4930 is meant where the sheet has 1930', () => {
  const header = ['Subject', 'Filename', 'Onset Frame', 'Apex Frame', 'Offset Frame'];
  const sheet = [
    [...header, 'Estimated Emotion'],
    [32, '032_3_1', 4900, 1930, 4960, 'Other'],
  ];
  const reading = read('samm', [book('SAMM_Micro_FACS_Codes_v2.xlsx', ['MICRO_ONLY', sheet])]);
  expect(reading.annotations[0]!.apex).toBe(4930);
  expect(messagesOf(reading, 'correction')).toEqual(['apex "1930" → 4930']);
});

describe('landmarks', () => {
  const SAMM = [
    'Subject',
    'Filename',
    'Onset Frame',
    'Apex Frame',
    'Offset Frame',
    'Estimated Emotion',
  ];
  const names: Readonly<Record<number, string>> = {
    ...{ 15: '007_6_1', 18: '007_6_5', 41: '011_4_2', 64: '014_5_2', 154: '035_7_2' },
  };
  const samm = (names: Readonly<Record<number, string>>): Reading => {
    const rows = Array.from({ length: 159 }, (_, record) => {
      const name = names[record] ?? `099_1_${record}`;
      const moments = { 56: [5658, 5680, 573], 125: [1071, -1, 1134] }[record] ?? [1, 2, 3];
      return [name.slice(0, 3), name, ...moments, 'Other'];
    });
    return read('samm', [book('SAMM_Micro_FACS_Codes_v2.xlsx', ['MICRO_ONLY', [SAMM, ...rows]])]);
  };

  test('known clips where the copy has them show that the rows are meant', () => {
    expect(messagesOf(samm(names), 'correction')).toEqual([
      'offset "573" → 5739',
      'apex "-1" → 1105',
    ]);
    // Spreadsheet programs strip zeros.
    const bare = Object.fromEntries(Object.entries(names).map(([at, name]) => [at, name.slice(2)]));
    expect(bare[15]).toBe('7_6_1');
  });

  test('one of them elsewhere, and none is applied', () => {
    const reading = samm({ ...names, 41: '011_4_3' });
    expect(messagesOf(reading, 'correction')).toEqual([]);
    expect(messagesOf(reading, 'unapplied')).toEqual([
      expect.stringContaining(
        'Not applied: record 41 of that copy is 011/011_4_2, and here it is 011/011_4_3',
      ) as string,
    ]);
  });
});

test('CASME: moments by the images; the apex that the source invented is searched for instead', () => {
  const header = [
    'Subject',
    'Filename',
    '',
    'OnsetF',
    'ApexF1',
    'ApexF2',
    'OffsetF',
    '',
    'AU',
    'Emotion',
  ];
  const rows = Array.from({ length: 189 }, (_, record) => {
    const [onset, apex, offset] = { 40: [10, 20, 59], 42: [11, 110, 29] }[record] ?? [1, 5, 9];
    return [1, `EP${record}`, '', onset!, apex!, 0, offset!, '', 4, 'tense'];
  });
  const reading = read(
    'casme',
    [book('casme.xlsx', ['Sheet1', [header, ...rows]])],
    [frames('sub01/EP40', 95, 155), frames('sub01/EP42', 95, 125)],
  );
  expect(momentsOf(reading, 40)).toEqual([100, undefined, 149]);
  expect(momentsOf(reading, 42)).toEqual([101, 110, 119]);
  expect(messagesOf(reading, 'correction')).toEqual([
    'onset "10" → 100',
    'apex "20" → unknown',
    'offset "59" → 149',
    'onset "11" → 101',
    'offset "29" → 119',
  ]);
});

test('a correction published in two versions, or without a trace in the row, is reported and never applied', () => {
  const header = ['sub_ID', 'fold_name', 'Emotion', 'Onset', 'Apex', 'Offset', 'AUs'];
  const rows = Array.from({ length: 267 }, (_, i) => [
    1,
    `c${i}`,
    'Others',
    5,
    9,
    14,
    `${1 + (i % 2)}`,
  ]);
  const reading = read('4dme', [book('4DME_Labelling_Micro.xlsx', ['S', [header, ...rows]])]);
  const refused = reading.findings.filter(({ kind }) => kind === 'unapplied');
  expect(refused.map(({ row }) => row)).toEqual([146, 147]);
  expect(refused[0]!.message).toMatch(
    /^record 144 is published, not applied: the source exchanges/,
  );
  expect(reading.annotations[144]!.actionUnits).toEqual(['1']);
});

test.each(DATASETS.filter(({ byRow }) => byRow !== undefined))(
  '$name: corrections by row are of rows that there are, each once',
  ({ byRow, editions }) => {
    const { records, changes, landmarks = {} } = byRow!;
    expect(editions.map(({ clips }) => clips)).toContain(records);
    const numbers = changes.map(({ record }) => record);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const number of [...numbers, ...Object.keys(landmarks).map(Number)]) {
      expect(number).toBeLessThan(records);
    }
    for (const { now, refused } of changes) {
      expect(Object.keys(now).length > 0).toBe(refused === undefined);
    }
  },
);
