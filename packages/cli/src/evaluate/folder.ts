/**
 * @file The folder of a run.
 *
 *     plan.json                   what is run on what
 *     folds/merba-1-00.json …     one per training, whole or not at all
 *     pretrained-….safetensors    initial weights, where trainings are initialized from weights
 *     result.json, result.md, result.tex, report.html, logs/
 *
 * Only the folder records which folds are done.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { TelltaleError } from '@telltale/core';
import { assertSamePlan, checkRecord, planHash, planProblem } from '@telltale/core/evaluate';
import type { FoldRecord, Plan, PlannedJob } from '@telltale/core/evaluate';
import { writeWhole } from '@telltale/node/output';

/**
 * Starts a run, or resumes one.
 *
 * @returns the plan of the run; where it is resumed, its own, which another release may have made
 * @throws TelltaleError `DATASET_CHANGED`, `CHECKPOINT_MISMATCH`, `FOLD_CORRUPT`, `OUTPUT_UNWRITABLE`
 */
export async function openRun(folder: string, plan: Plan): Promise<Plan> {
  const path = join(folder, 'plan.json');
  const kept = await readJson(path);
  if (kept !== undefined) {
    assertPlan(kept, path);
    assertSamePlan(plan, kept, folder);
    if (kept.folder === plan.folder) return kept;
  }
  const now = { ...(kept ?? plan), folder: plan.folder };
  await writeWhole(path, `${JSON.stringify(now)}\n`);
  return now;
}

/**
 * The plan of a run.
 *
 * @throws TelltaleError `FILE_MISSING`, `FOLD_CORRUPT`
 */
export async function readPlan(folder: string): Promise<Plan> {
  const path = join(folder, 'plan.json');
  const plan = await readJson(path);
  if (plan === undefined) {
    throw new TelltaleError(
      'FILE_MISSING',
      `there is no plan ${path}`,
      'Create one with "telltale evaluate recognition --plan-only".',
    );
  }
  assertPlan(plan, path);
  return plan;
}

/**
 * Copies initial weights into the run, so that it can be moved and resumed.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE`
 */
export async function keepStart(folder: string, bytes: Uint8Array): Promise<void> {
  await writeWhole(startPath(folder, createHash('sha256').update(bytes).digest('hex')), bytes);
}

/**
 * Initial weights of trainings of a run.
 *
 * @param hash - SHA-256 of their file
 * @throws TelltaleError `FILE_MISSING`
 */
export async function readStart(folder: string, hash: string): Promise<Uint8Array> {
  const path = startPath(folder, hash);
  try {
    return await readFile(path);
  } catch (cause) {
    throw new TelltaleError(
      'FILE_MISSING',
      `cannot read the initial weights ${path}: ${(cause as Error).message}`,
      'Repeat "telltale evaluate recognition" with the same --from and --out: it writes them again.',
      { cause },
    );
  }
}

function startPath(folder: string, hash: string): string {
  return join(folder, `pretrained-${hash.slice(0, 16)}.safetensors`);
}

/** Path of the file of a fold. */
export function foldPath(folder: string, { name }: PlannedJob): string {
  return join(folder, 'folds', `${name}.json`);
}

/** Which of the jobs have a file. */
export async function doneJobs(folder: string, jobs: readonly PlannedJob[]): Promise<PlannedJob[]> {
  const names = new Set(await readdir(join(folder, 'folds')).catch(() => []));
  return jobs.filter(({ name }) => names.has(`${name}.json`));
}

/**
 * The records of all jobs that are done, each one checked.
 *
 * @throws TelltaleError `FOLD_CORRUPT`, `CHECKPOINT_MISMATCH`, `LEAK_FOUND`
 */
export async function readRecords(
  folder: string,
  plan: Plan,
  jobs: readonly PlannedJob[],
): Promise<FoldRecord[]> {
  const hash = planHash(plan);
  const records: FoldRecord[] = [];
  for (const job of await doneJobs(folder, jobs)) {
    const path = foldPath(folder, job);
    records.push(checkRecord(await readJson(path), job, { path, plan, planHash: hash }));
  }
  return records;
}

/** Removes partial files of processes that were killed. Only for a run whose folds are all done. */
export async function removeLeftovers(folder: string): Promise<void> {
  const folds = join(folder, 'folds');
  const left = (await readdir(folds)).filter((name) => /^\..*\.part\.json$/.test(name));
  await Promise.all(left.map((name) => rm(join(folds, name), { force: true })));
}

function assertPlan(value: unknown, path: string): asserts value is Plan {
  const wrong = planProblem(value);
  if (wrong !== undefined) throw corrupt(path, { why: wrong });
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw corrupt(path, { why: message, cause: error });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw corrupt(path, { why: 'it is not valid JSON', cause });
  }
}

function corrupt(
  path: string,
  { why, cause }: { readonly why: string; readonly cause?: unknown },
): TelltaleError {
  return new TelltaleError(
    'FOLD_CORRUPT',
    `${path} is damaged or was not written by telltale: ${why}`,
    'Remove the file and run the same command again: its content is then computed again.',
    { cause },
  );
}
