/** @file One expression of a synthetic clip that is cut to it; a part of a clip; sensitivity. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { analyze, readReport, recognizeClip } from '@telltale/core';
import type { Analysis, Clip } from '@telltale/core';
import { findFace } from '@telltale/core/face';
import { synthesize } from '@telltale/core/synth';
import type { Frame } from '@telltale/core';
import { clipPart } from '@telltale/core/video';
import { findConfig, findNetwork } from '@telltale/core/nets';
import type { InputImages } from '@telltale/core/nets';
import { openRecognizer } from '@telltale/core/recognize';
import type { Recognizer } from '@telltale/core/recognize';
import { defaultRecipe, encodeWeights } from '@telltale/core/train';
import { flattenParameters } from '@telltale/engine';
import { loadRuntime, openTools, readImage } from '@telltale/node';
import type { Tools } from '@telltale/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createRandom } from '../../../core/src/base/random.ts';
import { momentOfClip, quarterTurns, sensitivityFactor } from '../arguments.ts';
import { timeLeft } from '../jobs/run.ts';
import { estimateTime } from '../terminal.ts';
import { spotOf } from './part-options.ts';

let tools: Tools;
let clip: Clip;
let truth: { readonly onset: number; readonly apex: number; readonly offset: number };

beforeAll(async () => {
  tools = await openTools();
  const faces = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json');
  const photo = await readImage(faces.replace('package.json', 'demo/sample3.jpg'));
  const { landmarks } = await findFace(tools.face, photo);
  const made = synthesize(photo, landmarks, {
    ...{ kind: 'brow-raise', rate: 60, seconds: 2, onset: 1, duration: 0.4, seed: 4 },
    ...{ amplitude: 3, width: 300, height: 300, interocular: 76, noise: 1, sway: 0.5 },
  });
  const [event] = made.truth.events;
  truth = { onset: event!.onset.frame, apex: event!.apex.frame, offset: event!.offset.frame };
  const frames: Frame[] = [];
  for await (const frame of made.frames()) frames.push({ ...frame, data: frame.data.slice() });
  clip = {
    ...{ name: 'synthetic', width: 300, height: 300, rate: 60 },
    async *frames() {
      for (const frame of frames) yield await Promise.resolve(frame);
    },
  };
});
afterAll(() => tools.close());

describe('recognizeClip', () => {
  const cut = (): Clip => clipPart(clip, { from: truth.onset / 60, to: truth.offset / 60 });

  test('finds the apex of a clip that is cut to its expression, and classifies it', async () => {
    const { report, images } = await recognizeClip(cut(), tools);
    expect(readReport(JSON.stringify(report))).toEqual(report);
    const [expression, ...others] = report.expressions;
    expect(others).toEqual([]);
    expect(images).toHaveLength(1);
    expect(report.clip).toMatchObject({ firstFrame: truth.onset, frames: truth.offset - truth.onset + 1 }); // prettier-ignore
    expect(Math.abs(expression!.apex.frame + truth.onset - truth.apex)).toBeLessThanOrEqual(4);
    expect(Math.abs(expression!.apex.time - truth.apex / 60)).toBeLessThan(0.07);
    expect(expression!.onset.frame).toBe(0);
    expect(expression!.kind).toBe('micro');
    expect(Object.values(expression!.classes!).reduce((a, b) => a + b)).toBeCloseTo(1, 2);
    expect(expression!.regions['leftInnerBrow']).toBeGreaterThan(1);
    expect(report.made.at(-1)).toMatchObject({ stage: 'given expression', options: { apex: 'found' } }); // prettier-ignore
  });

  test('shows where the attention of MFDAN looked, and refuses where there is none', async () => {
    await expect(recognizeClip(cut(), tools, { attention: true })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('has no attention that flow drives') as string,
    });
    const path = fileURLToPath(new URL('../../../core/models/mfdan-flow28.safetensors', import.meta.url)); // prettier-ignore
    const recognizer = await openRecognizer(await loadRuntime(), await readFile(path), { threads: 1 }); // prettier-ignore
    const { images } = await recognizeClip(cut(), { ...tools, recognizer }, { attention: true });
    await recognizer.release();
    const { side, movement, attention, share, box } = images[0]!.attention!;
    expect(side).toBe(14);
    expect(box.left).toBeGreaterThan(0);
    // The brows rise, in the upper half of the box, and that is where it looks.
    const upper = (map: Float32Array) => map.subarray(0, 98).reduce((a, b) => a + b) / 196;
    expect(upper(movement)).toBeGreaterThan(0.55);
    expect(attention.subarray(0, 98).reduce((a, b) => Math.max(a, b))).toBeGreaterThan(2);
    expect(share).toBeLessThan(0.05); // these weights hardly use it
  });

  test('takes the frames that are given', async () => {
    const given = { onset: truth.onset, apex: truth.apex, offset: truth.offset };
    const { report } = await recognizeClip(clip, tools, given);
    const [{ onset, apex, offset }] = report.expressions as [Analysis['report']['expressions'][0]];
    expect([onset.frame, apex.frame, offset.frame]).toEqual(Object.values(given));
    expect(report.clip).not.toHaveProperty('firstFrame');
  });

  test.each([{ onset: 50, apex: 40 }, { onset: 50, offset: 50 }, { offset: 500 }])(
    'refuses %j',
    async (options) => {
      const wrong = recognizeClip(clip, tools, options);
      await expect(wrong).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    },
  );

  test('refuses an apex that the clip does not have before movement is measured', async () => {
    const stages = new Set<string>();
    const onProgress = ({ stage }: { readonly stage: string }): void => void stages.add(stage);
    await expect(recognizeClip(clip, tools, { apex: 5000, onProgress })).rejects.toThrow('the apex at frame 5000 is not in the clip'); // prettier-ignore
    expect([...stages]).toEqual(['face']);
  });
});

test('weights that were trained on magnified faces get the apex magnified', async () => {
  const network = findNetwork('densemix');
  const classes = ['negative', 'positive', 'surprise'];
  const config = network.forClasses(findConfig(network, 'face28'), classes);
  const params = flattenParameters(network.init(config, createRandom(3)));
  const weights = encodeWeights(Object.fromEntries(params.map((one) => [one.name, one])), {
    ...{ network: 'densemix', config: 'face28', classes, recipe: defaultRecipe, graph: '' },
    ...{ seed: 1, data: '', samples: 0, telltale: '0', pictures: ['flow', 'onset', 'magnified'] },
  });
  const opened = await openRecognizer(await loadRuntime(), weights, { threads: 1 });
  const given: InputImages[] = [];
  const recognizer: Recognizer = {
    ...opened,
    classify(inputs) {
      given.push(...(inputs as InputImages[]));
      return opened.classify(inputs);
    },
  };
  const moments = { onset: truth.onset, apex: truth.apex, offset: truth.offset };
  const { report } = await recognizeClip(clip, { face: tools.face, recognizer }, moments);
  await opened.release();
  const [{ classes: found }] = report.expressions as [(typeof report.expressions)[0]];
  expect(Object.values(found!).reduce((a, b) => a + b)).toBeCloseTo(1, 2);
  const [{ onset, magnified, apex }] = given as [InputImages];
  expect(apex).toBeUndefined();
  const change = onset!.data.map((value, i) => Math.abs(value - magnified!.data[i]!));
  expect(Math.max(...change)).toBeGreaterThan(10);
  expect(report.made.find(({ stage }) => stage === 'magnified apex')?.options).toEqual({
    alpha: 10,
    warmUp: 0.25,
  });
});

test('the densemix that ships gets the apex magnified, and answers that it is unsure, with the reason', async () => {
  const shipped = await openTools({ network: 'densemix' });
  const moments = { onset: truth.onset, apex: truth.apex, offset: truth.offset };
  const { report } = await recognizeClip(clip, shipped, moments);
  await shipped.close();
  const [{ classes, verdict }] = report.expressions as [(typeof report.expressions)[0]];
  expect(Object.keys(classes!)).toEqual(['negative', 'positive', 'surprise']);
  expect(verdict).toBe('unsure');
  expect(report.caveatCodes!.map(({ code }) => code)).toContain('uncalibrated');
  expect(report.made.map(({ stage }) => stage)).toContain('magnified apex');
});

test('the mfdan-faces that ships looks at apex and onset beside the flow, and answers that it is unsure, with the reason', async () => {
  const shipped = await openTools({ network: 'mfdan-faces' });
  expect(shipped.recognizer!.card).toMatchObject({ network: 'mfdan', config: 'face112' });
  const moments = { onset: truth.onset, apex: truth.apex, offset: truth.offset };
  const { report, images } = await recognizeClip(clip, shipped, { ...moments, attention: true });
  await shipped.close();
  const [{ classes, verdict }] = report.expressions as [(typeof report.expressions)[0]];
  expect(Object.keys(classes!)).toEqual(['negative', 'positive', 'surprise']);
  expect(verdict).toBe('unsure');
  expect(report.caveatCodes!.map(({ code }) => code)).toContain('uncalibrated');
  expect(report.recognizer!.note).toBeUndefined(); // no plane stands in for a face
  const { side, attention } = images[0]!.attention!;
  expect(side).toBe(28);
  expect(attention.reduce((a, b) => a + b) / side ** 2).toBeCloseTo(1, 3);
});

test('a part of a clip has the times of the whole, and finds what is in it', async () => {
  const { report } = await analyze(clipPart(clip, { from: 0.5 }), tools);
  const micro = report.expressions.filter(({ kind }) => kind === 'micro');
  expect(micro).toHaveLength(1);
  expect(Math.abs(micro[0]!.apex.time - truth.apex / 60)).toBeLessThan(0.12);
  expect(report.clip.firstFrame).toBe(30);
  expect(report.movement.times[0]).toBe(0.5);
  expect(readReport(JSON.stringify(report))).toEqual(report);
});

test('sensitivity divides what a movement must exceed, and is in the report', async () => {
  const usual = await analyze(clip, tools);
  const { report } = await analyze(clip, tools, { spot: spotOf(0.25) });
  const ratio = report.movement.threshold / usual.report.movement.threshold;
  expect(ratio).toBeCloseTo(4, 1);
  const options = report.made.find(({ stage }) => stage === 'spotting')!.options;
  expect(options).toMatchObject({ least: 0.88, strictness: 28 });
  expect(spotOf(1)).toEqual({});
});

describe('options', () => {
  test.each([
    ['80', 80],
    ['80.5', 80.5],
    ['1:20', 80],
    ['0:01:20.5', 80.5],
    ['2:00:00', 7200],
  ])('--from %s', (text, seconds) => expect(momentOfClip(text)).toBe(seconds));

  test.each(['', '-1', '1:80', '1:2:3:4', '1e3', 'a', '1:', '.5'])(
    '--from %j is refused',
    (text) => {
      expect(() => momentOfClip(text)).toThrow('1:20');
    },
  );

  test('--rotate and --sensitivity', () => {
    expect(quarterTurns('270')).toBe(270);
    expect(() => quarterTurns('45')).toThrow();
    expect(sensitivityFactor('2')).toBe(2);
    for (const text of ['0', '', '5', 'x']) expect(() => sensitivityFactor(text)).toThrow();
  });

  test('the time left follows from the part that is done', () => {
    let now = 0;
    const left = estimateTime([['a', 0.25], ['b', 0.75]], () => now); // prettier-ignore
    now = 10_000;
    expect(left.text('a', 100, 100)).toBe(', about 30 s left');
    expect(left.text('b', 50, 100)).toBe(', about 6 s left');
    expect(left.text('a', 1, 100)).toBe(''); // too early
    expect(left.text('a', 10, undefined)).toBe('');
    expect(left.text('a', 120, 100)).toBe('');
    now = 36_000_000;
    expect(left.text('a', 100, 100)).toBe(', about 30.0 h left');
  });

  test('the time left of jobs counts those that run side by side', () => {
    const left = (done: number, jobs: number, processes: number): number | undefined =>
      timeLeft({ done, jobs, processes, seconds: 100 });
    expect(left(0, 3, 2)).toBeUndefined();
    expect(left(1, 3, 2)).toBe(100); // the third
    expect(left(2, 3, 2)).toBe(100);
    expect(left(3, 3, 2)).toBe(0);
    expect(left(1, 3, 1)).toBe(200);
    expect(left(50, 100, 1)).toBe(100);
    expect(left(1, 2, 8)).toBe(0);
  });
});
