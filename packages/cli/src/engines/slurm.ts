/**
 * @file Folds as a Slurm job array, https://slurm.schedmd.com/job_array.html.
 *
 * The run's folder lies on storage that all nodes see; nothing else passes
 * between them. Tested against Debian's Slurm 22.05.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { TelltaleError } from '@telltale/core';

import { foldWords } from './engine.ts';
import type { Engine, Run } from './engine.ts';

const exec = promisify(execFile);

/** Largest index of an array where an administrator changed nothing (MaxArraySize 1001). */
const LARGEST = 1000;

/** Time between two questions to the scheduler, milliseconds. */
const INTERVAL = 1000;

/** Questions without an answer, one after the other, until the scheduler counts as gone. */
const PATIENCE = 120;

/**
 * Folds on a cluster.
 *
 * @param more - further options for sbatch, such as a partition and a time limit
 */
export function slurm(more: readonly string[] = []): Engine {
  return {
    name: 'slurm',
    async run(run, { parallel, signal, note }) {
      const { array, which } = arrayOf(run);
      const words = [...process.execArgv, process.argv[1]!, ...foldWords(run, which)];
      const command = [process.execPath, ...words].map(quoted).join(' ');
      const id = await submit([
        '--parsable',
        '--requeue',
        '--job-name=telltale',
        '--cpus-per-task=1',
        `--array=${array}${parallel === undefined ? '' : `%${parallel}`}`,
        `--output=${join(run.folder, 'folds', '%a.log')}`,
        ...more,
        `--wrap=exec ${command}`,
      ]);
      note(`Slurm job ${id}: ${run.indices.length} folds`);
      try {
        await ended(id, signal);
      } catch (error) {
        await exec('scancel', [id]).catch(() => undefined);
        throw error;
      }
    },
  };
}

/** The numbers of an array's tasks, and what each does: one task per fold, or shares where there are more folds than an array may have. */
export function arrayOf({ indices, total }: Omit<Run, 'folder'>): {
  readonly array: string;
  readonly which: string[];
} {
  if (Math.max(...indices) <= LARGEST) {
    return { array: ranges(indices), which: ['--index', '%TASK%'] };
  }
  const shares = Math.min(LARGEST, total);
  return { array: `1-${shares}`, which: ['--share', `%TASK%/${shares}`] };
}

/** `0-3,7`: an array of thousands fits into a command line. */
function ranges(indices: readonly number[]): string {
  const sorted = [...indices].sort((a, b) => a - b);
  const found: [number, number][] = [];
  for (const index of sorted) {
    const last = found.at(-1);
    if (last && last[1] === index - 1) last[1] = index;
    else found.push([index, index]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** A word for a shell; the number of the task is the one thing that the shell puts in. */
function quoted(word: string): string {
  const parts = word.split('%TASK%').map((part) => `'${part.replaceAll("'", String.raw`'\''`)}'`);
  return parts.join('"$SLURM_ARRAY_TASK_ID"');
}

async function submit(words: readonly string[]): Promise<string> {
  try {
    const { stdout } = await exec('sbatch', words);
    return stdout.trim().split(';')[0]!;
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
    throw new TelltaleError(
      'ENGINE_UNAVAILABLE',
      code === 'ENOENT'
        ? 'there is no sbatch on this machine'
        : `sbatch refused the folds: ${(stderr ?? '').trim()}`,
      'Run it where Slurm is, see docs/cluster.md, or with --engine local.',
      { cause: error },
    );
  }
}

/** Waits until no task waits or runs. A job that Slurm has forgotten has ended. */
async function ended(id: string, signal: AbortSignal): Promise<void> {
  for (let failures = 0; ;) {
    await sleep(INTERVAL, undefined, { signal });
    try {
      const { stdout } = await exec('squeue', ['--noheader', '--jobs', id, '--format=%T']);
      if (stdout.trim() === '') return;
      failures = 0;
    } catch (error) {
      const { stderr = '' } = error as { readonly stderr?: string };
      if (stderr.includes('Invalid job id')) return;
      failures += 1; // a scheduler may be too busy to answer for a while
      if (failures < PATIENCE) continue;
      throw new TelltaleError(
        'ENGINE_UNAVAILABLE',
        `squeue no longer answers: ${stderr.trim()}`,
        'What is done stays done. Run the same command again when Slurm is back.',
        { cause: error },
      );
    }
  }
}
