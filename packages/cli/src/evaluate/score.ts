/** @file The scores of a run whose folds are all there, whichever release trained them. */
import { join, resolve } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import { allEnsembles, evaluationResult, jobsOf } from '@telltale/core/evaluate';
import { assertWritable } from '@telltale/node/output';

import { readPlan, readRecords } from './folder.ts';
import { ensemblesOf } from './methods.ts';
import { scoreLines, writeResult } from './write.ts';

/** What the command takes. */
export interface ScoreOptions {
  /** Each the rows whose mean is one more row, separated by commas. */
  readonly ensemble?: readonly string[] | undefined;
}

/**
 * Writes the results of a run again from its plan and its folds. Nothing is trained and the dataset is not read, so runs
 * of every release since 0.1 are scored.
 *
 * @param run - folder of the run
 * @throws TelltaleError `FILE_MISSING`, `FOLD_CORRUPT`, `CHECKPOINT_MISMATCH`, `LEAK_FOUND`, `FOLDS_MISSING`,
 *   `OPTION_INVALID`, `OUTPUT_UNWRITABLE`
 */
export async function runScores(run: string, options: ScoreOptions): Promise<void> {
  const folder = resolve(run);
  const plan = await readPlan(folder);
  const ensembles = ensemblesOf(options.ensemble);
  allEnsembles(plan, [], ensembles); // an invalid one is reported before the work
  await assertWritable(folder, 'folder');
  const jobs = jobsOf(plan);
  const records = await readRecords(folder, plan, jobs);
  const missing = jobs.length - records.length;
  if (missing > 0) {
    throw new TelltaleError(
      'FOLDS_MISSING',
      `${missing} of ${jobs.length} folds of ${join(folder, 'plan.json')} are missing`,
      `Finish the run first: repeat the command that started it${plan.code === undefined ? `, with telltale ${plan.telltale}` : ''}.`,
    );
  }
  const result = evaluationResult(plan, records, { ensembles });
  await writeResult(folder, plan, result);
  process.stdout.write(scoreLines(result));
}
