/** @file Parquet files, read by Apache Arrow: live where Python has it, and as stored in golden/ (golden/parquet.py). */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { COLUMNS, GROUP, ROWS } from './parquet.cases.ts';
import { openParquet } from './parquet.ts';

const golden = (name: string): string =>
  fileURLToPath(new URL(`../../../../golden/${name}`, import.meta.url));
const python = process.env['TELLTALE_PYTHON'] ?? '/usr/bin/python3';
const noArrow = spawnSync(python, ['-c', 'import pyarrow.parquet']).status !== 0;

interface Read {
  readonly rows: number;
  readonly groups: number;
  readonly types: Readonly<Record<string, string>>;
  readonly columns: Readonly<Record<string, (number | null)[]>>;
}

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-parquet-'));
  path = join(folder, 'table.parquet');
  const file = openParquet(path, COLUMNS, GROUP);
  for (const row of ROWS) await file.row(row);
  await file.end();
});
afterAll(() => rm(folder, { recursive: true }));

function expectTable({ rows, groups, types, columns }: Read): void {
  expect({ rows, groups }).toEqual({ rows: ROWS.length, groups: 3 });
  expect(types).toEqual({ frame: 'int32', time: 'double', yaw: 'double', x_0: 'float', never: 'double' }); // prettier-ignore
  const wanted = COLUMNS.map(({ name }, i) => [name, ROWS.map((row) => row[i] ?? null)] as const);
  expect(columns).toEqual(Object.fromEntries(wanted));
}

test('the file is the stored one, byte for byte', async () => {
  expect((await readFile(path)).equals(readFileSync(golden('table.parquet')))).toBe(true);
});

describe('Apache Arrow reads every cell', () => {
  test('of the stored file', () => {
    expectTable(JSON.parse(readFileSync(golden('table-parquet.json'), 'utf8')) as Read);
  });

  test.skipIf(noArrow)('of this one (skipped where Python has no pyarrow)', () => {
    const text = execFileSync(python, [golden('parquet.py'), path], { encoding: 'utf8' });
    expectTable(JSON.parse(text) as Read);
  });
});

test('a table without rows is a file', async () => {
  const empty = join(folder, 'empty.parquet');
  await openParquet(empty, COLUMNS, GROUP).end();
  expect((await readFile(empty)).subarray(-4).toString()).toBe('PAR1');
});
