/** @file Sheets as web tools, statistics programs and old spreadsheet programs export them, and in the encodings of East Asia. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CFB, utils, write } from '@e965/xlsx';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readSheets } from './sheets.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'telltale-exported-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function put(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const ROWS = [
  ['subject', 'clip', 'onset', 'action units'],
  ['001', 'a & b', '3', '1-2'],
  ['002', 'c', '1,046', '4+7'],
];

const cells = (row: readonly string[]): string =>
  row.map((cell) => `<td>${cell.replace('&', '&amp;')}</td>`).join('');
const PAGE = `<html><head><meta charset="utf-8"></head><body>\n<table>${ROWS.map((row) => `<tr>${cells(row)}</tr>`).join('')}</table></body></html>`;

describe('a sheet that is really', () => {
  test('a table of a web page keeps its text: zeros, dashes, commas', async () => {
    expect((await readSheets(await put('page.xls', PAGE)))[0]!.rows).toEqual(ROWS);
    const fragment = PAGE.slice(PAGE.indexOf('<table'), PAGE.indexOf('</body'));
    expect((await readSheets(await put('fragment.xls', fragment)))[0]!.rows).toEqual(ROWS);
  });

  test('a web page in the encoding that it states, with a cell over two rows', async () => {
    const text = '<html><meta charset=gb2312><table><tr><td rowspan=2>X</td><td>a</td></tr><tr><td>b</td></tr></table></html>'; // prettier-ignore
    const [before, after] = text.split('X').map((part) => Buffer.from(part, 'latin1'));
    const bytes = Buffer.concat([before!, Buffer.from('c7e9d0f7', 'hex'), after!]);
    expect((await readSheets(await put('gb.xls', bytes)))[0]!.rows).toEqual([['情绪', 'a'], ['情绪', 'b']]); // prettier-ignore
  });

  test.each(['xlml', 'sylk', 'dif'] as const)('%s', async (bookType) => {
    const book = utils.book_new();
    utils.book_append_sheet(book, utils.aoa_to_sheet([['subject', 'onset'], ['p1', 46], ['p2', 7]]), 'S'); // prettier-ignore
    const path = await put(`${bookType}.xls`, write(book, { type: 'string', bookType }) as string);
    expect((await readSheets(path))[0]!.rows).toEqual([['subject', 'onset'], ['p1', '46'], ['p2', '7']]); // prettier-ignore
  });

  test.each([
    ['login.xls', '<!DOCTYPE html><html><body>Sign in</body></html>', 'a web page without a table'],
    ['archive.xls', `MIME-Version: 1.0\nContent-Type: multipart/related\n\n${PAGE}`, 'a web page'],
  ])('%s is refused', async (name, text, what) => {
    await expect(readSheets(await put(name, text))).rejects.toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringContaining(`${name} is ${what}`) as string,
    });
  });
});

describe('text in an encoding that it does not state', () => {
  // Encoded by Python: '被試,檔名,情緒\n1,片段一,厭惡\n' and '被験者,クリップ\n1,クリップ一\n'.
  const traditional = [['被試', '檔名', '情緒'], ['1', '片段一', '厭惡']]; // prettier-ignore
  const japanese = [['被験者', 'クリップ'], ['1', 'クリップ一']]; // prettier-ignore
  test.each([
    ['Big5', 'b351b8d52cc0c9a6572cb1a1bafc0a312ca4f9ac71a4402cb9bdb4630a', traditional],
    ['Shift-JIS', '94ed8cb18ed22c834e838a836283760a312c834e838a8362837688ea0a', japanese],
    ['EUC-JP', 'c8efb8b3bcd42ca5afa5eaa5c3a5d70a312ca5afa5eaa5c3a5d7b0ec0a', japanese],
    ['GBK', 'b1bbcad42cceecbcfec3fb0a312ccff7d2bb0a', undefined],
  ])('%s is recognized and reported', async (name, hex, rows) => {
    const [sheet] = await readSheets(await put('a.csv', Buffer.from(hex, 'hex')));
    expect(sheet!.encoding).toBe(name);
    if (rows !== undefined) expect(sheet!.rows).toEqual(rows);
  });

  test.each(['Ärger;Gruß\n°C;µm\n', 'Été;São\nnaïve;“x”\n'])('Latin-1: %j', async (text) => {
    const bytes = Buffer.from(text.replace('“', '\x93').replace('”', '\x94'), 'latin1');
    const [sheet] = await readSheets(await put('a.csv', bytes));
    expect([sheet!.encoding, sheet!.rows]).toEqual([
      'Latin-1',
      text.trim().split('\n').map((line) => line.split(';')), // prettier-ignore
    ]);
  });

  test('UTF-16 without a mark, also with 一 (4E00), and UTF-8 are not guesses', async () => {
    const text = '被试,起始帧,情绪\n1,3,厌恶\n一,7,惊讶\n';
    const rows = text.trim().split('\n').map((line) => line.split(',')); // prettier-ignore
    const wide = Buffer.from(text, 'utf16le');
    for (const bytes of [wide, Buffer.from(wide).swap16(), Buffer.from(text)]) {
      expect(await readSheets(await put('a.csv', bytes))).toEqual([{ name: '', rows }]);
    }
  });
});

test.each(['<v></v>', '<v/>', ''])('formulas without a value (%j) are named', async (value) => {
  const sheet = utils.aoa_to_sheet([['subject', 'onset', 'apex', 'units'], ['p1', 3, 7, 1]]); // prettier-ignore
  sheet['C2'] = { t: 'n', v: 7, f: 'B2+4' };
  sheet['D2'] = { t: 'n', v: 11, f: '4+7' };
  const book = utils.book_new();
  utils.book_append_sheet(book, sheet, 'S');
  const zips = CFB as {
    read(bytes: Buffer, options: object): object;
    find(archive: object, path: string): { content: Uint8Array; size: number };
    write(archive: object, options: object): Buffer;
  };
  const whole = write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer;
  const archive = zips.read(whole, { type: 'buffer' });
  const entry = zips.find(archive, '/xl/worksheets/sheet1.xml');
  const xml = Buffer.from(entry.content).toString('utf8');
  entry.content = Buffer.from(xml.replaceAll(/(<\/f>)<v>\d+<\/v>/g, `$1${value}`));
  entry.size = entry.content.length;
  const path = await put('a.xlsx', zips.write(archive, { fileType: 'zip', type: 'buffer' }));
  const [read] = await readSheets(path);
  expect(read!.uncomputed).toEqual(['C2']);
  expect(read!.rows[1]).toEqual(['p1', '3', '', '4+7']);
  expect((await readSheets(await put('whole.xlsx', whole)))[0]!.uncomputed).toBeUndefined();
});
