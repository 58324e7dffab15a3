/** @file What users and spreadsheet programs do to annotation sheets, one kind a test (table in docs/datasets.md). */
import { describe, expect, test } from 'vitest';

import type { Reading } from './annotation.ts';
import { book, frames, messagesOf, read } from './definitions.cases.ts';
import type { Rows } from './definitions.cases.ts';

const HEADER = ['Subject', 'Filename', 'OnsetFrame', 'ApexFrame', 'OffsetFrame', 'Action Units', 'Estimated Emotion']; // prettier-ignore
const SHEET = 'CASME2-coding-20140508.xlsx';
type Cells = Partial<Record<(typeof COLUMNS)[number], string | number>>;
const COLUMNS = ['subject', 'file', 'onset', 'apex', 'offset', 'units', 'emotion'] as const;

/** A row in order, but for what is given. */
function row(cells: Cells = {}): (string | number)[] {
  const all = { subject: 1, file: 'EP02_01f', onset: 46, apex: 59, offset: 86, units: '4', emotion: 'disgust', ...cells }; // prettier-ignore
  return COLUMNS.map((column) => all[column]);
}

type Folder = readonly [path: string, from: number, to: number];
const casme2 = (rows: Rows, ...folders: Folder[]): Reading =>
  read('casme2', [book(SHEET, ['Sheet1', rows])], folders.map((one) => frames(...one))); // prettier-ignore
const only = (cells: Cells): Reading['annotations'][number] =>
  casme2([HEADER, row(cells)]).annotations[0]!;

describe('headers', () => {
  test.each<readonly [string, Rows]>([
    [
      'in Chinese',
      [['被试编号', '文件名', '起始帧', '顶点帧', '结束帧', '动作单元', '情绪'], row()],
    ],
    [
      'in two languages in one cell',
      [
        ['Subject 被试', '文件名/Filename', 'Onset（起始帧）', 'Apex 顶点帧', 'Offset\n结束帧', 'AU', '情绪 Emotion'], // prettier-ignore
        row(),
      ],
    ],
    [
      'with units and notes in parentheses',
      [['Subject (ID)', 'Filename', 'Onset (frame)', 'Apex [200 fps]', 'Offset (frame)', 'AUs', 'Emotion (estimated)'], row()], // prettier-ignore
    ],
    [
      'in two rows, group above name',
      [['Subject', 'Filename', 'Frames', '', '', 'Action Units', 'Emotion'], ['', '', 'Onset', 'Apex', 'Offset', '', ''], row()], // prettier-ignore
    ],
    [
      'in two rows, name above unit',
      [['Subject', 'Filename', 'Onset', 'Apex', 'Offset', 'AU', 'Emotion'], ['', '', 'Frame', 'Frame', 'Frame', '', ''], row()], // prettier-ignore
    ],
    ['in two languages, one below the other', [HEADER, ['被试', '文件名', '起始帧', '顶点帧', '结束帧', '动作单元', '情绪'], row()]], // prettier-ignore
    ['with spaces, in full width', [HEADER.map((name) => ` ${name}\u3000`), row().map((cell) => ` ${cell} `)]], // prettier-ignore
    ['below a title', [['CASME II coding'], [], ['coders: A, B'], HEADER, row()]],
    ['once more below joined tables', [HEADER, row(), HEADER]],
  ])('%s', (_, rows) => {
    const reading = casme2(rows);
    expect(reading.annotations).toEqual(casme2([HEADER, row()]).annotations);
    expect(messagesOf(reading, 'row').filter((one) => !one.includes('"Frame"'))).toEqual([]);
  });
});

