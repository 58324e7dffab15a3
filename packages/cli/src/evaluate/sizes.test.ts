/** @file Images that a network cannot take are refused by `evaluate` with the message of `train`, before any plan. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import sharp from 'sharp';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { evaluateCommand } from '../commands/evaluate.ts';
import { trainCommand } from '../commands/train.ts';
import { createProgram, runProgram } from '../program.ts';

let folder: string;
let stderr: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-sizes-'));
  stderr = '';
  const hear = (text: unknown): boolean => ((stderr += String(text)), true);
  vi.spyOn(process.stdout, 'write').mockImplementation(hear);
  vi.spyOn(process.stderr, 'write').mockImplementation(hear);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** A flow folder of three subjects with two emotions each, all images of one side. */
async function makeData(side: number): Promise<string> {
  const data = join(folder, `flow${side}`);
  await mkdir(data);
  const lines = ['dataset,subject,clip,emotion,flow'];
  for (let i = 0; i < 6; i++) {
    const background = { r: 20 * i, g: 100, b: 200 };
    const image = sharp({ create: { width: side, height: side, channels: 3, background } });
    await image.png().toFile(join(data, `${i}.png`));
    lines.push(`made,s${i >> 1},c${i},${i % 2 ? 'negative' : 'positive'},${i}.png`);
  }
  await writeFile(join(data, 'samples.csv'), `${lines.join('\n')}\n`);
  return data;
}

async function run(
  ...words: string[]
): Promise<{ readonly status: number; readonly stderr: string }> {
  stderr = '';
  const status = await runProgram(createProgram([evaluateCommand(), trainCommand()]), words);
  return { status, stderr };
}

const out = (): string => join(folder, 'run');
const evaluate = (data: string, ...words: string[]): ReturnType<typeof run> =>
  run('evaluate', '--data', data, '--out', out(), '--plan-only', '--seeds', '1', ...words);

test.each([
  [28, ['--network', 'ststnet', '--config', 'tiny'], 'is 28×28, not 8×8'],
  [28, ['--networks', 'ststnet,ststnet:tiny'], 'is 28×28, not 8×8'],
  [8, ['--network', 'ststnet'], 'is 8×8, not 28×28'],
  [8, ['--networks', 'svm'], 'is 8×8, not 28×28'],
])('images of %i pixels are not taken with %j', async (side, words, message) => {
  const data = await makeData(side);
  const evaluated = await evaluate(data, ...words);
  expect(evaluated.status).toBe(2);
  expect(evaluated.stderr).toContain(`error DATASET_INVALID: the image ${join(data, '0.png')} ${message}`); // prettier-ignore
  expect(evaluated.stderr).toContain('choose a network configuration of their size');
  expect(existsSync(out())).toBe(false);
  if (words[0] !== '--network') return;
  const trained = await run('train', '--data', data, '--out', join(folder, 'w'), ...words);
  expect(trained).toEqual(evaluated);
});

test('images of the size of the network are planned with, whatever that is', async () => {
  const { status, stderr } = await evaluate(await makeData(8), '--network', 'ststnet', '--config', 'tiny'); // prettier-ignore
  expect(stderr).toContain('3 folds');
  expect(status).toBe(0);
});
