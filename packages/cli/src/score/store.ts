/**
 * @file The folder of an evaluation: one file per training, and what they are trainings of.
 *
 *     plan.json     data, network, options: what must be equal to go on
 *     1-00.json …   predictions of a training; written whole or not at all
 *
 * Whether a training is done is asked of the folder and of nothing else, so an
 * evaluation may be interrupted anywhere, and shared between processes.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { TelltaleError } from '@telltale/core';
import type { FoldJob, FoldResult, FoldStore } from '@telltale/core/evaluate';

import { writeWhole } from '../io/output.ts';

/** What identifies an evaluation: equal values give equal results. Plain JSON. */
export type Identity = Readonly<Record<string, unknown>>;

/**
 * Opens the folder of an evaluation, or begins one.
 *
 * @throws TelltaleError `CHECKPOINT_MISMATCH` where the folder belongs to another evaluation
 */
export async function openStore(folder: string, identity: Identity): Promise<FoldStore> {
  const plan = join(folder, 'plan.json');
  const kept = await readJson(plan);
  if (kept === undefined) await writeWhole(plan, `${JSON.stringify(identity, null, 2)}\n`);
  else assertSame(identity, kept as Identity, folder);
  const pathOf = (job: FoldJob): string => join(folder, `${job.name}.json`);
  return {
    async read(job) {
      return (await readJson(pathOf(job))) as FoldResult | undefined;
    },
    write: (job, result) => writeWhole(pathOf(job), `${JSON.stringify(result)}\n`),
  };
}

/** How many of the jobs are done. */
export async function countDone(folder: string, jobs: readonly FoldJob[]): Promise<number> {
  const names = new Set(await readdir(folder).catch(() => []));
  return jobs.filter(({ name }) => names.has(`${name}.json`)).length;
}

/**
 * Compares what is to be done with what a file was made by.
 *
 * @throws TelltaleError `CHECKPOINT_MISMATCH` naming every difference
 */
export function assertSame(now: Identity, kept: Identity, path: string): void {
  const keys = [...new Set([...Object.keys(now), ...Object.keys(kept)])].sort();
  const differing = keys.filter((key) => JSON.stringify(now[key]) !== JSON.stringify(kept[key]));
  if (differing.length === 0) return;
  const told = differing.map((key) => `${key}: ${shown(kept[key])} there, ${shown(now[key])} now`);
  throw new TelltaleError(
    'CHECKPOINT_MISMATCH',
    `${path} was begun with something else: ${told.join('; ')}`,
    `Repeat the command as it was, or remove ${path} to begin anew.`,
  );
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new TelltaleError(
      'CHECKPOINT_MISMATCH',
      `${path} is not what telltale wrote: ${(error as Error).message}`,
      'Remove the file; what it held is then done again.',
      { cause: error },
    );
  }
}
