/** @file A CASME II of a few rows, with each trap that its sheets are known for. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { TelltaleError } from '../base/errors.ts';
import { parseActionUnits } from './action-units.ts';
import type { DatasetContent, Finding, FrameFolder, Reading } from './annotation.ts';
import { countAnnotations } from './annotation.ts';
import type { DatasetDefinition } from './definition.ts';
import { cleanText } from './cells.ts';
import { casme2 } from './definitions/casme.ts';
import { readDataset } from './reader.ts';

const HEADER = [
  'Subject',
  'Filename',
  '',
  'OnsetFrame',
  'ApexFrame',
  'OffsetFrame',
  '',
  'Action Units',
  'Estimated Emotion',
];

/** A row as the sheet has it. */
function row(
  subject: string,
  file: string,
  frames: readonly string[],
  ...rest: string[]
): string[] {
  const [units = '', emotion = 'others'] = rest;
  return [subject, file, '', ...frames, '', units, emotion];
}

function folder(path: string, from: number, to: number, name = 'img'): FrameFolder {
  const count = to - from + 1;
  return { path, files: Array.from({ length: count }, (_, i) => `${name}${from + i}.jpg`) };
}

function content(rows: readonly string[][], folders: readonly FrameFolder[] = []): DatasetContent {
  const sheets = [{ name: 'Sheet1', rows }];
  return { workbooks: [{ path: 'CASME2-coding-20140508.xlsx', sheets }], folders };
}

function read(rows: readonly string[][], folders: readonly FrameFolder[] = []): Reading {
  return readDataset(casme2, content(rows, folders));
}

function messagesOf(findings: readonly Finding[], kind: Finding['kind']): string[] {
  return findings.filter((one) => one.kind === kind).map(({ message }) => message);
}