describe('frame numbers', () => {
  test.each([
    ['４６', 46],
    ['46.0', 46],
    ["'46", 46],
    ['00046', 46],
    ['1,046', 1046],
    ['1 046', 1046],
    ["1'046", 1046],
    ['img46.jpg', 46],
    ['reg_img46', 46],
    ['frame 46', 46],
    ['第46帧', 46],
    ['46 (checked)', 46],
    ['46*', 46],
    ['46.4', 46],
    ['46,4', 46],
    ['4.6E+1', 46],
    ['40+6', 46],
    ['1900-02-15', 46],
  ])('%j', (cell, onset) => {
    expect(only({ onset: cell, apex: onset + 3, offset: onset + 9 })).toMatchObject({ onset });
  });

  test.each(['1.7E+07', '46/50', '2-Jan', 'about 46', '4 6'])('%j is not one', (cell) => {
    const reading = casme2([HEADER, row({ onset: cell })]);
    expect(reading.annotations).toEqual([]);
    expect(messagesOf(reading, 'row')[0]).toContain(`"${cell}" is not a frame number`);
  });

  test.each(['/', '-', 'nan', 'N/A', '', '-1', '?', '无', '46, 50'])(
    'apex %j is unknown',
    (apex) => {
      expect(only({ apex })).not.toHaveProperty('apex');
    },
  );

  test('onset and offset that are exchanged around the apex are put right', () => {
    const reading = casme2([HEADER, row({ onset: 86, apex: 59, offset: 46 })]);
    expect(reading.annotations[0]).toMatchObject({ onset: 46, apex: 59, offset: 86 });
    expect(messagesOf(reading, 'repair')[0]).toContain('exchanged');
  });

  test('an offset before the onset, and an apex outside', () => {
    expect(only({ offset: 12 })).toMatchObject({ onset: 46, apex: 59, offset: 59 });
    expect(only({ apex: 99 })).not.toHaveProperty('apex');
  });

  const rows = (from: number): Rows => [
    HEADER,
    row({ file: 'a', onset: from, apex: from + 3, offset: from + 7 }),
    row({ file: 'b', onset: from + 1, apex: from + 3, offset: from + 9 }),
    row({ file: 'c', onset: from + 2, apex: from + 3, offset: from + 9 }),
  ];
  test('counted from 1 in the sheet, from 0 in the files', () => {
    const folders = ['a', 'b', 'c'].map((file) => [`x/sub01/${file}`, 0, 9] as const);
    const reading = casme2(rows(1), ...folders);
    expect(reading.annotations.map(({ onset, apex, offset }) => [onset, apex, offset])).toEqual([
      ...[[0, 3, 7], [1, 3, 9], [2, 3, 9]], // prettier-ignore
    ]);
    expect(messagesOf(reading, 'note').join()).toContain('the sheet counts frames from 1');
    expect(messagesOf(reading, 'frames')).toEqual([]);
  });
  test('counted from 0 in the sheet, from 1 in the files', () => {
    const files = ['a', 'b', 'c'].map((file) => [`x/sub01/${file}`, 1, 12] as const);
    const two = [...rows(0), row({ file: 'a', onset: 0, offset: 8 }), row({ file: 'd', onset: 0, apex: 2, offset: 4 })]; // prettier-ignore
    const reading = casme2(two, ...files, ['x/sub01/d', 1, 12]);
    expect(reading.annotations.map(({ onset }) => onset)).toEqual([1, 2, 3, 1]);
  });
  test('one row that is off by one moves nothing', () => {
    const reading = casme2([...rows(0).slice(0, 2), ...rows(2).slice(2)], ...['a', 'b', 'c'].map((file) => [`x/sub01/${file}`, 0, 10] as const)); // prettier-ignore
    expect(reading.annotations[0]).toMatchObject({ onset: 0, offset: 7 });
    expect(messagesOf(reading, 'frames').join()).toContain(
      '1 of 11 frames are missing'.slice(0, 4),
    );
  });
});

describe('action units that a spreadsheet program changed', () => {
  test.each([
    ['2-Jan', ['1', '2'], []],
    ['02-Jan', ['1', '2'], []],
    ['Dec-15', ['12', '15'], []],
    ['1月2日', ['1', '2'], []],
    ['7-Apr', ['4', '7'], []],
    ['2024-01-02', ['1', '2'], ['24']],
    ['2024-01-02 00:00:00', ['1', '2'], ['24']],
    ['2007-04-06', ['4', '6', '7'], []],
    ['2015-12-01', ['12'], ['1', '15']],
    ['4:07', ['4', '7'], []],
    ['1-2', ['1', '2'], []],
    ['4 – 7', ['4', '7'], []],
    ['L14C-R12', ['L14', 'R12'], []],
    ['4.7', ['4', '7'], []],
    ['4.1', ['4'], ['1', '10']],
    ['4.7.12', ['4', '7', '12'], []],
    ['4.0', ['4'], []],
    ['12', ['12'], []],
    ['1', ['1'], []],
    ['-1', [], []],
    ['0', [], []],
    ['无', [], []],
  ])('%j', (units, certain, uncertain) => {
    const { actionUnits, codedUnits } = only({ units });
    expect([...actionUnits].sort()).toEqual([...certain].sort());
    expect(codedUnits).toMatchObject({ cell: units, unknown: [] });
    expect([...codedUnits!.uncertain].sort()).toEqual([...uncertain].sort());
  });

  test('are reported', () => {
    const reading = casme2([HEADER, row({ units: '2-Jan' })]);
    expect(messagesOf(reading, 'repair')).toEqual([
      'action units "2-Jan": a date that a spreadsheet program made of a list, read as 1+2',
    ]);
  });
});

