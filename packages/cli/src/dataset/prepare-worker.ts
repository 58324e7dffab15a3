/**
 * @file A process that prepares clips: it is sent one at a time and answers with how each ended.
 */
import process from 'node:process';

import { withParent } from '../engines/child.ts';
import { interruptible } from '../terminal.ts';
import { doClip, openPrepareTools } from './prepare-job.ts';
import type { ClipJob } from './prepare-job.ts';

/** What the parent sends: a clip, or nothing more. */
export type ToWorker = { readonly job: ClipJob } | { readonly end: true };

/**
 * Prepares what the parent sends until it says that there is no more, or is gone.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function runPrepareWorker(): Promise<void> {
  await withParent((gone) =>
    interruptible(async (signal) => {
      if (gone === undefined) throw new Error('only "telltale dataset prepare" starts this');
      const tools = await openPrepareTools();
      const stop = AbortSignal.any([signal, gone]);
      try {
        await answer(stop, async (job) => {
          const outcome = await doClip(job, { ...tools, signal: stop });
          if (process.connected) process.send!(outcome);
        });
      } finally {
        await tools.face.close();
      }
    }),
  );
}

/** Takes jobs as they come, one after the other. */
function answer(stop: AbortSignal, work: (job: ClipJob) => Promise<void>): Promise<void> {
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
