/** @file Runs jobs with a launcher: the same progress, the same second attempt and the same way to cancel everywhere. */
import { TelltaleError } from '@telltale/core/errors';

import { countOf, durationText } from '../terminal.ts';
import type { Progress } from '../terminal.ts';
import type { Batch, Launcher, Outcome } from './job.ts';
import { local } from './local.ts';
import { slurm } from './slurm.ts';

/** Names of the launchers. */
export const launcherNames = ['local', 'slurm'] as const;

/** What commands take about where their jobs run. */
export interface LauncherChoice {
  readonly launcher: (typeof launcherNames)[number];
  /** Further options for sbatch, in one string. */
  readonly sbatch?: string | undefined;
}

/**
 * The launcher that the options name.
 *
 * @throws TelltaleError `OPTION_INVALID` where an option has no meaning for it
 */
export function launcherOf({ launcher, sbatch }: LauncherChoice): Launcher {
  if (launcher === 'slurm') return slurm(sbatch?.split(/\s+/).filter((word) => word !== ''));
  if (sbatch === undefined) return local;
  throw new TelltaleError(
    'OPTION_INVALID',
    `--sbatch is given with --launcher ${launcher}`,
    'Add --launcher slurm, or leave out --sbatch.',
  );
}

/** The code of a failure where a job's process was ended from outside, each time. */
export const PROCESS_ENDED = 'PROCESS_ENDED';

/** How jobs are run. */
export interface RunOptions {
  /** @defaultValue processes on this machine */
  readonly launcher?: Launcher | undefined;
  readonly parallel?: number | undefined;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** What is done to each job, before the count: `preparing clip`. */
  readonly label: string;
  /** Jobs of the run that were done before. @defaultValue 0 */
  readonly before?: number;
}

/** Attempts at a job whose process is ended from outside, as where memory runs out. */
const ATTEMPTS = 2;

/**
 * Runs jobs. Those that go down with their process are run once more; then they count as failed.
 *
 * @returns the outcome of each job, in the order in which they ended
 * @throws TelltaleError `LAUNCHER_UNAVAILABLE`, `CANCELED`, and what no single job caused
 */
export async function runJobs(batch: Batch, options: RunOptions): Promise<readonly Outcome[]> {
  const { launcher = local, parallel, signal, progress, label, before = 0 } = options;
  if (batch.jobs.length === 0) return [];
  const outcomes = new Map<number, Outcome>();
  const jobs = batch.jobs.length;
  const processes = launcher.processes?.(jobs, parallel) ?? 1;
  const began = performance.now();
  const show = (done: number): void => {
    const seconds = (performance.now() - began) / 1000;
    const left = timeLeft({ done, jobs, processes, seconds });
    const text = left === undefined || left < 1 ? '' : `, about ${durationText(left)} left`;
    progress.update(`${label} ${countOf(before + done, before + jobs)}${text}`);
  };
  show(0);
  const ended = (outcome: Outcome): void => {
    outcomes.set(outcome.index, outcome);
    show(outcomes.size);
  };
  let left = batch.jobs;
  let reason = 'ended';
  const lost = (why: string): void => void (reason = why);
  const note = (text: string): void => progress.note(text);
  for (let attempt = 1; left.length > 0 && attempt <= ATTEMPTS; attempt++) {
    if (attempt > 1) note(`${left.length} ${batch.kind} went down with their process (${reason}); running them again`); // prettier-ignore
    await launcher.run({ ...batch, jobs: left }, { parallel, signal, ended, lost, note });
    left = left.filter(({ index }) => !outcomes.has(index));
  }
  for (const { index } of left) {
    const message = `its process was ended ${ATTEMPTS} times (${reason}): is there enough memory?`;
    ended({ index, failure: { code: PROCESS_ENDED, message } });
  }
  return [...outcomes.values()];
}

/**
 * How long jobs will take that are alike, seconds; undefined where none is done. As many as there are processes run side
 * by side and end together: when one of three is done by two processes, the second is nearly done, and the third takes
 * as long again.
 */
export function timeLeft({
  done,
  jobs,
  processes,
  seconds,
}: {
  readonly done: number;
  readonly jobs: number;
  readonly processes: number;
  /** Since the start. */
  readonly seconds: number;
}): number | undefined {
  if (done === 0) return undefined;
  return seconds * (Math.ceil(jobs / processes) / Math.ceil(done / processes) - 1);
}
