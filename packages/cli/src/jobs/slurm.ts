/**
 * @file Jobs as a Slurm job array, https://slurm.schedmd.com/job_array.html.
 *
 * The folder of the run lies on storage that all nodes see; nothing else passes between them. Tested against Debian's
 * Slurm 22.05.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { TelltaleError } from '@telltale/core/errors';

import type { Batch, Launcher, LaunchOptions } from './job.ts';
import { readOutcomes, removeList, writeList } from './share.ts';

const exec = promisify(execFile);

/** Tasks of an array where an administrator changed nothing (MaxArraySize 1001). */
const MOST_TASKS = 1000;

/** Time between two questions to the scheduler, milliseconds. */
const INTERVAL = 1000;

/** Questions without an answer, one after the other, until the scheduler counts as gone. */
const PATIENCE = 120;

/** Times that outcomes are looked for after the last task has ended: a network file system may show them late. */
const LOOKS = 5;

/** States in which a task stays, https://slurm.schedmd.com/squeue.html#SECTION_JOB-STATE-CODES. */
const FINAL = new Set([
  ...['BOOT_FAIL', 'CANCELLED', 'COMPLETED', 'DEADLINE', 'FAILED', 'NODE_FAIL'],
  ...['OUT_OF_MEMORY', 'PREEMPTED', 'REVOKED', 'TIMEOUT'],
]);

/**
 * Jobs on a cluster.
 *
 * @param more - further options for sbatch, such as a partition and a time limit
 */
export function slurm(more: readonly string[] = []): Launcher {
  return {
    name: 'slurm',
    async run(batch, options) {
      const folder = await writeList(batch);
      const ids = new Set(batch.jobs.map(({ index }) => index));
      const id = await submit(sbatchWords(batch, { folder, more, parallel: options.parallel }));
      options.note(`Slurm job ${id}: ${batch.jobs.length} ${batch.kind}, log files in ${folder}`);
      try {
        await follow(id, { folder, waiting: ids, options });
      } catch (error) {
        await exec('scancel', [id]).catch(() => undefined);
        if (options.signal.aborted) await removeList(folder);
        throw error;
      }
      if (ids.size === 0) await removeList(folder); // else its log files show why
    },
  };
}

/** Number of tasks for jobs: one for each where a process is worth it, within what an array may have. */
export function tasksFor({ jobs, perTask = 1 }: Pick<Batch, 'jobs' | 'perTask'>): number {
  return Math.min(MOST_TASKS, Math.ceil(jobs.length / perTask));
}

/** Options and command for sbatch. */
function sbatchWords(batch: Batch, { folder, more, parallel }: SbatchOptions): readonly string[] {
  const tasks = tasksFor(batch);
  const words = ['jobs', 'share', batch.kind, folder, '--tasks', String(tasks), '--task'];
  const command = [process.execPath, ...process.execArgv, process.argv[1]!, ...words];
  return [
    '--parsable',
    '--requeue',
    '--job-name=telltale',
    '--cpus-per-task=1',
    `--array=0-${tasks - 1}${parallel === undefined ? '' : `%${parallel}`}`,
    `--output=${join(folder, '%a.log')}`,
    ...more,
    `--wrap=exec ${command.map(quoted).join(' ')} "$SLURM_ARRAY_TASK_ID"`,
  ];
}

interface SbatchOptions extends Pick<LaunchOptions, 'parallel'> {
  readonly folder: string;
  readonly more: readonly string[];
}

/** A word for a shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

async function submit(words: readonly string[]): Promise<string> {
  try {
    const { stdout } = await exec('sbatch', words);
    return stdout.trim().split(';')[0]!;
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
    throw new TelltaleError(
      'LAUNCHER_UNAVAILABLE',
      code === 'ENOENT'
        ? 'there is no sbatch on this machine'
        : `sbatch refused the job: ${(stderr ?? '').trim()}`,
      'Run it where Slurm is, see docs/cluster.md, or with --launcher local.',
      { cause: error },
    );
  }
}

interface Followed {
  readonly folder: string;
  /** Jobs without an outcome; those that get one are removed. */
  readonly waiting: Set<number>;
  readonly options: LaunchOptions;
}

/** Passes outcomes on as they appear, until no task waits or runs. */
async function follow(id: string, { folder, waiting, options }: Followed): Promise<void> {
  const { signal, ended, lost } = options;
  const seen = new Set<string>();
  const pass = async (): Promise<void> => {
    for (const outcome of await readOutcomes(folder, seen)) {
      if (waiting.delete(outcome.index)) ended(outcome);
    }
  };
  let states: ReadonlySet<string> = new Set();
  for (let failures = 0; ;) {
    await sleep(INTERVAL, undefined, { signal });
    await pass();
    const answer = await statesOf(id);
    if (answer instanceof TelltaleError) {
      failures += 1;
      if (failures >= PATIENCE) throw answer;
      continue; // a scheduler may be too busy to answer for a while
    }
    failures = 0;
    if (answer === undefined) break;
    states = answer;
    if ([...states].every((state) => FINAL.has(state))) break;
  }
  for (let looks = 0; waiting.size > 0 && looks < LOOKS; looks++) {
    await pass();
    if (waiting.size > 0) await sleep(INTERVAL, undefined, { signal });
  }
  if (waiting.size === 0) return;
  if (states.has('CANCELLED')) {
    throw new TelltaleError(
      'CANCELED',
      `the Slurm job ${id} was canceled with ${waiting.size} ${waiting.size === 1 ? 'job' : 'jobs'} left`,
      'What is done stays done. Run the same command again for the rest.',
    );
  }
  const why = [...states].filter((state) => state !== 'COMPLETED').join(', ');
  lost(`${why === '' ? 'ended' : why} in Slurm job ${id}, see ${folder}/*.log`);
}

/** States of the tasks of a job; `undefined` where Slurm has forgotten it, an error where it did not answer. */
async function statesOf(id: string): Promise<ReadonlySet<string> | TelltaleError | undefined> {
  try {
    const words = ['--noheader', '--states=all', '--jobs', id, '--format=%T'];
    const { stdout } = await exec('squeue', words);
    const states = stdout.split('\n').flatMap((line) => line.trim() || []);
    return states.length === 0 ? undefined : new Set(states);
  } catch (cause) {
    const { stderr = '' } = cause as { readonly stderr?: string };
    if (stderr.includes('Invalid job id')) return undefined;
    return new TelltaleError(
      'LAUNCHER_UNAVAILABLE',
      `squeue no longer answers: ${stderr.trim()}`,
      'What is done stays done. Run the same command again when Slurm is back.',
      { cause },
    );
  }
}
