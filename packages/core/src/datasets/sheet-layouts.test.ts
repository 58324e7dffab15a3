/** @file Layouts of annotation sheets beyond one plain table, one kind a test (table in docs/datasets.md). */
import { describe, expect, test } from 'vitest';

import type { Reading } from './annotation.ts';
import { book, messagesOf, read } from './definitions.cases.ts';
import type { Rows } from './definitions.cases.ts';

const HEADER = ['Subject', 'Filename', 'OnsetFrame', 'ApexFrame', 'OffsetFrame', 'Action Units', 'Estimated Emotion']; // prettier-ignore
const FIRST = [1, 'EP02_01f', 46, 59, 86, '4+7', 'disgust'];
const SECOND = [2, 'EP01_11f', 10, 20, 30, '12', 'happiness'];
const SHEET = 'CASME2-coding-20140508.xlsx';

const casme2 = (...sheets: Rows[]): Reading =>
  read('casme2', [book(SHEET, ...sheets.map((rows, i) => [`Sheet${i + 1}`, rows] as const))]);
const PLAIN = casme2([HEADER, FIRST, SECOND]).annotations;

test('rows with their number in front, under a header without it (write.table of R)', () => {
  const reading = casme2([HEADER, [1, ...FIRST], [2, ...SECOND]]);
  expect(reading.annotations).toEqual(PLAIN);
});

test('two tables side by side', () => {
  const reading = casme2([
    [...HEADER, '', ...HEADER],
    [...FIRST, '', ...SECOND],
  ]);
  expect(reading.annotations).toEqual(PLAIN);
});

test('a subject as a heading above its clips', () => {
  const clips = [FIRST, SECOND].map((row) => ['', ...row.slice(1)]);
  const reading = casme2([HEADER, ['sub01'], clips[0]!, [], ['Subject 2'], clips[1]!]);
  expect(reading.annotations).toEqual(PLAIN);
  expect(messagesOf(reading, 'row')).toEqual(
    ['sub01', 'Subject 2'].map(
      (name) => `left out: a heading, which gives the rows below it their subject: "${name}"`,
    ),
  );
});

test('a heading “macro”', () => {
  const reading = casme2([HEADER, FIRST, ['Macro-expressions'], SECOND]);
  expect(reading.annotations.map(({ kind }) => kind)).toEqual(['micro', 'macro']);
});

test('a heading holds to the end of its table', () => {
  const macro = [HEADER, FIRST, ['Macro-expressions'], ['', ...SECOND.slice(1)]];
  const other = [2, 'EP03_01', ...SECOND.slice(2)];
  const sheets = book(SHEET, ['sub01', macro], ['sub02', [HEADER, other]]);
  const beside = book(SHEET, ['both', [[...HEADER, ...HEADER], [...FIRST, ...other], ['Macro-expressions']]]); // prettier-ignore
  for (const workbook of [sheets, beside]) {
    const { annotations } = read('casme2', [workbook]);
    expect(annotations).toContainEqual(expect.objectContaining({ clip: 'EP03_01', kind: 'micro' }));
  }
});

test('a sheet for each subject', () => {
  const workbook = book(SHEET, ['sub01', [HEADER, FIRST]], ['sub02', [HEADER, SECOND]]);
  expect(read('casme2', [workbook]).annotations).toEqual(PLAIN);
});

test.each([
  ['sub01/EP02_01f'],
  ['CASME2-RAW/sub01/EP02_01f'],
  ['D:\\CASME2\\Cropped\\sub01\\EP02_01f'],
])('the path %j in place of the name', (path) => {
  expect(casme2([HEADER, [1, path, ...FIRST.slice(2)], SECOND]).annotations).toEqual(PLAIN);
});

test.each(['sub 1', 'Sub-01', 'S-1', 'P01', '1号', '被试1', 'Subject #1', 'No. 1', '１'])(
  'the subject %j',
  (subject) => {
    expect(casme2([HEADER, [subject, ...FIRST.slice(1)], SECOND]).annotations).toEqual(PLAIN);
  },
);

test.each<readonly [string, readonly string[]]>([
  ['of code', ['subject_id', 'video_name', 'onset_idx', 'apex_idx', 'offset_idx', 'AUs', 'emotion_label']], // prettier-ignore
  ['with start, peak and end', ['Participants', 'Clip ID', 'Start frame', 'Peak frame', 'End frame', 'FACS code', 'Emotion class']], // prettier-ignore
  ['in traditional Chinese', ['被試', '檔名', '起始幀', '頂點幀', '結束幀', '動作單元', '情緒']],
  ['in Japanese', ['被験者', 'ファイル名', '開始フレーム', '頂点フレーム', '終了フレーム', 'AU', '感情']], // prettier-ignore
])('a header %s', (_, header) => {
  expect(casme2([header, FIRST, SECOND]).annotations).toEqual(PLAIN);
});

describe('times', () => {
  test.each(['Onset (s)', 'Onset [ms]', 'onset （秒）'])('are not frame numbers: %j', (onset) => {
    const header = ['Subject', 'Filename', onset, 'Apex', 'Offset', 'AU', 'Emotion'];
    expect(() => casme2([header, [1, 'EP02_01f', 0.23, 0.3, 0.43, '4', 'disgust']])).toThrow(
      `the column "${onset.replace('（', '(').replace('）', ')')}" of row 1 holds times`,
    );
  });
});

test('points that separate thousands, and points that separate decimals', () => {
  const frames = (onset: string, apex: string, offset: string): unknown =>
    casme2([HEADER, [1, 'a', onset, apex, offset, '4', 'disgust']]).annotations[0];
  expect(frames('1.046', '1.059', '1.086')).toMatchObject({
    onset: 1046,
    apex: 1059,
    offset: 1086,
  });
  expect(frames('998', '1.002', '1.010')).toMatchObject({ onset: 998, apex: 1002, offset: 1010 });
  expect(frames('10.333', '20.667', '35')).toMatchObject({ onset: 10, apex: 21, offset: 35 });
  expect(frames('1.4', '9.600', '20.2')).toMatchObject({ onset: 1, apex: 10, offset: 20 });
});

test('the day that a list became, as the number that programs store', () => {
  const reading = casme2([HEADER, [1, 'a', 46, 59, 86, 43102, 'disgust']]);
  expect(reading.annotations[0]!.actionUnits).toEqual(['1', '2']);
  expect(messagesOf(reading, 'repair').join()).toContain('a date that a spreadsheet program made');
});

test.each([
  ['"Disgust"', 'disgust'],
  ['厌 恶', 'disgust'],
  ['suprised', 'surprise'],
  ['ohters', 'others'],
])('the emotion %j is %j', (cell, emotion) => {
  const reading = casme2([HEADER, [1, 'a', 46, 59, 86, '4', cell]]);
  expect(reading.annotations[0]!.emotion).toBe(emotion);
});

test.each(["'46'", '"46"', 'f46', '46#', '第46张', '1,046.0'])('the frame number %j', (cell) => {
  const onset = cell.startsWith('1') ? 1046 : 46;
  const reading = casme2([HEADER, [1, 'a', cell, onset + 3, onset + 9, '4', 'disgust']]);
  expect(reading.annotations[0]).toMatchObject({ onset });
});
