/** @file Two subjects who cross, analyzed as one clip of a run and alone: a result for each, and no face where hidden. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { readReport } from '@telltale/core';
import { parseCsv } from '@telltale/core/datasets';
import { detectFaces } from '@telltale/core/face';
import { openTools, readImage, writeImage } from '@telltale/node';
import type { Tools } from '@telltale/node';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { cutFaces, subjectsClip } from '../../../core/src/face/subjects.cases.ts';
import { faceChoice, oneFace } from '../arguments.ts';
import { doAnalyze, readAnalyzed } from './clip-job.ts';
import type { AnalyzeChoice } from './clip-job.ts';
import { runAnalyze } from './run.ts';
import { writeTables } from './tables.ts';

let folder: string;
let tools: Tools;
const signal = new AbortController().signal;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-subjects-'));
  tools = await openTools({ recognizer: false });
  const [a, b] = await cutFaces(tools.face, 1);
  const path = (side: 1 | -1) => (time: number) => ({ x: 280 + side * 90 * (time - 1.5), y: 140, size: side === 1 ? 190 : 160 }); // prettier-ignore
  const clip = subjectsClip(
    [
      { face: a!, path: path(-1) },
      { face: b!, path: path(1) },
    ],
    { rate: 8, frames: 25, width: 560, height: 280 },
  );
  await mkdir(join(folder, 'clip'));
  for await (const frame of clip.frames()) {
    await writeImage(join(folder, 'clip', `${100 + frame.index}.png`), frame);
  }
});
afterAll(async () => {
  await tools.close();
  await rm(folder, { recursive: true });
});

test('with --face all each has a row, a report and a place of their own in the sheet', async () => {
  const run = join(folder, 'run');
  const place = join(run, 'clips', 'clip');
  const choice: AnalyzeChoice = { fps: 8, face: 'all', recognizer: false, frames: true, blur: true }; // prettier-ignore
  const job = { index: 0, id: 'clip', path: join(folder, 'clip'), folder: place, key: 'k', digest: 'd', choice }; // prettier-ignore
  expect(await doAnalyze(job, tools, signal)).toEqual({ index: 0 });
  const kept = await readAnalyzed(place, 'k', choice);
  expect(kept!.results.map((one) => one.folder)).toEqual(['subject-1', 'subject-2']);

  // Each frame's box of the first, who is in front, moves from left to right.
  const boxes = await Promise.all(
    ['subject-1', 'subject-2'].map(async (name) => {
      const [header, ...rows] = parseCsv(await readFile(join(place, name, 'frames.csv'), 'utf8'));
      const at = (key: string): number => header!.fields.indexOf(key);
      return rows
        .filter(({ fields }) => fields[at('face')] === '1')
        .map(({ fields }) => Number(fields[at('box_x')]) + Number(fields[at('box_width')]) / 2);
    }),
  );
  expect(boxes[0]!.length).toBeGreaterThan(20);
  expect(boxes[0]![0]).toBeLessThan(200);
  expect(boxes[0]!.at(-1)).toBeGreaterThan(350);
  expect(boxes[1]![0]).toBeGreaterThan(350);
  expect(boxes[1]!.at(-1)).toBeLessThan(200);

  await writeTables(run, 'run', { clips: [{ id: 'clip', folder: 'clip' }], csvLocale: 'point' });
  const [header, ...rows] = parseCsv(await readFile(join(run, 'clips.csv'), 'utf8'));
  const column = (name: string): (string | undefined)[] =>
    rows.map(({ fields }) => fields[header!.fields.indexOf(name)]);
  expect([column('subject'), column('subjects')]).toEqual([
    ['1', '2'],
    ['2', '2'],
  ]);
  expect(column('report')).toEqual([1, 2].map((n) => `clips/clip/subject-${n}/report.html`));
  expect(await readFile(join(run, 'index.html'), 'utf8')).toContain('clip (subject 2 of 2)');
  expect(await detectFaces(tools.face, await readImage(join(place, 'faces.jpg')))).toHaveLength(0);
  const images = [...kept!.results.map(({ thumbnail }) => thumbnail!)];
  for (const [i, image] of images.entries()) {
    const path = join(folder, `${i}.jpg`);
    const { writeFile } = await import('node:fs/promises');
    await writeFile(path, Buffer.from(image.split(',')[1]!, 'base64'));
    expect(await detectFaces(tools.face, await readImage(path))).toHaveLength(0);
  }

  // The same clip with one face: what was written for all is gone.
  const other: AnalyzeChoice = { ...choice, face: 'left', frames: false };
  await doAnalyze({ ...job, key: 'l', choice: other }, tools, signal);
  expect((await readAnalyzed(place, 'l', other))!.results.map((one) => one.folder)).toEqual(['']);
  await expect(readFile(join(place, 'subject-1', 'report.html'))).rejects.toThrow();
});

test('one is chosen by number; a number that no subject has is refused', async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const common = {
    fps: 8,
    json: false,
    xlsx: false,
    recognizer: false,
    blur: false,
    csvLocale: 'point' as const,
  };
  const out = join(folder, 'second');
  await runAnalyze(join(folder, 'clip'), { ...common, face: 2, out }, signal);
  const report = readReport(await readFile(join(out, 'report.json'), 'utf8'));
  expect(report.face.subject).toEqual({ number: 2, of: 2 });
  expect(report.caveatCodes!.map(({ code }) => code)).toContain('subject');
  await readFile(join(out, 'faces.jpg'));
  const wrong = runAnalyze(join(folder, 'clip'), { ...common, face: 3, out }, signal);
  await expect(wrong).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  vi.restoreAllMocks();
});

test('choices of a face', () => {
  expect(['largest', 'left', 'right', 'all', '2'].map(faceChoice)).toEqual([
    ...['largest', 'left', 'right', 'all', 2],
  ]);
  for (const text of ['0', '-1', '1.5', 'both', '']) expect(() => faceChoice(text)).toThrow();
  expect(() => oneFace('all')).toThrow();
});
