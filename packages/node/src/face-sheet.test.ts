/** @file The contact sheet shows everyone with a number, and no face where they are to be hidden. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findSubjects } from '@telltale/core';
import type { Subjects } from '@telltale/core';
import { detectFaces } from '@telltale/core/face';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openTestModels } from '../../core/src/face/face.cases.ts';
import type { FaceModels } from '../../core/src/face/models.ts';
import { cutFaces, subjectsClip } from '../../core/src/face/subjects.cases.ts';
import type { Clip } from '../../core/src/video/frames.ts';
import { writeFaceSheet } from './face-sheet.ts';
import { readImage } from './images/images.ts';
import { numberPath } from './number-path.ts';

let models: FaceModels;
let folder: string;
let clip: Clip;
let subjects: Subjects;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-sheet-'));
  models = await openTestModels();
  const faces = await cutFaces(models, 1);
  const still = [
    { face: faces[0]!, path: () => ({ x: 450, y: 150, size: 160 }) },
    { face: faces[1]!, path: () => ({ x: 180, y: 150, size: 190 }) },
  ];
  clip = subjectsClip(still, { rate: 5, frames: 6, width: 640, height: 300 });
  subjects = await findSubjects(clip, models);
});
afterAll(async () => {
  await models.close();
  await rm(folder, { recursive: true });
});

test('has the frame and three images of each subject', async () => {
  const path = join(folder, 'faces.jpg');
  await writeFaceSheet(path, clip, subjects);
  const sheet = await readImage(path);
  const top = Math.round((560 / 640) * 300);
  expect([sheet.width, sheet.height]).toEqual([560, top + 2 * 160]);
  const found = await detectFaces(models, sheet);
  const middles = found.map(({ x, y }) => [x, y] as const);
  const inRow = (row: number): number =>
    middles.filter(([x, y]) => x > 80 && Math.abs(y - (top + 160 * row + 80)) < 30).length;
  expect([inRow(0), inRow(1)]).toEqual([3, 3]);
  expect(middles.some(([, y]) => y < top)).toBe(true);
});

test('can be read without showing who anyone is', async () => {
  const path = join(folder, 'hidden.jpg');
  await writeFaceSheet(path, clip, subjects, { blur: true });
  expect(await detectFaces(models, await readImage(path))).toHaveLength(0);
});

test('numbers are strokes as high as wanted', () => {
  expect(numberPath(1, 8).path).toBe('M0.8 1.2L2.4 0V8M0.8 8H4');
  expect(numberPath(10, 4)).toMatchObject({ width: 5 });
});
