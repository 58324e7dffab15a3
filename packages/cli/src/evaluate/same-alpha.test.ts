/** @file Faces magnified by several factors are never mixed, in training, evaluation and use. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readSafetensors } from '@telltale/engine';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';

import { evaluateCommand } from '../commands/evaluate.ts';
import { predictCommand } from '../commands/predict.ts';
import { trainCommand } from '../commands/train.ts';
import { createProgram, runProgram } from '../program.ts';

const SIDE = 28;
const EMOTIONS = ['negative', 'positive'];
let room: string;
let stderr = '';
const at = (name: string): string => join(room, name);

/** Two subjects in each of two datasets, two clips each; faces of dataset `b` are magnified by `other`. */
async function writeDataset(name: string, other: string): Promise<void> {
  await mkdir(at(name), { recursive: true });
  const lines = ['dataset,subject,clip,emotion,flow,apex,onset,magnified,alpha'];
  let noise = 7;
  for (const who of ['a,s1', 'a,s2', 'b,s1', 'b,s2']) {
    for (const [clip, emotion] of EMOTIONS.entries()) {
      const files: string[] = [];
      for (const kind of ['flow', 'apex', 'onset', 'magnified']) {
        const pixels = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
          noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
          return 110 + (noise >>> 28) + (Math.floor(i / 84) < 14 === (clip === 0) ? 90 : 0);
        });
        const file = `${who.replace(',', '')}-${clip}-${kind}.png`;
        const raw = { width: SIDE, height: SIDE, channels: 3 } as const;
        await writeFile(join(at(name), file), await sharp(pixels, { raw }).png().toBuffer());
        files.push(file);
      }
      const alpha = who.startsWith('a') ? '10' : other;
      lines.push(`${who},c${clip},${emotion},${files.join(',')},${alpha}`);
    }
  }
  await writeFile(join(at(name), 'samples.csv'), lines.join('\n'));
}

const run = (...words: readonly string[]): Promise<number> =>
  runProgram(createProgram([trainCommand(), evaluateCommand(), predictCommand()]), words);

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'telltale-alpha-'));
  await writeDataset('alike', '10');
  await writeDataset('mixed', '20');
  await writeDataset('partly', '');
});
afterAll(() => rm(room, { recursive: true }));
beforeEach(() => {
  stderr = '';
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
});
afterEach(() => void vi.restoreAllMocks());

const network = ['--network', 'densemix', '--config', 'face28'];
const plan = ['--protocol', 'kfold', '--folds', '2', '--plan-only'];

test.each([
  ['mixed', 'by 10 in a/s1/c0 and by 20 in b/s1/c0'],
  ['partly', 'by 10 in a/s1/c0 and by an unknown factor in b/s1/c0'],
])('a dataset whose factors are %s is refused before anything is written', async (data, why) => {
  const given = ['--data', at(data), '--out', at('refused')];
  for (const command of [['evaluate'], ['train']]) {
    const options = command[0] === 'evaluate' ? plan : ['--epochs', '1'];
    expect(await run(...command, ...given, ...network, ...options)).toBe(2);
    expect(stderr).toContain(why);
    expect(stderr).toContain('the same --alpha');
    expect(existsSync(at('refused'))).toBe(false);
    stderr = '';
  }
});

test('a network that looks at no magnified face is not concerned', async () => {
  const given = ['--data', at('mixed'), '--out', at('planned')];
  const others = ['--networks', 'merba,densemix:face28-plain'];
  expect(await run('evaluate', ...given, ...others, ...plan), stderr).toBe(0);
});

test('weights know the factor of their training, and refuse faces that have another', async () => {
  const weights = at('mine.safetensors');
  const brief = ['--epochs', '1', '--threads', '1'];
  expect(await run('train', '--data', at('alike'), '--out', weights, ...network, ...brief), stderr).toBe(0); // prettier-ignore
  expect(readSafetensors(await readFile(weights)).metadata['alpha']).toBe('10');
  const sheet = join(at('alike'), 'samples.csv');
  const text = await readFile(sheet, 'utf8');
  await writeFile(sheet, text.replaceAll(/,10$/gm, ',20'));
  const uses = [['predict'], ['evaluate', 'knockout']];
  for (const use of uses) {
    const words = [...use, '--data', at('alike'), '--weights', weights, '--out', at('answers')];
    expect(await run(...words)).toBe(2);
    expect(stderr).toContain('magnified by 20, the recognizer was trained with 10');
    expect(existsSync(at('answers'))).toBe(false);
    stderr = '';
  }
  await writeFile(sheet, text);
  for (const [i, use] of uses.entries()) {
    const words = [...use, '--data', at('alike'), '--weights', weights, '--out', at(`answers${i}`)];
    expect(await run(...words), stderr).toBe(0);
  }
});
