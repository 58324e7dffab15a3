/**
 * @file Measures movement in a thread of its own, so that flow is computed while the next face is cut out and its
 * landmarks are found. The numbers are those of the same code in one thread.
 */
import { availableParallelism } from 'node:os';

import { openRemoteFollower, type OpenedFollower } from '@telltale/core/spot';

import { startThread } from '../threads.ts';

/** Whether there is a core for a second thread. */
export function hasSecondCore(): boolean {
  return availableParallelism() > 1;
}

/**
 * Starts a thread that measures the movement of one clip.
 *
 * @returns its `add` and `stretches` reject where the thread failed or ended; `close` ends it
 */
export function openFollower(): OpenedFollower {
  const worker = startThread('follow-thread', import.meta.url);
  const { take, fail, ...follower } = openRemoteFollower((request, transfer) => {
    worker.postMessage(request, transfer);
  });
  worker.on('message', take);
  worker.on('error', fail);
  worker.on('exit', (code) => {
    fail(new Error(`the thread that measures movement ended with status ${code}`));
  });
  return {
    ...follower,
    async close() {
      await worker.terminate();
    },
  };
}
