/** @file `telltale dataset check` from its command line, on small folders made by hand. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { utils, write } from '@e965/xlsx';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { datasetCommand } from '../commands/dataset.ts';
import { createProgram, runProgram } from '../program.ts';
import type { CheckResult } from './check-table.ts';

let folder: string;
let stdout = '';
let stderr = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-check-'));
  [stdout, stderr] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

function check(...words: string[]): Promise<number> {
  return runProgram(createProgram([datasetCommand()]), ['dataset', 'check', ...words]);
}

async function put(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), bytes);
}

type Row = readonly (string | number)[];

async function putSheet(path: string, rows: readonly Row[], name = 'Sheet1'): Promise<void> {
  const book = utils.book_new();
  utils.book_append_sheet(book, utils.aoa_to_sheet(rows.map((row) => [...row])), name);
  await put(path, new Uint8Array(write(book, { type: 'array', bookType: 'xlsx' }) as ArrayBuffer));
}

async function putFrames(path: string, from: number, to: number): Promise<void> {
  const image = sharp({ create: { width: 8, height: 8, channels: 3, background: 'gray' } });
  const bytes = await image.jpeg().toBuffer();
  for (let i = from; i <= to; i++) await put(`${path}/img${i}.jpg`, bytes);
}

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
const SHEET = 'CASME2-coding-20140508.xlsx';

/** Numbers of the edition of 8 May 2014. */
const EDITION = {
  others: 99,
  disgust: 63,
  happiness: 32,
  repression: 27,
  surprise: 25,
  sadness: 7,
  fear: 2,
};

function wholeEdition(): Row[] {
  const emotions = Object.entries(EDITION).flatMap(([name, n]) =>
    Array.from({ length: n }, () => name),
  );
  return emotions.map((emotion, i) => [1 + (i % 26), `EP${i}`, '', 1, 2, 3, '', 4, emotion]);
}

