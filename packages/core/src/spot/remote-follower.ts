/**
 * @file A follower in another thread: both ends, joined by messages. What carries them is the platform's: a worker, a port.
 * The numbers are those of the same code in one thread.
 */
import type { Tvl1 } from '../motion/tvl1.ts';
import {
  createFollower,
  type MotionFollower,
  type MotionFrame,
  type MotionStretch,
} from './follow.ts';

/** To the thread: a face to measure, or that the next one does not continue it, or the request for all results. */
export type FollowerRequest =
  | {
      /** A face to measure. */
      readonly kind: 'add';
      /** The face, aligned. */
      readonly frame: MotionFrame;
    }
  | {
      /** The next face does not continue the one before. */
      readonly kind: 'cut';
    }
  | {
      /** All results are requested. */
      readonly kind: 'end';
    };

/** From the thread: it can be given one more; or all results; or the error that ended it. */
export type FollowerReply =
  | {
      /** A face was measured: there is room for one more. */
      readonly kind: 'measured';
    }
  | {
      /** All results, after `end`. */
      readonly kind: 'stretches';
      /** Everything that was measured. */
      readonly stretches: readonly MotionStretch[];
    }
  | {
      /** Nothing more can be measured. */
      readonly kind: 'failed';
      /** Why, as far as messages carry it. */
      readonly error: unknown;
    };

/** Faces that wait to be measured: 90 kB each. More would not make the slower side faster. */
const WAITING = 8;

/** The end at which faces are found. */
export interface RemoteFollower extends MotionFollower {
  /** Takes what the thread replied. */
  readonly take: (reply: FollowerReply) => void;
  /** Has everything that waits, and what comes, reject: the thread has ended. */
  readonly fail: (error: Error) => void;
}

/**
 * Opens the end at which faces are found.
 *
 * @param post - sends to the thread; buffers in `transfer` may be moved
 */
export function openRemoteFollower(
  post: (request: FollowerRequest, transfer: ArrayBuffer[]) => void,
): RemoteFollower {
  let waiting = 0;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  let results: readonly MotionStretch[] | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    wake?.();
  };
  const until = async (isDone: () => boolean): Promise<void> => {
    while (!isDone()) {
      if (failure !== undefined) throw failure;
      await new Promise<void>((resolve) => (wake = resolve));
    }
    if (failure !== undefined) throw failure;
  };
  return {
    take(reply) {
      if (reply.kind === 'failed') fail(reply.error as Error);
      else if (reply.kind === 'measured') waiting--;
      else results = reply.stretches;
      wake?.();
    },
    fail,
    add(frame) {
      waiting++;
      post({ kind: 'add', frame }, [frame.image.data.buffer as ArrayBuffer]);
      return waiting < WAITING && failure === undefined
        ? undefined
        : until(() => waiting < WAITING);
    },
    cut() {
      post({ kind: 'cut' }, []);
    },
    async stretches() {
      post({ kind: 'end' }, []);
      await until(() => results !== undefined);
      return results!;
    },
  };
}

/**
 * Serves the other end, in the thread.
 *
 * @param flow - of this thread; needed with the first face
 * @param reply - sends to the other end
 * @returns takes requests in their order
 */
export function serveFollower(
  flow: Promise<Tvl1>,
  reply: (message: FollowerReply) => void,
): (request: FollowerRequest) => void {
  const opened = flow.then((tvl1) => createFollower(tvl1));
  let before: Promise<void> = Promise.resolve();
  const handle = async (request: FollowerRequest): Promise<void> => {
    const follower = await opened;
    if (request.kind === 'cut') follower.cut();
    else if (request.kind === 'end') reply({ kind: 'stretches', stretches: follower.stretches() });
    else {
      follower.add(request.frame);
      reply({ kind: 'measured' });
    }
  };
  return (request) => {
    before = before
      .then(() => handle(request))
      .catch((error: unknown) => reply({ kind: 'failed', error }));
  };
}
