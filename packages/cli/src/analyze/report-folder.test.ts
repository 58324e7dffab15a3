/** @file Reports of different clips never replace each other. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import type { Report } from '@telltale/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { folderFor, reportFolder } from './report-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'telltale-report-folder-'));
const before = process.cwd();
beforeAll(() => process.chdir(root));
afterAll(() => {
  process.chdir(before);
  rmSync(root, { recursive: true });
});

const report = (name: string, value = 1): Report =>
  ({
    clip: { name, width: 4, height: 4 },
    movement: { times: [0, 1], values: [0, value], threshold: 1 },
  }) as unknown as Report;

function hold(folder: string, ...of: Parameters<typeof report>): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'report.json'), JSON.stringify(report(...of)));
}

describe('a folder without --out', () => {
  const end = { out: undefined, end: 'report' };

  it('has the name of the clip, and a number where another clip of that name was there first', async () => {
    expect(await reportFolder('videos/s1.mp4', end)).toBe('s1-report');
    hold('s1-report', 's1.mp4');
    expect(await reportFolder('videos/s1.mp4', end)).toBe('s1-report');
    expect(await reportFolder('videos/s1.avi', end)).toBe('s1-report-2');
    hold('s1-report-2', 's1.avi');
    expect(await reportFolder('s1.mkv', end)).toBe('s1-report-3');
  });

  it('of several subjects is taken as well', async () => {
    hold('both-report/subject-1', 'both.mp4');
    expect(await reportFolder('both.avi', end)).toBe('both-report-2');
  });

  it('has a shorter name where that of the clip is too long', async () => {
    const long = [`${'a'.repeat(241)}.mp4`, `${'面'.repeat(80)}.mp4`, `${'面'.repeat(79)}表.mp4`];
    const folders = await Promise.all(long.map((name) => reportFolder(name, end)));
    for (const folder of folders) {
      expect(Buffer.byteLength(folder)).toBeLessThan(200);
      expect(folder).toMatch(/^[a面]+-[0-9a-f]{10}-report$/);
    }
    expect(new Set(folders).size).toBe(3);
  });
});

describe('a folder of --out', () => {
  it('is refused before the work where it holds the report of another clip', async () => {
    hold('taken', 'one.mp4');
    expect(await reportFolder('one.mp4', { out: 'taken', end: 'report' })).toBe('taken');
    await expect(reportFolder('two.mp4', { out: 'taken', end: 'report' })).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      message: expect.stringContaining('holds the report of one.mp4') as string,
    });
  });

  it('holds other files, but none of the names of a report', async () => {
    mkdirSync('others');
    writeFileSync('others/notes.txt', 'mine');
    expect(await reportFolder('two.mp4', { out: 'others', end: 'report' })).toBe('others');
    for (const [name, text] of [
      ['report.csv', 'mine'],
      ['report.json', '{"title": "a report of mine"}'],
    ] as const) {
      writeFileSync(join('others', name), text);
      await expect(reportFolder('two.mp4', { out: 'others', end: 'report' })).rejects.toMatchObject(
        {
          code: 'OUTPUT_UNWRITABLE',
          message: expect.stringContaining(`a ${name} that is not of telltale`) as string,
        },
      );
    }
    mkdirSync('own-report');
    writeFileSync('own-report/report.html', 'mine');
    expect(await reportFolder('own.mp4', { out: undefined, end: 'report' })).toBe('own-report-2');
  });
});

it('a finished report replaces that of the same clip, and no other of the same name', async () => {
  hold('same', 'clip.mp4', 1);
  expect(await folderFor('same', report('clip.mp4', 1))).toBe('same');
  expect(await folderFor('same', report('clip.mp4', 2))).toBe('same-2');
  hold('same-2', 'clip.mp4', 3);
  expect(await folderFor('same', report('clip.mp4', 2))).toBe('same-3');
});
