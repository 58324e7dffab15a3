/** @file `telltale evaluate knockout` from its command line, on weights that ship and a few images. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { KnockoutResult } from '@telltale/core/evaluate';
import { openRecognizer } from '@telltale/node';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';

import { createProgram } from '../program.ts';
import { evaluateCommand } from './evaluate.ts';

let folder: string;
let out: string;
const SIDE = 28;

/** Six images of two subjects: a face part that moves, and noise. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-knockout-'));
  out = join(folder, 'run');
  const lines = ['dataset,subject,clip,emotion,flow'];
  let noise = 3;
  for (let clip = 0; clip < 6; clip++) {
    const pixels = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
      noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
      const row = Math.floor(i / 3 / SIDE);
      return 110 + (noise >>> 28) + (Math.floor(row / 5) === clip % 3 ? 90 : 0);
    });
    const raw = { width: SIDE, height: SIDE, channels: 3 } as const;
    await writeFile(join(folder, `${clip}.png`), await sharp(pixels, { raw }).png().toBuffer());
    const emotion = ['negative', 'positive', 'surprise'][clip % 3]!;
    lines.push(`a,s${clip % 2},c${clip},${emotion},${clip}.png`);
  }
  await writeFile(join(folder, 'samples.csv'), lines.join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});

const run = (...words: readonly string[]): Promise<unknown> =>
  createProgram([evaluateCommand()]).parseAsync(
    ['evaluate', 'knockout', '--data', folder, '--out', out, ...words],
    { from: 'user' },
  );

test('compares the network with itself without each part, and resumes', async () => {
  await run('--network', 'mfdan');
  const result = JSON.parse(await readFile(join(out, 'knockout.json'), 'utf8')) as KnockoutResult;
  expect(result).toMatchObject({ network: 'mfdan', samples: 6, scored: 6, subjects: 2 });
  expect(result.parts.map(({ name }) => name)).toEqual([
    'driven-attention',
    'prior',
    'image-branch',
    'flow-branch',
    'self-attention',
  ]);
  const effect = (name: string): number => result.parts.find((part) => part.name === name)!.meanChange; // prettier-ignore
  expect(effect('flow-branch')).toBeGreaterThan(0.05); // all that these weights look at
  expect(await readFile(join(out, 'knockout.md'), 'utf8')).toContain('| flow-driven attention |');

  const kept = join(out, 'parts', 'prior.json');
  const lost = join(out, 'parts', 'flow-branch.json');
  const before = await stat(kept);
  await rm(lost);
  await run('--network', 'mfdan');
  expect((await stat(kept)).mtimeMs).toBe(before.mtimeMs);
  expect(JSON.parse(await readFile(join(out, 'knockout.json'), 'utf8'))).toEqual(result);

  await run('--network', 'densemix-flow'); // other weights: nothing of the first run is used
  expect(JSON.parse(await readFile(join(out, 'knockout.json'), 'utf8'))).toMatchObject({
    network: 'densemix',
  });
  expect((await stat(join(out, 'parts', 'whole.json'))).mtimeMs).toBeGreaterThan(before.mtimeMs);
});

test('a recognizer of faces is refused for data without faces, and what sees flow is named', async () => {
  await expect(run('--network', 'mfdan-faces')).rejects.toMatchObject({
    code: 'DATASET_INVALID',
    message: expect.stringContaining('112') as string,
  });
  await expect(run('--network', 'densemix')).rejects.toMatchObject({
    code: 'MODEL_INPUT_MISMATCH',
    hint: expect.stringContaining('sees flow alone, such as merba') as string,
  });
});

test('a recognizer without named parts is refused, and so is a part that there is not', async () => {
  await expect(run('--network', 'ensemble')).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  await expect(openRecognizer({ without: ['nose'] })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: "network merba flow28 has no part 'nose'",
  });
  await expect(openRecognizer({ weights: 'x.onnx', without: ['scan'] })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
  });
});