describe('a sheet of CASME II', () => {
  test('becomes annotations', () => {
    const rows = [HEADER, row('1', 'EP02_01f', ['46', '59', '86'], '12', 'happiness')];
    const { annotations, findings, ...where } = read(rows, [
      folder('CASME2-RAW/sub01/EP02_01f', 1, 100),
      folder('Cropped/sub01/EP02_01f', 40, 90, 'reg_img'),
    ]);
    expect(where).toEqual({
      dataset: 'CASME II',
      workbook: 'CASME2-coding-20140508.xlsx',
      sheet: 'Sheet1',
      units: { cells: 1, certain: 1, uncertain: 0, uncertainCells: 0, unknown: 0, unknownCells: 0 },
    });
    expect(annotations).toEqual([
      {
        dataset: 'CASME II',
        subject: 'sub01',
        clip: 'EP02_01f',
        folder: 'Cropped/sub01/EP02_01f',
        onset: 46,
        apex: 59,
        offset: 86,
        framesPerSecond: 200,
        emotion: 'happiness',
        actionUnits: ['12'],
        codedUnits: parseActionUnits('12'),
        kind: 'micro',
      },
    ]);
    expect(findings.map(({ kind }) => kind)).toEqual(['note', 'unapplied']);
  });

  test('is found below text rows, with its header in any spelling, above leftovers', () => {
    const { annotations, findings } = read([
      ['CASME II coding'],
      [],
      [
        'subject ',
        'FILE NAME',
        '',
        'Onset\u00A0Frame',
        'apex frame',
        'Offset_Frame',
        '',
        'Action  Units',
        'ESTIMATED emotion',
      ],
      row('sub5', 'EP01', ['１０', '12.0', ' 20 '], 'AU1，L4C、2(k)', ' Happy '),
      ['', 'EP02', '', '30', '35', '40', '', '', 'Other'],
      ['', '', '', '', '', '', '', '', ''],
      ['Note: coded by two coders'],
    ]);
    expect(annotations).toMatchObject([
      {
        subject: 'sub05',
        onset: 10,
        apex: 12,
        offset: 20,
        emotion: 'happiness',
        actionUnits: ['1', 'L4'],
      },
      { subject: 'sub05', clip: 'EP02', onset: 30, emotion: 'others' },
    ]);
    expect(messagesOf(findings, 'row')).toEqual([
      expect.stringContaining('it has no file name') as string,
    ]);
    expect(findings.find(({ kind }) => kind === 'row')!.row).toBe(7);
    expect(messagesOf(findings, 'repair')).toEqual([
      expect.stringContaining('2 is uncertain') as string,
    ]);
  });

  test.each([
    [['10', '/', '20'], { onset: 10, offset: 20 }, 'repair', 'apex "/": taken as unknown'],
    [['10', '9', '20'], { onset: 10, offset: 20 }, 'repair', 'apex 9 before the onset 10'],
    [['10', '25', '20'], { onset: 10, offset: 20 }, 'repair', 'apex 25 behind the offset 20'],
    [
      ['10', '15', '0'],
      { onset: 10, apex: 15, offset: 15 },
      'repair',
      'offset 0, onset 10: the apex 15',
    ],
    [
      ['10', '15', '5'],
      { onset: 10, apex: 15, offset: 15 },
      'repair',
      'offset 5, onset 10: the apex 15',
    ],
    [['10', '20', '20'], { onset: 10, apex: 20, offset: 20 }, 'note', 'apex 20 is the offset'],
    [['10', '', '5'], undefined, 'row', 'left out: offset 5, onset 10, and no apex'],
    [['0', '0', '0'], undefined, 'row', 'left out: onset and offset are 0'],
    [['x', 'y', 'z'], undefined, 'row', 'are not frame numbers'],
    [['1', '2', '999999999'], undefined, 'row', 'left out: 999999998 frames'],
  ] as const)('frames %j', (frames, span, kind, message) => {
    const { annotations, findings } = read([HEADER, row('1', 'EP01', frames)]);
    expect(messagesOf(findings, kind)).toEqual([expect.stringContaining(message) as string]);
    expect(annotations.length).toBe(span === undefined ? 0 : 1);
    if (span !== undefined) {
      const { onset, apex, offset } = annotations[0]!;
      expect({ onset, ...(apex === undefined ? {} : { apex }), offset }).toEqual(span);
    }
  });

  test('names clips that share a file by their onset, and takes none twice', () => {
    const same = row('1', 'EP01', ['10', '15', '20']);
    const { annotations, findings } = read([
      HEADER,
      same,
      row('1', 'EP01', ['50', '55', '60']),
      same,
    ]);
    expect(annotations.map(({ clip }) => clip)).toEqual(['EP01_10', 'EP01_50']);
    expect(messagesOf(findings, 'row')).toEqual([
      expect.stringContaining('row 2 gives the same') as string,
    ]);
  });

  test('reports missing frames and folders', () => {
    const rows = [row('1', 'EP01', ['10', '15', '20']), row('2', 'EP01', ['1', '2', '3'])];
    const gap = folder('sub01/EP01', 1, 30);
    const files = gap.files.filter((name) => !/^img1[3-5]\.jpg$/.test(name));
    const { annotations, findings } = read([HEADER, ...rows], [{ ...gap, files }]);
    expect(messagesOf(findings, 'frames')).toEqual([
      '3 of 11 frames are missing in sub01/EP01: 13-15',
      'no folder with frames: looked for sub02/EP01',
    ]);
    expect(annotations.map(({ folder: path }) => path)).toEqual(['sub01/EP01', '']);
  });

  test('takes the first frame as the onset where a folder holds just the expression', () => {
    const { annotations } = read(
      [HEADER, row('1', 'EP01', ['10', '15', '20'])],
      [folder('sub01/EP01', 1, 11)],
    );
    expect(annotations[0]).toMatchObject({ onset: 1, apex: 6, offset: 11 });
  });

  test('is counted', () => {
    const { annotations } = read([
      HEADER,
      row('1', 'a', ['1', '2', '3'], '', 'Surprise'),
      row('1', 'b', ['1', '2', '3'], '', 'happy'),
      row('2', 'a', ['1', '2', '3'], '', 'surprised'),
    ]);
    expect(countAnnotations(annotations)).toEqual({
      clips: 3,
      subjects: 2,
      classes: { happiness: 1, surprise: 2 },
    });
  });

  test.each(['../../etc', '..', 'a/b', 'a\\b', 'C:x', 'a\u0000b'])(
    'refuses the name %j',
    (name) => {
      for (const cells of [row('1', name, ['1', '2', '3']), row(name, 'EP01', ['1', '2', '3'])]) {
        expect(() => read([HEADER, cells])).toThrow(
          /row 2: .* is not a name of a subject or a clip/,
        );
      }
    },
  );

  test('refuses a cell that no spreadsheet program writes', () => {
    const rows = [HEADER, row('1', 'EP01', ['1', '2', '3'], '1'.repeat(40_000))];
    expect(() => read(rows)).toThrow(/row 2: a cell of 40000 characters/);
  });

  test('names what it looked for', () => {
    expect(() => readDataset(casme2, { workbooks: [], folders: [] })).toThrow(
      expect.objectContaining({ code: 'DATASET_FILE_MISSING' }) as Error,
    );
    expect(() => read([['Subject', 'Filename', 'OnsetFrame']])).toThrow(
      /row 1 looks like the header and has no column for offset, emotion/,
    );
  });
});

