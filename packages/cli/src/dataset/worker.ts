/**
 * @file A process that works on clips or videos: it is sent one at a time and answers with how each ended.
 */
import process from 'node:process';

import { withParent } from '../engines/child.ts';
import { interruptible } from '../terminal.ts';
import type { Job, Outcome, ToWorker } from './pool.ts';

/** What does jobs. */
export interface Workshop {
  readonly work: (job: Job, signal: AbortSignal) => Promise<Outcome>;
  readonly close: () => Promise<void>;
}

/**
 * Does what the parent sends until it says that there is no more, or is gone.
 *
 * @throws TelltaleError `CANCELED`, and what opening the workshop and its work throw
 */
export async function runWorker(open: () => Promise<Workshop>): Promise<void> {
  await withParent((gone) =>
    interruptible(async (signal) => {
      if (gone === undefined) throw new Error('only telltale itself starts this');
      const workshop = await open();
      const stop = AbortSignal.any([signal, gone]);
      try {
        await answer(stop, async (job) => {
          const outcome = await workshop.work(job, stop);
          if (process.connected) process.send!(outcome);
        });
      } finally {
        await workshop.close();
      }
    }),
  );
}

/** Takes jobs as they come, one after the other. */
function answer(stop: AbortSignal, work: (job: Job) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let running = Promise.resolve();
    const finish = (): void => {
      process.off('message', take);
      stop.removeEventListener('abort', abort);
    };
    const fail = (error: Error): void => {
      finish();
      reject(error);
    };
    const abort = (): void => fail(stop.reason as Error);
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
    stop.addEventListener('abort', abort, { once: true });
    if (stop.aborted) abort();
    else process.send!({ ready: true });
  });
}
