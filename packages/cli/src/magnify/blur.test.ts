/** @file `telltale magnify --blur`: no face is found in what it writes, and it is refused where it could hide none. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import type { Frame } from '@telltale/core';
import { detectFaces } from '@telltale/core/face';
import { openClip, openTools, writeVideo } from '@telltale/node';
import type { Tools } from '@telltale/node';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { cutFaces, subjectsClip } from '../../../core/src/face/subjects.cases.ts';
import { numberedFrame } from '../../../node/src/video/numbered-clip.cases.ts';
import { runMagnify } from './run.ts';

const RATE = 10;
const FRAMES = 8;
const SIZE = { width: 320, height: 240 };
const signal = new AbortController().signal;
let folder: string;
let tools: Tools;
const at = (name: string): string => join(folder, name);
const options = (out: string): Parameters<typeof runMagnify>[1] => ({
  ...{ out: at(out), pulse: false, beside: true, blur: true, alpha: 2, low: 1, high: 3 },
});

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  folder = await mkdtemp(join(tmpdir(), 'telltale-magnify-blur-'));
  tools = await openTools({ recognizer: false });
  const [face] = await cutFaces(tools.face, 1);
  const path = () => ({ x: 160, y: 120, size: 150 });
  const clip = subjectsClip([{ face: face!, path }], { rate: RATE, frames: FRAMES, ...SIZE });
  await writeVideo(at('clip.mp4'), clip.frames(), { rate: RATE });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await tools.close();
  await rm(folder, { recursive: true });
});

async function framesOf(name: string): Promise<Frame[]> {
  const clip = await openClip(at(name));
  const frames: Frame[] = [];
  for await (const frame of clip.frames()) frames.push({ ...frame, data: frame.data.slice() });
  await clip.close();
  return frames;
}

test('hides the face in both halves, and nothing else', async () => {
  await runMagnify(at('clip.mp4'), { ...options('plain.mp4'), blur: false }, signal);
  await runMagnify(at('clip.mp4'), options('hidden.mp4'), signal);
  const [plain, hidden] = [await framesOf('plain.mp4'), await framesOf('hidden.mp4')];
  expect([hidden.length, hidden[0]!.width]).toEqual([FRAMES, 2 * SIZE.width]);
  expect(await detectFaces(tools.face, plain[0]!)).toHaveLength(2);
  for (const frame of hidden) expect(await detectFaces(tools.face, frame)).toHaveLength(0);
  // A column at the left edge of each half.
  for (const x of [2, SIZE.width + 2]) {
    for (let y = 0; y < SIZE.height; y += 7) {
      const i = 3 * (2 * y * SIZE.width + x);
      expect(Math.abs(hidden[3]!.data[i]! - plain[3]!.data[i]!)).toBeLessThan(12);
    }
  }
});

test('is refused where there is no face to hide, and writes nothing', async () => {
  const frames = Array.from({ length: FRAMES }, (_, i) => numberedFrame(i));
  await writeVideo(at('blocks.mp4'), frames, { rate: RATE });
  await expect(runMagnify(at('blocks.mp4'), options('none.mp4'), signal)).rejects.toMatchObject({
    code: 'FACE_NOT_FOUND',
    message: expect.stringContaining('--blur could hide none') as string,
  });
  expect(existsSync(at('none.mp4'))).toBe(false);
});
