/**
 * @file The folder through which tasks of a cluster get their jobs and return their outcomes.
 *
 *     RUN/jobs/folds-x1Y2z3/jobs.jsonl         a job per line; task i of n does the lines i, i + n, …
 *     RUN/jobs/folds-x1Y2z3/7.json             outcome of job 7, whole or not at all
 *     RUN/jobs/folds-x1Y2z3/failed-2.json      why task 2 ended, where no single job caused it
 *     RUN/jobs/folds-x1Y2z3/2.log              output of task 2
 *
 * It is removed when every job has its outcome.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { TelltaleError } from '@telltale/core/errors';
import { writeWhole } from '@telltale/node/output';

import type { Batch, Outcome } from './job.ts';
import { errorFrom } from './parent.ts';

/** Which jobs of a list one task does. */
export interface Share {
  /** Folder of the list. */
  readonly folder: string;
  /** Number of this task, from 0. */
  readonly task: number;
  /** Number of tasks. */
  readonly tasks: number;
}

/** The list of jobs in the folder. */
export const listPath = 'jobs.jsonl';

/** File of a job's outcome. */
export function outcomePath(folder: string, index: number): string {
  return join(folder, `${index}.json`);
}

/** File in which a task leaves the error that ended it. */
export function failurePath(folder: string, task: number): string {
  return join(folder, `failed-${task}.json`);
}

/**
 * Writes the list of a batch into a folder of its own.
 *
 * @returns absolute path of that folder
 * @throws TelltaleError `OUTPUT_UNWRITABLE`
 */
export async function writeList({ folder, kind, jobs }: Batch): Promise<string> {
  const all = join(folder, 'jobs');
  let own: string;
  try {
    await mkdir(all, { recursive: true });
    own = await mkdtemp(join(all, `${kind}-`));
  } catch (cause) {
    throw new TelltaleError(
      'OUTPUT_UNWRITABLE',
      `cannot make a folder in ${all}: ${(cause as Error).message}`,
      'Choose another place with --out, in a folder that you may write to.',
      { cause },
    );
  }
  await writeWhole(join(own, listPath), jobs.map((job) => `${JSON.stringify(job)}\n`).join(''));
  return own;
}

/** Removes the folder of a list, and `jobs/` where no other list is in it. */
export async function removeList(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await rmdir(dirname(folder)).catch(() => undefined); // another run uses it
}

/**
 * Reads what tasks left since the last call.
 *
 * @param seen - names of the files that were read; those read now are added
 * @returns new outcomes
 * @throws TelltaleError the error that ended a task
 */
export async function readOutcomes(folder: string, seen: Set<string>): Promise<Outcome[]> {
  const names = (await readdir(folder)).filter((name) => !seen.has(name));
  const read = async (name: string): Promise<unknown> => {
    seen.add(name);
    return JSON.parse(await readFile(join(folder, name), 'utf8')) as unknown;
  };
  const outcomes: Outcome[] = [];
  for (const name of names.filter((one) => /^\d+\.json$/.test(one))) {
    outcomes.push((await read(name)) as Outcome);
  }
  const failed = names.find((name) => /^failed-\d+\.json$/.test(name));
  if (failed !== undefined)
    throw errorFrom(await read(failed)) ?? new Error(`cannot read ${failed}`);
  return outcomes;
}