describe('names', () => {
  test.each<readonly [string, readonly (string | number)[], string]>([
    ['casme', [1, '01', 's1', 'S01', 'sub01', 'SUB1', 'Subject 1', '1.0', "'01"], 'sub01'],
    ['casme2', [1, '01', 's1', 'S01', 'sub01', 'SUB1', 'sub_1', '1.0'], 'sub01'],
    ['samm', [6, '006', '6.0', 'sub6', 's006', "'006"], '006'],
    ['mmew', [1, '01', 'S01', 's1', 'sub01', '1.0'], 'S01'],
    ['casme3', [1, '1.0', 'spNO.1', 'spno1', 'spNO. 1', 'NO.1', 'sp1'], 'spNO.1'],
    ['4dme', [3, '03', 'sub3', '3.0'], '3'],
    ['dfme', [3, '0003', 'sub0003', 'sub3', 'S3'], 'sub0003'],
    ['smic', [1, 's1', 's01', 'S01', 'sub1'], 's01'],
  ])('%s: one subject however it is spelled', (name, cells, subject) => {
    const header = ['Subject', 'Filename', 'Onset', 'Apex', 'Offset', 'Emotion'];
    const file = { casme: 'casme.xlsx', casme2: SHEET, samm: 'SAMM_Micro_FACS_Codes_v2.xlsx', mmew: 'MMEW_Micro_Exp.xlsx', casme3: 'part_A_ME_label_v2.xlsx', '4dme': '4DME_Labelling_Micro.xlsx', dfme: 'training_full_with_AU.xlsx', smic: 'SMIC-HS-E_annotation.xlsx' }[name]!; // prettier-ignore
    const sheet = name === 'samm' ? 'MICRO_ONLY' : 'label';
    const rows = cells.map((cell, i) => [cell, `f${i}`, 1, 3, 9, 'negative']);
    const { annotations } = read(name, [book(file, [sheet, [header, ...rows]])]);
    expect(annotations.map((one) => one.subject)).toEqual(cells.map(() => subject));
  });

  test('extensions and what programs add are removed', () => {
    const files = ['EP02_01f.avi', "'EP02_02", 'EP02_03 ', 'EP02_04.MP4'];
    const { annotations } = casme2([HEADER, ...files.map((file) => row({ file }))]);
    expect(annotations.map(({ clip }) => clip)).toEqual(['EP02_01f', 'EP02_02', 'EP02_03', 'EP02_04']); // prettier-ignore
  });

  test('a subject below a merged cell is the one above, also as nan', () => {
    const { annotations } = casme2([
      ...[HEADER, row({ file: 'a' }), row({ subject: '', file: 'b' }), row({ subject: 'nan', file: 'c' })], // prettier-ignore
    ]);
    expect(annotations.map(({ subject }) => subject)).toEqual(['sub01', 'sub01', 'sub01']);
  });

  test('folders of other case, zeros and dashes are found, and never those of another clip', () => {
    const reading = casme2(
      [HEADER, row(), row({ file: 'EP03_02' }), row({ file: 'EP3_2' }), row({ file: 'EP09_9' })],
      ...(['x/Sub1/ep2_1F', 'x/sub01/EP3_2', 'x/sub01/EP9-09', 'x/sub01/ep009_9'] as const).map(
        (path) => [path, 40, 90] as const,
      ),
    );
    expect(reading.annotations.map(({ folder }) => folder)).toEqual([
      ...['x/Sub1/ep2_1F', '', 'x/sub01/EP3_2', ''],
    ]);
    expect(messagesOf(reading, 'note').join()).toContain('sub01/EP02_01f is x/Sub1/ep2_1F');
  });

  test('subjects that differ in case and zeros only are reported', () => {
    const header = ['subject', 'clip', 'onset', 'offset', 'fps'];
    const rows = ['P1', 'p01', 'p2'].map((name) => [name, 'x', 1, 9, 100]);
    const reading = read('generic', [book('annotations.csv', ['', [header, ...rows]])]);
    expect(messagesOf(reading, 'note').join()).toContain('"P1" and "p01" are taken for different');
  });
});

