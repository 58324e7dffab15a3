/** @file `telltale dataset prepare`: prepares a dataset, then reports what was done and what could not be done. */
import { join } from 'node:path';
import process from 'node:process';

import { definitionOf } from '@telltale/core/datasets';
import { TelltaleError } from '@telltale/core/errors';

import { prepareDataset } from './prepare-dataset.ts';
import type { FailedClip, Prepared, PrepareHow, PrepareRun } from './prepare-run.ts';

/** Failures that are shown; all are in the list that is written. */
const MOST_SHOWN = 20;

/**
 * Prepares a dataset, or resumes its preparation.
 *
 * @param name - of the dataset, such as `casme2`
 * @throws TelltaleError `CLIPS_FAILED` after everything else is done, naming the first; `OPTION_INVALID`,
 *   `OUTPUT_UNWRITABLE`, `CANCELED`, and what reading the dataset throws
 */
export async function runPrepare(
  name: string,
  folder: string,
  options: PrepareRun & PrepareHow,
): Promise<void> {
  report(await prepareDataset(definitionOf(name), folder, options));
}

function report({ prepared, before, failed, cache }: Prepared): void {
  const counts = [
    `${prepared} clips prepared`,
    ...(before > 0 ? [`${before} were there`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
  ];
  process.stderr.write(`${counts.join(', ')}.\n`);
  const isAny = prepared + before > 0;
  const sheet = join(cache, 'samples.csv');
  if (isAny) process.stdout.write(`${sheet}\n`);
  if (failed.length === 0) return;
  for (const { subject, clip, message } of failed.slice(0, MOST_SHOWN)) {
    process.stderr.write(`  ${subject}/${clip}: ${message}\n`);
  }
  const [first] = failed as [FailedClip];
  throw new TelltaleError(
    'CLIPS_FAILED',
    `${failed.length} clips could not be prepared, the first is ${first.subject}/${first.clip}: ${first.message}`,
    `${isAny ? `All others are in ${sheet}; ` : ''}prepared/*-failed.csv in ${cache} lists these with their reasons. Correct them and run the same command again: it does only what is missing.`,
  );
}
