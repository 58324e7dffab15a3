/** @file Workbooks, read back by two other programs. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { read, utils } from '@e965/xlsx';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { writeXlsx } from './xlsx.ts';
import type { Cell } from './xlsx.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'telltale-xlsx-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const ROWS: readonly (readonly Cell[])[] = [
  ['=1+1.mp4', 0.125, 'a <b> & "c"', undefined],
  ['表情\n两行', -3, ' spaces ', '007'],
];
const HEADER = ['clip', 'number', 'text', 'more'];

async function write(rows: readonly (readonly Cell[])[]): Promise<Buffer> {
  const path = join(folder, 'a.xlsx');
  await writeXlsx(path, [
    { name: 'one', header: HEADER, rows },
    { name: 'two & more', header: ['x'], rows: [[1]] },
  ]);
  return readFile(path);
}

test('SheetJS reads what was written: texts as texts, numbers as numbers', async () => {
  const book = read(await write(ROWS), { type: 'buffer' });
  expect(book.SheetNames).toEqual(['one', 'two & more']);
  const back = utils.sheet_to_json(book.Sheets['one']!, { header: 1, defval: undefined });
  expect(back).toEqual([HEADER, ROWS[0]!.slice(0, 3), ROWS[1]]);
  expect(book.Sheets['one']!['A2']).toMatchObject({ t: 's', v: '=1+1.mp4' });
});

const pandas = spawnSync('/usr/bin/python3', ['-c', 'import pandas, openpyxl']).status === 0;
test.skipIf(!pandas)(
  'pandas with openpyxl reads the same (skipped where they are absent)',
  async () => {
    await write(ROWS);
    const code =
      'import pandas, sys, json; d = pandas.read_excel(sys.argv[1], sheet_name="one", dtype={"more": str}); print(json.dumps(d.where(d.notna(), None).values.tolist()))';
    const text = execFileSync('/usr/bin/python3', ['-c', code, join(folder, 'a.xlsx')], { encoding: 'utf8' }); // prettier-ignore
    expect(JSON.parse(text)).toEqual(ROWS.map((row) => row.map((cell) => cell ?? null)));
  },
);

test('the same rows give the same bytes', async () => {
  expect(await write(ROWS)).toEqual(await write(ROWS));
});

test('any text can be written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), async (text) => {
      const book = read(await write([[text]]), { type: 'buffer' });
      const cell = (book.Sheets['one']!['A2'] as { v?: string } | undefined)?.v ?? '';
      const kept = text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '');
      // XML has one kind of line break.
      expect(cell.replaceAll('\r\n', '\n').replaceAll('\r', '\n')).toBe(kept.replaceAll('\r\n', '\n').replaceAll('\r', '\n')); // prettier-ignore
    }),
    { numRuns: 30 },
  );
});

test('a million cells in a process of 48 MB', async () => {
  const path = join(folder, 'large.xlsx');
  const text = `import { writeXlsx } from ${JSON.stringify(new URL('xlsx.ts', import.meta.url).href)};
    const header = Array.from({ length: 20 }, (_, i) => 'c' + i);
    function* rows() { for (let i = 0; i < 50000; i++) yield header.map((name, j) => (j < 2 ? name + i : i / (j + 1))); }
    await writeXlsx(${JSON.stringify(path)}, [{ name: 'large', header, rows: rows() }]);`;
  const words = ['--max-old-space-size=48', '--input-type=module', '-e', text];
  const { status, stderr } = spawnSync(process.execPath, [...process.execArgv, ...words], { encoding: 'utf8' }); // prettier-ignore
  expect(status, stderr).toBe(0);
  expect((await stat(path)).size).toBeGreaterThan(1_000_000);
});