describe('what a sheet does not hold', () => {
  const [sheet] = book(SHEET, ['S', [HEADER, row()]]).sheets as readonly [object];
  const made = (more: object): Reading =>
    read('casme2', [{ path: SHEET, sheets: [{ ...sheet, ...more }] as never }]);

  test('values of formulas: refused, with the cells', () => {
    expect(() => made({ uncomputed: ['D2', 'E2'] })).toThrow(
      expect.objectContaining({
        code: 'DATASET_INVALID',
        message: `${SHEET}, sheet "S": 2 formulas have no value, in D2, E2`,
      }),
    );
  });

  test('its encoding: reported', () => {
    const reading = made({ encoding: 'Big5' });
    expect(reading.annotations).toHaveLength(1);
    expect(messagesOf(reading, 'note').join()).toContain('states no encoding and is read as Big5');
  });

  test.each([{ subject: '2-Jan' }, { file: '2-Jan' }, { subject: '1月2日' }, { file: 'Apr-05' }])(
    'names that became dates, %j: left out, with the way out',
    (cells) => {
      const reading = casme2([HEADER, row(cells), row({ file: 'b' })]);
      expect(reading.annotations.map(({ clip }) => clip)).toEqual(['b']);
      expect(messagesOf(reading, 'row')[0]).toContain('format its column as text');
    },
  );
});

describe('rows', () => {
  test.each<readonly [string, (string | number)[], string]>([
    ['of totals', ['Total', 255, 46, 59, 86, '', ''], 'looks like a row of totals'],
    ['of totals in Chinese', ['合计', 255, 46, 59, 86, '', ''], 'looks like a row of totals'],
    ['of averages', ['Average', '', 50.5, 60.1, 80.3, '', ''], 'looks like a row of totals'],
    ['of comments', ['# recoded in 2019', '', '', '', '', '', ''], 'no file name'],
  ])('%s are left out and reported', (_, last, message) => {
    const reading = casme2([HEADER, row(), [], last, []]);
    expect(reading.annotations).toHaveLength(1);
    expect(messagesOf(reading, 'row')[0]).toContain(message);
  });

  test('that come twice are left out, with what differs', () => {
    const reading = casme2([HEADER, row(), row(), row({ emotion: 'others', units: '7' })]);
    expect(reading.annotations).toHaveLength(1);
    expect(messagesOf(reading, 'row')).toEqual([
      'left out: row 2 gives the same clip with the same onset',
      'left out: row 2 gives the same clip with the same onset; emotion "others", not "disgust"; actionUnits "7", not "4"',
    ]);
  });

  test('that are hidden by a filter are read and reported; so is a hidden sheet where nothing else is', () => {
    const rows = [HEADER, row({ file: 'a' }), row({ file: 'b' }), row({ file: 'c' })];
    const [sheet] = book(SHEET, ['Sheet1', rows]).sheets as readonly [object];
    const made = (...sheets: readonly object[]): Reading =>
      read('casme2', [{ path: SHEET, sheets: sheets.map((one) => ({ ...sheet, ...one })) as never }]); // prettier-ignore
    const filtered = made({ name: 'S', hiddenRows: [3, 4, 9] });
    expect(filtered.annotations).toHaveLength(3);
    expect(messagesOf(filtered, 'note')).toContain(`${SHEET}, sheet "S": 2 hidden rows (a filter) are read like all others`); // prettier-ignore
    expect(made({ name: 'old', hidden: true }, { name: 'new' }).sheet).toBe('new');
    const hidden = made({ name: 'old', hidden: true });
    expect(messagesOf(hidden, 'note')[0]).toContain('is hidden, and read because');
  });
});

describe('emotions', () => {
  test.each([
    ['Happiness ', 'happiness'],
    ['HAPPY', 'happiness'],
    ['disgust.', 'disgust'],
    ['高兴', 'happiness'],
    ['其他', 'others'],
    ['nan', ''],
    ['N/A', ''],
    ['/', ''],
    ['无', ''],
  ])('%j', (cell, emotion) => {
    expect(only({ emotion: cell }).emotion).toBe(emotion);
  });
});