describe('whatever a sheet holds', () => {
  const cell = fc.oneof(
    fc.constantFrom('', '1', 'sub02', 'EP01', '/', '-1', '0', '12', '12.0', 'others', '4+L12(k)'),
    fc.integer({ min: -5, max: 60 }).map(String),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  const rows = fc.array(fc.array(cell, { maxLength: 10 }), { maxLength: 12 });

  test('rows that are read are plausible, and every other row is reported', () => {
    fc.assert(
      fc.property(rows, (cells) => {
        let reading: Reading;
        try {
          reading = read([HEADER, ...cells], [folder('sub01/EP01', 1, 50)]);
        } catch (error) {
          expect(error).toBeInstanceOf(TelltaleError);
          return;
        }
        const { annotations, findings } = reading;
        for (const { onset, apex = onset, offset, folder: path } of annotations) {
          expect(onset).toBeGreaterThanOrEqual(0);
          expect(apex).toBeGreaterThanOrEqual(onset);
          expect(offset).toBeGreaterThanOrEqual(apex);
          expect(['', 'sub01/EP01']).toContain(path);
        }
        const names = annotations.map(({ subject, clip }) => `${subject}/${clip}`);
        expect(new Set(names).size).toBe(names.length);
        const left = findings.filter(({ kind }) => kind === 'row').length;
        const wanted = [0, 1, 3, 4, 5, 7, 8]; // columns with a name
        const filled = cells.filter((row) => wanted.some((i) => cleanText(row[i] ?? '') !== ''));
        expect(annotations.length + left).toBe(filled.length);
      }),
    );
  });
});

describe('a correction', () => {
  const source = 'a test';
  const corrected: DatasetDefinition = {
    ...{ ...casme2, byRow: undefined },
    corrections: [
      { subject: 'sub01', file: 'EP01', onset: 10, field: 'apex', was: '5', now: '15', source },
    ],
  };
  const apply = (apex: string, correct = true): Reading =>
    readDataset(corrected, content([HEADER, row('1', 'EP01', ['10', apex, '20'])]), { correct });

  test('applies where the mistake is still present, and names its source', () => {
    const { annotations, findings } = apply('5');
    expect(annotations[0]!.apex).toBe(15);
    expect(findings).toEqual([
      { kind: 'correction', row: 2, clip: 'sub01/EP01', message: 'apex "5" → 15', source },
    ]);
  });

  test('leaves a right cell alone, and another one with a note', () => {
    expect(apply('15').findings).toEqual([]);
    const { annotations, findings } = apply('16');
    expect(annotations[0]!.apex).toBe(16);
    expect(messagesOf(findings, 'note')).toEqual([
      expect.stringContaining('left as it is') as string,
    ]);
  });

  test('can be declined', () => {
    expect(apply('5', false).annotations[0]).not.toHaveProperty('apex');
  });
});
