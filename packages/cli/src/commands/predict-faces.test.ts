/** @file `predict` with the shipped network that looks at faces: it sees all three images, and refuses others. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';

import { createProgram, runProgram } from '../program.ts';
import { predictCommand } from './predict.ts';

const CLIPS = ['a', 'b', 'c'];
let room: string;
let written = '';
const at = (...names: readonly string[]): string => join(room, ...names);

/** Blots of another phase in every image; `same` shows the onset at the apex, too. */
async function writeDataset(
  name: string,
  { side = 112, columns = ['flow', 'apex', 'onset'], same = false } = {},
): Promise<void> {
  await mkdir(at(name));
  const lines = [['dataset', 'subject', 'clip', 'emotion', ...columns].join(',')];
  for (const [number, clip] of CLIPS.entries()) {
    const files: string[] = [];
    for (const column of columns) {
      const phase = number + (same && column === 'apex' ? 'onset' : column).length / 3;
      const pixels = Uint8Array.from({ length: 3 * side * side }, (_, i) => {
        const [x, y] = [((i / 3) % side) / side, i / 3 / side / side];
        return 128 + 60 * Math.sin(9 * x + phase) * Math.cos(7 * y - phase + (i % 3));
      });
      const raw = { width: side, height: side, channels: 3 } as const;
      const file = `${clip}-${column}.png`;
      await writeFile(at(name, file), await sharp(pixels, { raw }).png().toBuffer());
      files.push(file);
    }
    lines.push(['x', `s${number}`, clip, 'negative', ...files].join(','));
  }
  await writeFile(at(name, 'samples.csv'), lines.join('\n'));
}

async function predicted(name: string): Promise<{ status: number; rows: readonly number[][] }> {
  const words = ['predict', '--data', at(name), '--network', 'mfdan-faces'];
  const out = at(`${name}.csv`);
  const status = await runProgram(createProgram([predictCommand()]), [...words, '--out', out]);
  const lines = status === 0 ? (await readFile(out, 'utf8')).trim().split(/\r?\n/).slice(1) : [];
  return { status, rows: lines.map((line) => line.split(',').slice(5).map(Number)) };
}

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'telltale-predict-'));
  await writeDataset('faces');
  await writeDataset('still', { same: true });
  await writeDataset('small', { side: 28 });
  await writeDataset('flow-alone', { columns: ['flow'] });
});
afterAll(() => rm(room, { recursive: true }));
beforeEach(() => {
  written = '';
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => (written += String(text)) !== '');
  }
});
afterEach(() => void vi.restoreAllMocks());

test('gives a row for each sample, which depends on the faces', async () => {
  const { status, rows } = await predicted('faces');
  expect(status, written).toBe(0);
  expect(written).toContain('mfdan face112 on 3 samples');
  expect(rows).toHaveLength(CLIPS.length);
  for (const row of rows) {
    expect(row).toHaveLength(3);
    expect(Math.abs(row.reduce((sum, p) => sum + p, 0) - 1)).toBeLessThan(1e-4);
  }
  // The same flow, and another face at the apex.
  expect((await predicted('still')).rows).not.toEqual(rows);
});

test.each([
  ['small', /28×28.*112/s],
  ['flow-alone', /apex/],
])('refuses %s images with the reason', async (name, why) => {
  expect((await predicted(name)).status).toBe(2);
  expect(written).toMatch(why);
});
