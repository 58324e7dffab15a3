/**
 * @file Processes that work on clips or videos, each fed one at a time.
 *
 * Processes and not threads, for the reasons of `engines/local.ts`: a crash in native code or the end of memory ends
 * one job and not the run.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import process from 'node:process';

import type { TelltaleError } from '@telltale/core';

import { failureOf } from '../engines/child.ts';

/** Work on one clip or video. Plain JSON, so that it can be sent to another process. */
export interface Job {
  readonly index: number;
}

/** What the parent sends a process: a job, or nothing more. */
export type ToWorker = { readonly job: Job } | { readonly end: true };

/** How one job ended. */
export interface Outcome {
  readonly index: number;
  /** Why it could not be done; absent where it was. */
  readonly failure?: { readonly code: string; readonly message: string };
}

/** How jobs are done. */
export interface PoolOptions {
  /** The words after `telltale` that start a process which takes these jobs. */
  readonly words: readonly string[];
  /** Processes. */
  readonly parallel: number;
  readonly signal: AbortSignal;
  /** Hears of each job once it has ended. */
  readonly ended: (outcome: Outcome) => void;
}

/** Text of a child's standard error that is kept, characters. */
const KEPT = 4000;

/**
 * Does jobs in child processes. A process that something outside ends costs the job that it was at.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE`, `CANCELED`, and what else no job is to blame for
 */
export async function doInProcesses(
  jobs: Iterator<Job>,
  { words, parallel, signal, ended }: PoolOptions,
): Promise<void> {
  const stop = new AbortController();
  const forward = (): void => stop.abort();
  signal.addEventListener('abort', forward, { once: true });
  const failures: unknown[] = []; // in the order in which they happen: the first is the cause
  try {
    if (signal.aborted) forward();
    const lanes = Array.from({ length: parallel }, async () => {
      try {
        while (
          !stop.signal.aborted &&
          (await runLane(jobs, stop.signal, { words, ended })) === 'again'
        );
      } catch (error) {
        failures.push(error);
        forward();
      }
    });
    await Promise.all(lanes);
    signal.throwIfAborted();
    if (failures.length > 0) throw failures[0] as Error;
  } finally {
    signal.removeEventListener('abort', forward);
  }
}

/** One process, from its start to its end; `again` where it was ended over a job and others may be left. */
function runLane(
  jobs: Iterator<Job>,
  stop: AbortSignal,
  { words, ended }: Pick<PoolOptions, 'words' | 'ended'>,
): Promise<'done' | 'again'> {
  const child = start(words);
  let current: Job | undefined;
  let said = '';
  let failure: TelltaleError | undefined;
  child
    .stderr!.setEncoding('utf8')
    .on('data', (text: string) => (said = (said + text).slice(-KEPT)));
  const kill = (): void => void child.kill('SIGTERM');
  stop.addEventListener('abort', kill, { once: true });
  const feed = (): void => {
    const next = stop.aborted ? undefined : jobs.next();
    current = next === undefined || next.done === true ? undefined : next.value;
    const message: ToWorker = current === undefined ? { end: true } : { job: current };
    if (child.connected) child.send(message, () => undefined); // how it ended is told by `close`
  };
  child.on('message', (message: unknown) => {
    failure = failureOf(message) ?? failure;
    if (isOutcome(message)) ended(message);
    if (isOutcome(message) || isReady(message)) feed();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, by) => {
      stop.removeEventListener('abort', kill);
      if (stop.aborted || (code === 0 && current === undefined)) resolve('done');
      else if (code === null && current !== undefined) {
        const message = `the process that worked on it was ended (${by ?? 'unknown'}): out of memory?`;
        ended({ index: current.index, failure: { code: 'PROCESS_ENDED', message } });
        resolve('again');
      } else {
        reject(failure ?? new Error(`a process ended with status ${code ?? by}:\n${said}`));
      }
    });
  });
}

function start(words: readonly string[]): ChildProcess {
  const line = [...process.execArgv, process.argv[1]!, ...words];
  return spawn(process.execPath, line, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}

function isOutcome(message: unknown): message is Outcome {
  return typeof message === 'object' && message !== null && 'index' in message;
}

function isReady(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'ready' in message;
}
