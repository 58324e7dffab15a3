/** @file A worker process: its parent sends it one job at a time, or it takes a share of a list from a file. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

import { writeWhole } from '@telltale/node/output';

import { interruptible } from '../terminal.ts';
import type { Job, Worker } from './job.ts';
import { isFailureMessage, withParent } from './parent.ts';
import { failurePath, listPath, outcomePath } from './share.ts';
import type { Share } from './share.ts';

/** What the parent sends: a job, or that there is no more. */
export type ToWorker = { readonly job: Job } | { readonly end: true };

/**
 * Does what the parent sends until there is no more, or the parent is gone.
 *
 * @throws TelltaleError `CANCELED`, and what opening the worker and its work throw
 */
export async function serveParent(open: () => Promise<Worker>): Promise<void> {
  await withParent((gone) =>
    interruptible(async (interrupted) => {
      const worker = await open();
      const signal = AbortSignal.any([interrupted, gone]);
      try {
        await serve(signal, async (job) => {
          const outcome = await worker.work(job, signal);
          if (process.connected) process.send!(outcome);
        });
      } finally {
        await worker.close();
      }
    }),
  );
}

/** Takes jobs as they come, one after the other. */
function serve(signal: AbortSignal, work: (job: Job) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let running = Promise.resolve();
    const finish = (): void => {
      process.off('message', take);
      signal.removeEventListener('abort', abort);
    };
    const fail = (error: Error): void => {
      finish();
      reject(error);
    };
    const abort = (): void => fail(signal.reason as Error);
    const take = (message: ToWorker): void => {
      if ('end' in message) {
        void running.then(() => {
          finish();
          resolve();
        }, fail);
        return;
      }
      running = running.then(() => work(message.job));
      running.catch(fail);
    };
    process.on('message', take);
    process.channel?.ref();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    else process.send!({ ready: true });
  });
}

/**
 * Does a share of a list of jobs, and leaves a file for each outcome: a task on a cluster.
 *
 * @throws TelltaleError `CANCELED`, and what opening the worker and its work throw, after it was written down
 */
export async function workShare(
  open: () => Promise<Worker>,
  share: Share,
  signal: AbortSignal,
): Promise<void> {
  const { folder, task } = share;
  try {
    const worker = await open();
    try {
      for await (const job of jobsOf(share)) {
        signal.throwIfAborted();
        const outcome = await worker.work(job, signal);
        signal.throwIfAborted(); // the run has ended, and its folder may be gone
        await writeWhole(outcomePath(folder, outcome.index), JSON.stringify(outcome));
      }
    } finally {
      await worker.close();
    }
  } catch (error) {
    if (isFailureMessage(error) && !signal.aborted) {
      const { code, message, hint } = error;
      await writeWhole(failurePath(folder, task), JSON.stringify({ code, message, hint }));
    }
    throw error;
  }
}

/** The jobs of a share, read as they are needed: a list may be large. */
async function* jobsOf({ folder, task, tasks }: Share): AsyncGenerator<Job> {
  const lines = createInterface({ input: createReadStream(join(folder, listPath)) });
  let line = 0;
  for await (const text of lines) {
    if (line++ % tasks === task) yield JSON.parse(text) as Job;
  }
}
