/** @file Videos of what was found: their length, what is drawn in them, and no face where they are to be hidden. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import type { Expression, Moment, Report } from '@telltale/core';
import { composeReport } from '@telltale/core/report';
import { detectFaces } from '@telltale/core/face';
import { openClip, openTools, writeVideo } from '@telltale/node';
import type { Tools } from '@telltale/node';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { cutFaces, subjectsClip } from '../../../core/src/face/subjects.cases.ts';
import { badge, KIND_COLORS, type Canvas } from './draw.ts';
import { runShow } from './run.ts';

let folder: string;
let tools: Tools;
const signal = new AbortController().signal;
const RATE = 10;
const FRAMES = 13;
const common = { gif: false, blinks: false, annotated: true, blur: false };
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  folder = await mkdtemp(join(tmpdir(), 'telltale-show-'));
  tools = await openTools({ recognizer: false });
  const [face] = await cutFaces(tools.face, 1);
  const path = () => ({ x: 160, y: 120, size: 190 });
  const clip = subjectsClip([{ face: face!, path }], { rate: RATE, frames: FRAMES, width: 320, height: 240 }); // prettier-ignore
  await writeVideo(at('clip.mp4'), clip.frames(), { rate: RATE });
  const times = Array.from({ length: FRAMES }, (_, i) => i / RATE);
  const moment = (frame: number): { frame: number; time: number } => ({
    frame,
    time: frame / RATE,
  });
  const event = { onset: moment(6), apex: moment(8), offset: moment(10), duration: 0.4, confidence: 0.8, regions: {} }; // prettier-ignore
  const report = composeReport({
    clip: { name: 'clip.mp4', width: 320, height: 240, rate: RATE },
    times,
    seen: times.map(() => true),
    faces: times.map(() => 1),
    framings: ['whole'],
    interocular: 60,
    curve: times.map((_, i) => (i === 8 ? 2 : 0.1)),
    threshold: 0.5,
    expressions: [
      { ...event, kind: 'micro' },
      { ...event, kind: 'blink' },
    ],
    recognizer: undefined,
    made: [],
  });
  await writeFile(at('report.json'), JSON.stringify(report));
});
afterAll(async () => {
  vi.restoreAllMocks();
  await tools.close();
  await rm(folder, { recursive: true });
});

/** Frames of a video. */
async function framesOf(name: string): Promise<Canvas[]> {
  const clip = await openClip(at(name));
  const frames: Canvas[] = [];
  for await (const { data, width, height } of clip.frames()) frames.push({ data: Uint8Array.from(data), width, height }); // prettier-ignore
  await clip.close();
  return frames;
}

/** Pixels that have a color, but for what a codec changes. */
function count({ data }: Canvas, [r, g, b]: readonly [number, number, number]): number {
  let pixels = 0;
  for (let i = 0; i < data.length; i += 3) {
    if (Math.hypot(data[i]! - r, data[i + 1]! - g, data[i + 2]! - b) < 45) pixels += 1;
  }
  return pixels;
}

test('the clip with the face, events and movement; a clip of each event, plain and magnified', async () => {
  await runShow(at('clip.mp4'), at('report.json'), { ...common, out: at('out') }, signal);
  expect((await readdir(at('out'))).sort()).toEqual([
    'annotated.mp4',
    'event-1-magnified.mp4',
    'event-1.mp4',
  ]);
  const frames = await framesOf('out/annotated.mp4');
  expect(frames).toHaveLength(FRAMES);
  expect(frames[0]!.height).toBe(240 + 34);
  const colored = frames.map((frame) => count(frame, KIND_COLORS.micro));
  // In the event the box and its number have its color, beside the span in the strip.
  expect(Math.min(...colored.slice(6, 11))).toBeGreaterThan(Math.max(...colored.slice(0, 6), ...colored.slice(11)) + 300); // prettier-ignore
  expect(await framesOf('out/event-1.mp4')).toHaveLength(12);
});

