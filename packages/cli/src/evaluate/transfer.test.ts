/** @file With and without pretraining, with and without magnification, on the same folds: one table, of drawn subjects. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { evaluationResult, jobsOf } from '@telltale/core/evaluate';
import { magnifiedApex } from '@telltale/core/magnify';
import { drawFace, synthesize, type ActionKind } from '@telltale/core/synth';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { evaluateCommand } from '../commands/evaluate.ts';
import { pretrainCommand } from '../commands/pretrain.ts';
import { createProgram, runProgram } from '../program.ts';
import { readPlan, readRecords } from './folder.ts';
import { runFolds } from './fold.ts';

const SUBJECTS = 3;
const KINDS: readonly (readonly [emotion: string, kind: ActionKind])[] = [
  ['negative', 'brow-lower'],
  ['positive', 'lip-corner-pull'],
  ['surprise', 'brow-raise'],
];
const SIDE = 72;
const RATE = 30;

let room: string;
const telltale = (...words: string[]): Promise<number> =>
  runProgram(createProgram([pretrainCommand(), evaluateCommand()]), words);
const never = new AbortController().signal;
const gray = (data: Float32Array): Buffer =>
  Buffer.from(Uint8Array.from(data, (value) => Math.min(255, Math.max(0, Math.round(value)))));

/** Writes a gray image of 28×28. */
async function writeGray(path: string, data: Float32Array, to = 28): Promise<void> {
  const raw = { width: SIDE, height: SIDE, channels: 1 as const };
  await writeFile(path, await sharp(gray(data), { raw }).resize(to, to).png().toBuffer());
}

/** A prepared dataset of drawn subjects, one clip of each kind a subject, and a folder of their faces at the apex. */
async function makeFaces(): Promise<void> {
  const lines = ['dataset,subject,clip,emotion,flow,apex,onset,magnified'];
  await mkdir(join(room, 'data'), { recursive: true });
  for (let subject = 0; subject < SUBJECTS; subject++) {
    const { image, landmarks } = drawFace(50 + subject, 24);
    for (const [emotion, kind] of KINDS) {
      const clip = synthesize(image, landmarks, {
        ...{ kind, amplitude: 1, interocular: 24, width: SIDE, height: SIDE },
        ...{ rate: RATE, seconds: 1, onset: 0.2, duration: 0.5, sway: 0, seed: subject + 1 },
      });
      const frames: Float32Array[] = [];
      for await (const { data } of clip.frames())
        frames.push(Float32Array.from({ length: SIDE * SIDE }, (_, i) => data[3 * i + 1]!)); // green is light enough
      const [event] = clip.truth.events;
      const [onset, apex] = [event!.onset.frame, event!.apex.frame];
      const magnified = magnifiedApex(
        frames.map((data) => ({ data, width: SIDE, height: SIDE })),
        { onset, apex, framesPerSecond: RATE },
      );
      const name = `${subject}-${emotion}`;
      const shown = { apex: frames[apex]!, onset: frames[onset]!, magnified: magnified.data };
      for (const [which, data] of Object.entries(shown))
        await writeGray(join(room, 'data', `${name}-${which}.png`), data);
      const pixels = Uint8Array.from({ length: 28 * 28 * 3 }, (_, i) => (i * (subject + 3)) % 251);
      const flow = sharp(pixels, { raw: { width: 28, height: 28, channels: 3 } });
      await writeFile(join(room, 'data', `${name}.png`), await flow.png().toBuffer());
      const files = [`${name}.png`, ...Object.keys(shown).map((which) => `${name}-${which}.png`)];
      lines.push(['drawn', `p${subject}`, name, emotion, ...files].join(','));
      await mkdir(join(room, 'macro', kind), { recursive: true });
      for (const i of [0, 1, 2, 3])
        await writeGray(join(room, 'macro', kind, `${name}-${i}.png`), frames[apex - i]!, 48);
    }
  }
  await writeFile(join(room, 'data', 'samples.csv'), lines.join('\n'));
}

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'telltale-transfer-'));
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await makeFaces();
}, 60_000);
afterAll(async () => {
  vi.restoreAllMocks();
  await rm(room, { recursive: true });
});

test('one command, four rows, the same folds', async () => {
  const weights = join(room, 'trunk.safetensors');
  const macro = ['--data', `FOLDER:${join(room, 'macro')}`, '--out', weights];
  expect(await telltale('pretrain', ...macro, '--epochs', '1', '--batch', '16')).toBe(0);
  const run = join(room, 'run');
  const networks = ['--networks', 'densemix:face28,densemix:face28-plain', '--epochs', '2'];
  const where = ['--data', join(room, 'data'), '--out', run, '--from', weights, '--plan-only'];
  expect(await telltale('evaluate', ...where, ...networks)).toBe(0);
  await runFolds(run, { threads: 1 }, never);
  const plan = await readPlan(run);
  const records = await readRecords(run, plan, jobsOf(plan));
  expect(plan.methods.map(({ label }) => label)).toEqual([
    'densemix-face28',
    'densemix-face28, pretrained',
    'densemix-face28-plain',
    'densemix-face28-plain, pretrained',
  ]);
  const { methods } = evaluationResult(plan, records);
  const tested = methods.map(({ results }) =>
    results.map(({ subject, predictions }) => [subject, predictions.map(({ id }) => id)]),
  );
  expect(tested[0]).toHaveLength(SUBJECTS);
  for (const row of tested) expect(row).toEqual(tested[0]);
  const predictions = methods.map(({ results }) =>
    JSON.stringify(results.map((one) => one.predictions)),
  );
  expect(new Set(predictions).size).toBe(4);
  const [kept] = plan.methods.map(({ settings }) => settings['from']).filter(Boolean);
  const { weights: hash } = kept as { readonly weights: string };
  const copy = await readFile(join(run, `pretrained-${hash.slice(0, 16)}.safetensors`));
  expect(copy.equals(await readFile(weights))).toBe(true);
  await rm(join(run, 'folds'), { recursive: true });
  await rm(join(run, `pretrained-${hash.slice(0, 16)}.safetensors`));
  await expect(runFolds(run, { threads: 1, index: '4' }, never)).rejects.toMatchObject({
    code: 'FILE_MISSING',
  });
}, 180_000);
