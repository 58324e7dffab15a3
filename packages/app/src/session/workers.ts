/** @file The workers of the page, started when they are first needed and ended when a clip is forgotten. */
import { lendFfmpeg } from '@telltale/web/ffmpeg';

import type { FollowerRequests } from '../analysis/follower.ts';
import { connectWorker, type RemoteWorker } from './rpc.ts';
import type {
  FilmRequests,
  LiveRequests,
  MotionRequests,
  ReplayRequests,
} from '../live/protocol.ts';
import type { PlayerRequests, Problem, Requests } from './protocol.ts';

/** Starts the worker that analyzes. @param onEnd - called where it ends by itself */
export function startAnalysis(onEnd: (problem: Problem) => void): RemoteWorker<Requests> {
  // The bundler sees a worker only where its address stands inside the call.
  const worker = new Worker(new URL('../analysis/analysis.worker.ts', import.meta.url), { type: 'module' }); // prettier-ignore
  const endFfmpeg = lendFfmpeg(
    worker,
    () => new Worker(new URL('../analysis/ffmpeg.worker.ts', import.meta.url), { type: 'module' }),
  );
  const follower = connectWorker<FollowerRequests>(
    new Worker(new URL('../analysis/follow.worker.ts', import.meta.url), { type: 'module' }),
    () => worker.terminate(), // which is noticed
  );
  const endOthers = (): void => {
    endFfmpeg();
    follower.close();
  };
  const remote = connectWorker<Requests>(worker, (problem) => {
    endOthers();
    onEnd(problem);
  });
  const { port1, port2 } = new MessageChannel();
  // If one ends before it answers, the next request reports that.
  remote.ask('lend', { followers: port1 }, { transfer: [port1] }).catch(() => undefined);
  follower.ask('lend', { followers: port2 }, { transfer: [port2] }).catch(() => undefined);
  return {
    ...remote,
    close() {
      endOthers();
      remote.close();
    },
  };
}

/** Starts the worker that shows frames. */
export function startPlayer(): RemoteWorker<PlayerRequests> {
  return connectWorker<PlayerRequests>(
    new Worker(new URL('../player/player.worker.ts', import.meta.url), { type: 'module' }),
  );
}

/** A worker that takes the camera's frames. */
export type FrameTaker = Pick<RemoteWorker<FilmRequests>, 'ask'>;

/** The two workers that analyze the camera. */
export interface LiveWorkers {
  /** Finds the face. */
  readonly live: RemoteWorker<LiveRequests>;
  /** Measures it. */
  readonly motion: RemoteWorker<MotionRequests>;
  /** Opens what they need, and connects them. */
  open(): Promise<void>;
  close(): void;
}

/** Starts the workers that watch the camera. @param onEnd - called where one ends by itself */
export function startLive(onEnd: (problem: Problem) => void): LiveWorkers {
  const live = connectWorker<LiveRequests>(
    new Worker(new URL('../live/live.worker.ts', import.meta.url), { type: 'module' }),
    onEnd,
  );
  const motion = connectWorker<MotionRequests>(
    new Worker(new URL('../live/motion.worker.ts', import.meta.url), { type: 'module' }),
    onEnd,
  );
  return {
    ...{ live, motion },
    async open() {
      const { port1, port2 } = new MessageChannel();
      await Promise.all([
        live.ask('open', { faces: port1 }, { transfer: [port1] }),
        motion.ask('open', { faces: port2 }, { transfer: [port2] }),
      ]);
    },
    close() {
      live.close();
      motion.close();
    },
  };
}

/** Starts the worker that keeps the camera's last minute. */
export function startReplayBuffer(): RemoteWorker<ReplayRequests> {
  return connectWorker<ReplayRequests>(
    new Worker(new URL('../live/replay-buffer.worker.ts', import.meta.url), { type: 'module' }),
  );
}