describe('telltale dataset check', () => {
  test('knows an edition by its numbers', async () => {
    await putSheet(SHEET, [HEADER, ...wholeEdition()]);
    await put('CASME2-RAW/sub01/EP0/img1.jpg', '');
    expect(await check('casme2', folder)).toBe(2); // that frame is not an image
    expect(stdout).toContain('edition    CASME2-coding-20140508: all published numbers are met');
    expect(stdout).toMatch(/clips +255 +255\n.*subjects +26 +26/);
    expect(stdout).toMatch(/disgust +63 +63\n/);
    expect(stderr).toContain('error FRAME_UNREADABLE');
  });

  test('exits with 2 where no expression has a frame, whatever the sheet is', async () => {
    await putSheet(SHEET, [HEADER, ...wholeEdition()]);
    expect(await check('casme2', folder)).toBe(2);
    expect(stdout).toContain('all published numbers are met');
    expect(stderr).toContain('none of the expressions of CASME II has a frame in');
  });

  test('exits with 2 where a number is not met, after the whole table', async () => {
    const rows = wholeEdition();
    rows[0] = [...rows[0]!.slice(0, 8), 'disgust'];
    await putSheet(SHEET, [HEADER, ...rows]);
    expect(await check('casme2', folder)).toBe(2);
    expect(stdout).toMatch(/disgust +64 +63 {2}←/);
    expect(stderr).toContain('error COUNTS_MISMATCH: CASME II in');
    expect(stderr).toContain('disgust 64, not 63; others 98, not 99');
  });

  test('reports for which numbers there is nothing to compare with', async () => {
    const head = ['sub', 'count', 'onset', 'offset', 'au', 'emotion'];
    const rows = Array.from({ length: 166 }, (_, i) => [
      ...[1 + (i % 30), 1 + i, 10, 20, '4', i % 2 === 0 ? 'negative' : 'positive'],
    ]);
    await putSheet('CAS(ME)3_part_C_ME.xlsx', [head, ...rows]);
    expect(await check('casme3c', folder)).toBe(2);
    expect(stderr).toContain('has a frame in');
    expect(stdout).toContain('edition    part_C_ME: all published numbers are met');
    expect(stdout).toMatch(
      /\nsubjects: not compared, no published count known to us\nclasses: not compared, no published count known to us\n/,
    );
    expect(await check('casme3c', folder, '--json')).toBe(2);
    const { uncompared } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as CheckResult;
    expect(uncompared).toEqual(['subjects', 'negative', 'positive']);
  });

  test('lists what is published by row, and reports why it is not applied', async () => {
    const rows = Array.from({ length: 256 }, (_, i) => {
      const moments = { 155: [201, '/', 320], 35: [10, '/', 30] }[i] ?? [1, 2, 3];
      return [1 + (i % 26), `EP${i}`, '', ...moments, '', 4, 'others'];
    });
    await putSheet(SHEET, [HEADER, ...rows]);
    expect(await check('casme2', folder, '--all')).toBe(2);
    expect(stdout).toMatch(
      /corrections of published errors: 1\n {2}row 157 {2}sub26\/EP155 {2}apex "\/" → 231\n {6}source: Varanka/,
    );
    expect(stdout).toMatch(
      /published corrections that are not applied: 14\n {2}row 37 {2}sub10\/EP35 {2}record 35: apex 68 is published, not applied: onset "10", apex "68", offset "30" does not fit this row\n {2}row 45/,
    );
    expect(stdout).toContain('\n      source of these 14: Varanka et al. 2023');
  });

  test('reports missing frames, odd rows and files that are not images, as JSON too', async () => {
    await putSheet(
      `sheets/${SHEET}`,
      [
        ['Coded by two'],
        HEADER,
        [1, 'EP01', '', 10, '/', 20, '', '4', 'Others'],
        [1, 'EP02', '', 10, 12, 20, '', '4', 'disgust'],
        [1, '../../x', '', 10, 12, 20, '', '4', 'disgust'],
      ].slice(0, 4),
    );
    await putFrames('Cropped/sub01/EP01', 8, 18);
    await putFrames('Cropped/sub01/EP02', 10, 20);
    const bomb = Buffer.alloc(200);
    bomb.set([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);
    await put('Cropped/sub01/EP02/img12.jpg', bomb);
    expect(await check('casme2', folder, '--json')).toBe(2);
    const result = JSON.parse(stdout) as CheckResult;
    expect(result.counts).toEqual({ clips: 2, subjects: 1, classes: { disgust: 1, others: 1 } });
    expect(result.workbooks[0]).toMatchObject({
      path: `sheets/${SHEET}`,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    const messages = result.findings.map(({ kind, message }) => `${kind}: ${message}`).join('\n');
    expect(messages).toContain('repair: apex "/": taken as unknown');
    expect(messages).toContain('frames: 2 of 11 frames are missing in Cropped/sub01/EP01: 19-20');
    expect(messages).toMatch(
      /unreadable: .*img12\.jpg: its header states 60000×60000 pixels, more than 64 million/,
    );
  });

  test('exits with 2 where headers of frames are wrong, or nothing was read', async () => {
    const head = 'subject,clip,onset,offset,fps,emotion\n';
    await put('annotations.csv', `${head}p1,one,1,3,100,fear\n`);
    await putFrames('p1/one', 1, 3);
    expect(await check('generic', folder), stderr).toBe(0);
    const liar = Buffer.from('BM'.padEnd(60, '\0'), 'latin1');
    liar.writeInt32LE(3000, 18);
    liar.writeInt32LE(2000, 22);
    liar.writeUInt16LE(24, 28);
    await put('p1/one/img1.jpg', liar);
    expect(await check('generic', folder)).toBe(2);
    expect(stdout).toContain('frames that cannot be read: 1');
    expect(stderr).toMatch(
      /^error FRAME_UNREADABLE: .*img1\.jpg: its header states 3000×2000 pixels, and the file has 60 bytes\n/m,
    );
    await put('annotations.csv', head);
    expect(await check('generic', folder)).toBe(2);
    expect(stderr).toContain('error DATASET_INVALID: no expression was read from');
  });

  test('refuses names that lead out of the folder', async () => {
    await putSheet(SHEET, [HEADER, [1, '../../etc', '', 10, 12, 20, '', '4', 'disgust']]);
    expect(await check('casme2', folder)).toBe(2);
    expect(stderr).toMatch(/^error DATASET_INVALID: row 2: "\.\.\/\.\.\/etc" is not a name/);
    expect(stdout).toBe('');
  });

  test('reports what it looked for', async () => {
    expect(await check('casme2', folder)).toBe(2);
    expect(stderr).toMatch(
      /there is no annotation file of CASME II: looked for casme\*2\*coding\*\.xlsx or xls or csv or tsv/,
    );
    expect(await check('casme2', join(folder, 'none'))).toBe(2);
    expect(stderr).toContain('there is no folder');
    expect(await check('casme9', folder)).toBe(2);
    expect(stderr).toContain('there is no dataset "casme9"');
  });

  test('takes a sheet of another name, and raw frames with --images', async () => {
    await put('elsewhere.csv', `${HEADER.join(',')}\n1,EP01,,10,12,20,,4,others\n`);
    await putFrames('Cropped/sub01/EP01', 10, 20);
    await putFrames('CASME2-RAW/sub01/EP01', 1, 30);
    const words = ['casme2', folder, '--sheet', join(folder, 'elsewhere.csv'), '--json'];
    await check(...words, '--images', 'CASME2-RAW');
    const [note] = (JSON.parse(stdout) as CheckResult).findings;
    expect(note!.message).toBe('frames of 1 of 1 clips are read from CASME2-RAW');
  });

  test('takes one of several sheets by its name, or by that of the sheet in it', async () => {
    const rows = [HEADER, [1, 'EP01', '', 10, 12, 20, '', '14or23; odd', 'others']];
    await putSheet('a/CASME2-coding-20140508.xlsx', rows);
    await putSheet('b/CASME2-coding-20190701.xlsx', [...rows, [1, 'EP02', '', 1, 2, 3, '', '4', 'others']]); // prettier-ignore
    await check('casme2', folder, '--json');
    const first = JSON.parse(stdout) as CheckResult;
    expect(first.workbooks[0]!.path).toBe('a/CASME2-coding-20140508.xlsx');
    expect(first.findings[0]!.message).toContain('b/CASME2-coding-20190701.xlsx (2 rows)');
    expect(first.units).toEqual({
      ...{ cells: 1, certain: 0, uncertain: 2, uncertainCells: 1, unknown: 1, unknownCells: 1 },
    });
    for (const sheet of ['CASME2-coding-20190701.xlsx', 'b/CASME2-coding-20190701.xlsx#Sheet1']) {
      stdout = '';
      await check('casme2', folder, '--sheet', sheet);
      expect(stdout).toContain('sheet      b/CASME2-coding-20190701.xlsx (SHA-256');
      expect(stdout).toMatch(/clips {2,}2/);
    }
    expect(stdout).toContain(
      'action units: 1 in 2 cells; 2 uncertain (in 1 cells), 1 not understood',
    );
    expect(await check('casme2', folder, '--sheet', 'b/CASME2-coding-20190701.xlsx#no')).toBe(2);
    expect(stderr).toContain('has no sheet "no"');
    expect(await check('casme2', folder, '--sheet', 'c.xlsx')).toBe(2);
    expect(stderr).toContain('or one of those in the folder: a/CASME2');
  });

  describe('--synthetic', () => {
    const truth = { dataset: 'casme2', clips: 1, macro: 0, subjects: 1, classes: { others: 1 } };
    beforeEach(() => putSheet(SHEET, [HEADER, [1, 'EP01', '', 10, 12, 20, '', '4', 'others']]));

    test('compares with what lies beside the data', async () => {
      await put('telltale-synthetic.json', JSON.stringify(truth));
      expect(await check('casme2', folder, '--synthetic')).toBe(2);
      expect(stderr).toContain('has a frame in');
      expect(stdout).toContain('edition    synthetic: all listed numbers are met');
      await put('telltale-synthetic.json', JSON.stringify({ ...truth, clips: 2 }));
      expect(await check('casme2', folder, '--synthetic')).toBe(2);
      expect(stderr).toContain('clips 1, not 2');
    });

    test.each([
      [undefined, 'there is no'],
      ['{"dataset":"casme2"}', 'does not have'],
      ['nonsense', 'does not have'],
      [JSON.stringify({ ...truth, dataset: 'samm' }), 'is a synthetic samm, not casme2'],
    ])('refuses %j', async (text, message) => {
      if (text !== undefined) await put('telltale-synthetic.json', text);
      expect(await check('casme2', folder, '--synthetic')).toBe(2);
      expect(stderr).toContain(message);
    });
  });

  test('leaves the folder as it was', async () => {
    await putSheet(SHEET, [HEADER, ...wholeEdition()]);
    const before = await readFile(join(folder, SHEET));
    await check('casme2', folder);
    expect((await readFile(join(folder, SHEET))).equals(before)).toBe(true);
  });
});
