/** @file Protocols from the command line: what is planned, what is refused, what the result states. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { PROTOCOL_NAMES } from '@telltale/core/evaluate';
import type { EvaluationResult, Plan } from '@telltale/core/evaluate';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { evaluateCommand } from '../commands/evaluate.ts';
import { createProgram, runProgram } from '../program.ts';
import { runFolds } from './fold.ts';

const shared =
  process.env['TELLTALE_SHARED'] ??
  fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const real = join(shared, 'megc2019-flow');

let data: string;
let run: string;
let stderr = '';

/** Three subjects in each of two datasets, each with two clips of two emotions. */
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'telltale-protocol-'));
  await mkdir(join(data, 'flow'));
  const lines = ['dataset,subject,clip,emotion,flow'];
  let noise = 1;
  for (const who of [
    'SMIC-HS s01',
    'SMIC-HS s02',
    'SMIC-HS s03',
    'MMEW S01',
    'MMEW S02',
    'MMEW S03',
  ]) {
    const [dataset, subject] = who.split(' ') as [string, string];
    for (let clip = 0; clip < 4; clip++) {
      const emotion = clip % 2 === 0 ? 'positive' : 'negative';
      const pixels = Uint8Array.from({ length: 28 * 28 * 3 }, (_, i) => {
        noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
        const moves = Math.floor(i / 84) < 14 === (emotion === 'positive') && i % 3 > 0;
        return 110 + (noise >>> 28) + (moves ? 90 : 0);
      });
      const file = `flow/${dataset}_${subject}_${clip}.png`;
      const image = sharp(pixels, { raw: { width: 28, height: 28, channels: 3 } });
      await writeFile(join(data, file), await image.png().toBuffer());
      lines.push(`${dataset},${subject},c${clip},${emotion},${file}`);
    }
  }
  await writeFile(join(data, 'samples.csv'), lines.join('\n'));
});
afterAll(() => rm(data, { recursive: true }));
beforeEach(async () => {
  run = join(await mkdtemp(join(tmpdir(), 'telltale-run-')), 'run');
  stderr = '';
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(join(run, '..'), { recursive: true });
});

function telltale(...words: string[]): Promise<number> {
  return runProgram(createProgram([evaluateCommand()]), words);
}

function evaluate(...words: string[]): Promise<number> {
  return telltale('evaluate', '--data', data, '--out', run, '--network', 'svm', ...words);
}

async function planned(): Promise<Plan> {
  return JSON.parse(await readFile(join(run, 'plan.json'), 'utf8')) as Plan;
}

test('the command knows the protocols of the library', () => {
  const [recognition] = evaluateCommand().commands;
  const option = recognition!.options.find(({ long }) => long === '--protocol');
  expect([...option!.argChoices!].sort()).toEqual([...PROTOCOL_NAMES].sort());
});

describe('telltale evaluate --protocol', () => {
  test.each([
    ['loso', ['MMEW/S01', 'MMEW/S02', 'MMEW/S03', 'SMIC-HS/s01', 'SMIC-HS/s02', 'SMIC-HS/s03']],
    ['lodo', ['MMEW', 'SMIC-HS']],
    ['hde', ['MMEW', 'SMIC-HS']],
  ])('%s cuts folds', async (name, subjects) => {
    expect(await evaluate('--protocol', name, '--plan-only'), stderr).toBe(0);
    const { folds, protocol, samples } = await planned();
    expect(protocol).toBe(name);
    expect(folds.map(({ subject }) => subject)).toEqual(subjects);
    expect(samples).toHaveLength(24);
  });

  test('kfold runs to a result that is pooled over subjects', async () => {
    const words = ['--protocol', 'kfold', '--folds', '3', '--seed', '5'];
    expect(await evaluate(...words, '--plan-only'), stderr).toBe(0);
    expect((await planned()).folds.map(({ test: tested }) => tested.length)).toEqual([8, 8, 8]);
    await runFolds(run, { threads: 1 }, new AbortController().signal);
    expect(await evaluate(...words), stderr).toBe(0);
    const text = await readFile(join(run, 'result.json'), 'utf8');
    const { cut, protocol, subjects, methods } = JSON.parse(text) as EvaluationResult;
    expect({ cut, protocol, subjects }).toEqual({ cut: 'kfold', protocol: 'kfold', subjects: 6 });
    expect(methods[0]!.subjects.map(({ samples }) => samples)).toEqual([4, 4, 4, 4, 4, 4]);
    expect(methods[0]!.scores.all.uf1.mean).toBeGreaterThan(0.9);
    expect(await readFile(join(run, 'result.md'), 'utf8')).toContain(
      '3 folds of whole subjects over 6 subjects and 24 clips',
    );
    expect(await evaluate('--protocol', 'loso')).toBe(2);
    expect(stderr).toContain('protocol: "kfold" there, "loso" now');
  });

  test('a protocol with published numbers is refused where they are not met, and can be had all the same', async () => {
    expect(await evaluate('--protocol', 'smic-3')).toBe(2);
    expect(stderr).toMatch(
      /^error COUNTS_MISMATCH: the data are not those of smic-3: SMIC-HS: clips 12, not 164; subjects 3, not 16; negative 6, not 70/,
    );
    expect(existsSync(run)).toBe(false);
    const words = ['--protocol', 'smic-3', '--allow-count-mismatch'];
    expect(await evaluate(...words, '--plan-only'), stderr).toBe(0);
    expect(stderr).toContain('smic-3 leaves out 12 of 24 samples');
    await runFolds(run, { threads: 1 }, new AbortController().signal);
    expect(await evaluate(...words), stderr).toBe(0);
    const { protocolRecord, samples } = JSON.parse(
      await readFile(join(run, 'result.json'), 'utf8'),
    ) as EvaluationResult;
    expect(samples).toBe(12);
    expect(protocolRecord!.mismatch[0]).toContain('clips 12, not 164');
    expect(await readFile(join(run, 'result.md'), 'utf8')).toContain('NOT smic-3 as published');
  });

  test.each([
    [['--protocol', 'megc2018'], 'Allowed choices are loso'],
    [['--protocol', 'loso', '--folds', '3'], '--folds has no effect with this protocol'],
    [['--protocol', 'kfold', '--folds', '9'], '9 folds of whole subjects need 9 subjects or more'],
    [['--protocol', 'casme3-4', '--allow-count-mismatch'], 'the data are not those of casme3-4'],
  ])('refuses %j', async (words, message) => {
    expect(await evaluate(...words)).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync(run)).toBe(false);
  });

  test.skipIf(!existsSync(real))(
    'megc2019 on the real flow images reports that SAMM is missing (skipped where the shared data are absent)',
    async () => {
      const words = ['evaluate', '--data', real, '--out', run, '--network', 'svm'];
      expect(await telltale(...words, '--protocol', 'megc2019')).toBe(2);
      expect(stderr).toContain(
        'SAMM: none, not 133 clips of 28 subjects (92 negative, 26 positive, 15 surprise)',
      );
      expect(stderr).not.toContain('CASME II:');
      const allowed = [...words, '--protocol', 'megc2019', '--allow-count-mismatch', '--plan-only'];
      expect(await telltale(...allowed), stderr).toBe(0);
      const { protocolRecord, samples } = await planned();
      expect(samples).toHaveLength(309);
      expect(protocolRecord!.editions).toEqual({
        'CASME II': 'combined_3class_gt.csv',
        'SMIC-HS': 'SMIC-HS',
      });
    },
  );
});
