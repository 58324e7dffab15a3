/** @file `telltale evaluate units`: what it writes about synthetic clips whose units are known, and what it refuses. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { UnitsResult } from '@telltale/core/evaluate';
import { singleUnitSamples } from '@telltale/core/synth';
import { readUnitsModel, recognizeUnits, SYNTHETIC_UNIT_NUMBERS } from '@telltale/core/units';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { evaluateCommand } from '../commands/evaluate.ts';
import { createProgram, runProgram } from '../program.ts';

let folder: string;
let heard: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-units-'));
  heard = '';
  const hear = (text: unknown): boolean => ((heard += String(text)), true);
  vi.spyOn(process.stdout, 'write').mockImplementation(hear);
  vi.spyOn(process.stderr, 'write').mockImplementation(hear);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const CLIPS = [...singleUnitSamples(48, { seed: 4, units: [4, 12] })];

/** Two datasets, each of two subjects, whose units are in the file beside the sheet. */
async function makeData({ coded }: { readonly coded: boolean }): Promise<string> {
  const data = join(folder, 'data');
  await mkdir(data);
  const sheet = ['dataset,subject,clip,emotion,flow'];
  const cells = ['dataset,subject,clip,action_units'];
  for (const [i, { image, units }] of CLIPS.entries()) {
    const raw = { width: 28, height: 28, channels: 3 } as const;
    await sharp(image.data, { raw })
      .png()
      .toFile(join(data, `${i}.png`));
    const id = `${i % 2 ? 'one' : 'two'},s${i % 4},c${i}`;
    sheet.push(`${id},negative,${i}.png`);
    cells.push(`${id},${units}`);
  }
  await writeFile(join(data, 'samples.csv'), sheet.join('\n'));
  if (coded) await writeFile(join(data, 'action-units.csv'), cells.join('\n'));
  return data;
}

const out = (): string => join(folder, 'run');
const run = (data: string, ...words: string[]): Promise<number> =>
  runProgram(createProgram([evaluateCommand()]), [
    ...['evaluate', 'units', '--data', data, '--out', out(), '--synthetic', '60', ...words],
  ]);

test('leaves one dataset out at a time, and writes scores, decisions and a recognizer', async () => {
  expect(await run(await makeData({ coded: true }), '--protocol', 'cd6me')).toBe(0);
  const read = (name: string): Promise<string> => readFile(join(out(), name), 'utf8');
  const result = JSON.parse(await read('result.json')) as UnitsResult;
  expect(result).toMatchObject({
    ...{ schema: 'telltale.units-evaluation/2', protocol: 'cd6me', synthetic: 60 },
    data: { clips: 48, subjects: 4, datasets: { one: 24, two: 24 } },
  });
  expect(result.mean.units).toEqual([4, 12]);
  expect(result.mean.auc.value).toBeGreaterThan(0.85);
  expect(result.mean.f1.value).toBeGreaterThan(0.75);
  const { oneSided, twoSided } = result.sides;
  const shown = CLIPS.flatMap(({ units }) => units.split('+'));
  expect(oneSided).toBe(shown.filter((name) => /^[LR]/.test(name)).length);
  expect(twoSided).toBe(shown.length - oneSided);
  const [header, ...rows] = (await read('predictions.csv')).trimEnd().split('\n');
  expect(header).toBe('seed,clip,unit,coded,decision_left,decision_right,probability,asymmetry,side'); // prettier-ignore
  expect(rows).toHaveLength(48 * 12);
  expect(await read('result.md')).toContain('SSSNet 0.405');
  expect(heard).toContain('one dataset left out at a time');
  // Learned from all clips, it recognizes what they show.
  const model = readUnitsModel(await readFile(join(out(), 'units.safetensors')));
  expect(model.card.score).toContain('48 clips');
  // Beside them stand units that no clip taught, marked as such.
  expect(model.card.syntheticUnits).toEqual(SYNTHETIC_UNIT_NUMBERS);
  expect(result.syntheticUnits!.map(({ unit, coded }) => [unit, coded])).toEqual(
    SYNTHETIC_UNIT_NUMBERS.map((unit) => [unit, 0]),
  );
  for (const { named } of result.syntheticUnits!) expect(named).toBeLessThanOrEqual(0.03 * 48);
  expect(await read('result.md')).toContain('Learned from synthetic movements alone');
  const right = CLIPS.filter(({ image, units }) => {
    const named = recognizeUnits(model, image).find(({ unit }) => unit === 12)!;
    return (named.verdict !== 'absent') === units.includes('12');
  });
  expect(right.length).toBeGreaterThanOrEqual(43);
});

test('refuses clips without units, and writes nothing', async () => {
  expect(await run(await makeData({ coded: false }))).toBe(2);
  expect(heard).toContain('error DATASET_INVALID');
  expect(heard).toContain('action-units.csv');
  expect(existsSync(out())).toBe(false);
});