test('of a part that was analyzed, that part is shown', async () => {
  const report = JSON.parse(await readFile(at('report.json'), 'utf8')) as Report;
  const { clip, movement, expressions } = report;
  const earlier = ({ frame, time }: Moment): Moment => ({ frame: frame - 4, time });
  const of = (event: Expression): Expression => ({
    ...event,
    onset: earlier(event.onset),
    apex: earlier(event.apex),
    offset: earlier(event.offset),
  });
  const part: Report = {
    ...report,
    clip: { ...clip, frames: 8, firstFrame: 4 },
    movement: { ...movement, times: movement.times.slice(4, 12), values: movement.values.slice(4, 12) }, // prettier-ignore
    expressions: expressions.map(of),
  };
  await writeFile(at('part.json'), JSON.stringify(part));
  await runShow(at('clip.mp4'), at('part.json'), { ...common, out: at('part') }, signal);
  const opened = await openClip(at('part/annotated.mp4'));
  const times: number[] = [];
  for await (const { time } of opened.frames()) times.push(time);
  await opened.close();
  expect(times).toHaveLength(8);
  expect(times[0]).toBe(0);
  const colored = (await framesOf('part/annotated.mp4')).map((frame) => count(frame, KIND_COLORS.micro)); // prettier-ignore
  expect(Math.min(...colored.slice(2, 7))).toBeGreaterThan(Math.max(...colored.slice(0, 2), colored[7]!) + 300); // prettier-ignore
  // Half a second around the event, as far as the part reaches.
  expect(await framesOf('part/event-1.mp4')).toHaveLength(8);
});

test('faces are hidden in all of them', async () => {
  await runShow(at('clip.mp4'), folder, { ...common, blur: true, out: at('hidden') }, signal);
  for (const name of ['annotated', 'event-1', 'event-1-magnified']) {
    const frames = await framesOf(`hidden/${name}.mp4`);
    for (const frame of frames) {
      expect(await detectFaces(tools.face, { ...frame, channels: 3 }), name).toHaveLength(0);
    }
  }
});

test('as GIF, blinks too; a report of another clip is refused', async () => {
  const options = { ...common, gif: true, blinks: true, annotated: false, out: at('gif') };
  await runShow(at('clip.mp4'), at('report.json'), options, signal);
  expect(await readdir(at('gif'))).toHaveLength(4);
  const { pages, delay, width } = await sharp(await readFile(at('gif/event-2.gif')), { animated: true }).metadata(); // prettier-ignore
  expect(pages).toBe(12);
  expect(delay).toEqual(Array(12).fill(100));
  expect(width).toBe(320);
  const report = JSON.parse(await readFile(at('report.json'), 'utf8')) as { clip: object };
  const other = { ...report, clip: { ...report.clip, width: 321 } };
  await writeFile(at('other.json'), JSON.stringify(other));
  await expect(runShow(at('clip.mp4'), at('other.json'), { ...options, overwrite: true }, signal)).rejects.toMatchObject({ code: 'OPTION_INVALID' }); // prettier-ignore
});

test('a folder without a report, and a file that is none, are named', async () => {
  await writeFile(at('none.json'), '{}');
  await mkdir(at('empty'));
  for (const [source, code, named] of [
    ['empty', 'FILE_MISSING', 'empty/report.json'],
    ['nowhere.json', 'FILE_MISSING', 'nowhere.json'],
    ['none.json', 'REPORT_INVALID', 'none.json'],
  ] as const) {
    const run = runShow(at('clip.mp4'), at(source), { ...common, out: at('refused') }, signal);
    await expect(run).rejects.toMatchObject({ code, message: expect.stringContaining(at(named)) as string }); // prettier-ignore
  }
});

test('numbers are as wide as their digits', () => {
  const canvas: Canvas = { data: new Uint8Array(3 * 80 * 40), width: 80, height: 40 };
  badge(canvas, { number: 18, x: 0, y: 0, height: 20, color: [1, 2, 3] });
  const white = Array.from({ length: 80 }, (_, x) => Array.from({ length: 40 }, (__, y) => canvas.data[3 * (y * 80 + x)]).includes(255)); // prettier-ignore
  expect(white.lastIndexOf(true)).toBe(31);
  expect(white.indexOf(true)).toBe(14);
});
