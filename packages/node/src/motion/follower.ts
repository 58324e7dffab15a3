/**
 * @file Measures movement in a thread of its own, so that flow is computed while the next face is cut out and its
 * landmarks are found. The numbers are those of the same code in one thread.
 */
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

import type { MotionFrame, MotionStretch, OpenedFollower } from '@telltale/core/spot';

import type { Reply, Request } from './protocol.ts';

/** Beside this file, in the language that this file is in. */
const THREAD = new URL(`./follow-thread${extname(import.meta.url)}`, import.meta.url);

/** Faces that wait to be measured: 90 kB each. More would not make the slower side faster. */
const WAITING = 8;

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
  const worker = new Worker(THREAD);
  let waiting = 0;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  let results: readonly MotionStretch[] | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    wake?.();
  };
  worker.on('message', (reply: Reply) => {
    if (reply.kind === 'failed') fail(reply.error as Error);
    else if (reply.kind === 'measured') waiting--;
    else results = reply.stretches;
    wake?.();
  });
  worker.on('error', fail);
  worker.on('exit', (code) => {
    fail(new Error(`the thread that measures movement ended with status ${code}`));
  });
  const post = (request: Request, transfer: ArrayBuffer[] = []): void => {
    worker.postMessage(request, transfer);
  };
  const until = async (isDone: () => boolean): Promise<void> => {
    while (!isDone()) {
      if (failure !== undefined) throw failure;
      await new Promise<void>((resolve) => (wake = resolve));
    }
    if (failure !== undefined) throw failure;
  };
  return {
    add(frame: MotionFrame) {
      waiting++;
      post({ kind: 'add', frame }, [frame.image.data.buffer as ArrayBuffer]);
      return waiting < WAITING && failure === undefined
        ? undefined
        : until(() => waiting < WAITING);
    },
    cut() {
      post({ kind: 'cut' });
    },
    async stretches() {
      post({ kind: 'end' });
      await until(() => results !== undefined);
      return results!;
    },
    async close() {
      await worker.terminate();
    },
  };
}
