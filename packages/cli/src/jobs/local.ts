/**
 * @file Jobs in child processes on this machine. The default.
 *
 * Processes and not worker threads: ONNX Runtime computes on the thread that calls it, and a crash in native code or the
 * end of memory must cost one job and not the run. Each process is sent one job at a time.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import process from 'node:process';

import type { TelltaleError } from '@telltale/core/errors';

import type { Job, Launcher, LaunchOptions, Outcome } from './job.ts';
import { errorFrom } from './parent.ts';
import type { ToWorker } from './worker.ts';

/** Text of a worker's standard error that is kept, characters. */
const KEPT = 4000;

/** Worker processes on this machine, one thread each. */
export const local: Launcher = {
  name: 'local',
  processes: (jobs, parallel = availableParallelism()) => Math.min(parallel, jobs),
  async run({ kind, jobs }, { parallel = availableParallelism(), signal, ended, lost }) {
    const stop = new AbortController();
    const forward = (): void => stop.abort();
    signal.addEventListener('abort', forward, { once: true });
    const failures: unknown[] = []; // in the order in which they happen: the first is the cause
    const queue = jobs.values();
    const lane = async (): Promise<void> => {
      try {
        const options = { words: ['jobs', 'serve', kind], ended, lost };
        while (!stop.signal.aborted && (await runWorker(queue, stop.signal, options)) === 'lost');
      } catch (error) {
        failures.push(error);
        forward(); // what the others have not finished stays to be done
      }
    };
    try {
      if (signal.aborted) forward();
      await Promise.all(Array.from({ length: Math.min(parallel, jobs.length) }, lane));
      signal.throwIfAborted();
      if (failures.length > 0) throw failures[0] as Error;
    } finally {
      signal.removeEventListener('abort', forward);
    }
  },
};

/** One process, from its start to its end; `lost` where it was ended over a job and others may be left. */
function runWorker(
  queue: Iterator<Job>,
  stop: AbortSignal,
  { words, ended, lost }: Pick<LaunchOptions, 'ended' | 'lost'> & { words: readonly string[] },
): Promise<'done' | 'lost'> {
  const line = [...process.execArgv, process.argv[1]!, ...words];
  const child = spawn(process.execPath, line, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let isAtWork = false;
  let output = '';
  let failure: TelltaleError | undefined;
  child
    .stderr!.setEncoding('utf8')
    .on('data', (text: string) => (output = (output + text).slice(-KEPT)));
  const kill = (): void => void child.kill('SIGTERM');
  stop.addEventListener('abort', kill, { once: true });
  const feed = (): void => {
    const next = stop.aborted ? undefined : queue.next();
    isAtWork = next !== undefined && next.done !== true;
    const message: ToWorker = isAtWork ? { job: next!.value as Job } : { end: true };
    if (child.connected) child.send(message, () => undefined); // `close` reports how it ended
  };
  child.on('message', (message: unknown) => {
    failure = errorFrom(message) ?? failure;
    if (isOutcome(message)) ended(message);
    if (isOutcome(message) || isReady(message)) feed();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, by) => {
      stop.removeEventListener('abort', kill);
      if (stop.aborted || (code === 0 && !isAtWork)) resolve('done');
      else if (code === null) {
        lost(`ended by ${by ?? 'the system'}`);
        resolve(isAtWork ? 'lost' : 'done'); // one that cannot even start is not started again here
      } else {
        reject(failure ?? new Error(`a worker ended with status ${code}:\n${output}`));
      }
    });
  });
}

function isOutcome(message: unknown): message is Outcome {
  return typeof message === 'object' && message !== null && 'index' in message;
}

function isReady(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'ready' in message;
}
