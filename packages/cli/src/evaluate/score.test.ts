/** @file Scoring a finished run again: one of release 0.1 gets the scores that its own release gave it. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { EvaluationResult } from '@telltale/core/evaluate';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { openRun, readPlan } from './folder.ts';
import { runScores } from './score.ts';

const golden = fileURLToPath(new URL('../../../../golden/run-0.1', import.meta.url));

let run: string;
beforeEach(async () => {
  run = await mkdtemp(join(tmpdir(), 'telltale-scores-'));
  await cp(join(golden, 'plan.json'), join(run, 'plan.json'));
  await cp(join(golden, 'folds'), join(run, 'folds'), { recursive: true });
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(run, { recursive: true, force: true });
});

const resultIn = async (folder: string): Promise<EvaluationResult> =>
  JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')) as EvaluationResult;

test('a run of release 0.1 is scored, and gets the scores of its own release', async () => {
  await runScores(run, {});
  const [now, then] = [await resultIn(run), await resultIn(golden)];
  // Later releases add scores, such as `standardizedUf1`.
  expect(now.methods).toMatchObject(then.methods);
  expect(now.leaks).toEqual(then.leaks);
  expect(await readdir(run)).toEqual(expect.arrayContaining(['report.html', 'result.md', 'logs']));
});

test('a run that lacks folds is refused with the release that finishes it', async () => {
  await rm(join(run, 'folds', 'ststnet-1-0.json'));
  await expect(runScores(run, {})).rejects.toMatchObject({
    code: 'FOLDS_MISSING',
    message: expect.stringContaining('1 of 4 folds') as string,
    hint: expect.stringContaining('with telltale 0.1.0') as string,
  });
  expect(await readdir(run)).not.toContain('result.json');
});

test('a damaged fold is refused, and a folder without a plan', async () => {
  await writeFile(join(run, 'folds', 'ststnet-1-0.json'), '{}');
  await expect(runScores(run, {})).rejects.toMatchObject({ code: 'FOLD_CORRUPT' });
  await rm(join(run, 'plan.json'));
  await expect(runScores(run, {})).rejects.toMatchObject({ code: 'FILE_MISSING' });
});

test('repeating the command on such a run names the command that scores it', async () => {
  const plan = await readPlan(run);
  await expect(openRun(run, { ...plan, code: 'of-this-release' })).rejects.toMatchObject({
    code: 'CHECKPOINT_MISMATCH',
    hint: expect.stringContaining(`telltale evaluate scores ${run}`) as string,
  });
});
