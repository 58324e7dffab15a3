/**
 * @file Jobs, their outcomes, and what runs them.
 *
 * Folds, clips and videos are processed alike: a list of jobs, a kind of worker that can do them, and a launcher that
 * starts worker processes on this machine or on a cluster. Only the folder of the run determines whether a job is
 * done, never the launcher: that is what makes every run resumable, and the launchers interchangeable.
 */

/** What a worker process can do: the folds of an evaluation, the clips of a dataset, its long videos, or clips to analyze. */
export const jobKinds = ['folds', 'clips', 'videos', 'analyses'] as const;

/** One of {@link jobKinds}. */
export type JobKind = (typeof jobKinds)[number];

/** One piece of work. Plain JSON, so that it can be sent to another process or written to a file. */
export interface Job {
  /** Place in the list. */
  readonly index: number;
}

/** Why a job could not be done. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** How one job ended. */
export interface Outcome {
  readonly index: number;
  /** Absent where the job was done. */
  readonly failure?: Failure;
}

/** Jobs of one kind. */
export interface Batch {
  readonly kind: JobKind;
  readonly jobs: readonly Job[];
  /** Absolute path of the run, on storage that every worker sees. A launcher may keep its files in `jobs/` there. */
  readonly folder: string;
  /** Jobs that are worth the start of a process on a cluster. @defaultValue 1 */
  readonly perTask?: number;
}

/** How jobs are run. */
export interface LaunchOptions {
  /** Processes at a time. @defaultValue all cores of this machine; on a cluster, as many as it gives */
  readonly parallel?: number | undefined;
  readonly signal: AbortSignal;
  /** Called once for each job that a worker finished, whether it was done or failed. */
  readonly ended: (outcome: Outcome) => void;
  /** Called for each process that ended over its jobs, with the reason: those jobs have no outcome. */
  readonly lost: (reason: string) => void;
  /** Called with lines that are worth showing. */
  readonly note: (text: string) => void;
}

/** Something that runs jobs in other processes. */
export interface Launcher {
  readonly name: string;
  /** Processes that it runs at a time; absent where that is not known, as on a cluster. */
  readonly processes?: (jobs: number, parallel?: number) => number;
  /**
   * Runs jobs, and resolves when no process is left. A job without an outcome went down with its process.
   *
   * @throws TelltaleError `LAUNCHER_UNAVAILABLE` where nothing could be started, `CANCELED`, and what no single job
   *   caused, such as `OUTPUT_UNWRITABLE` or `DATASET_CHANGED`
   */
  run(batch: Batch, options: LaunchOptions): Promise<void>;
}

/** What does jobs of one kind in a process: opened once, for as many jobs as the process gets. */
export interface Worker {
  /** @throws what no single job caused: it ends the run */
  readonly work: (job: Job, signal: AbortSignal) => Promise<Outcome>;
  readonly close: () => Promise<void>;
}
