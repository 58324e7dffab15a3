/** @file The workers of the page, started when they are first needed and ended when a clip is forgotten. */
import { lendFfmpeg } from '@telltale/web/ffmpeg';

import type { FollowerRequests } from '../analysis/follower.ts';
import type { MeshRequests } from '../analysis/mesh.ts';
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
  const endAll = (): void => worker.terminate(); // which is noticed
  const follower = connectWorker<FollowerRequests>(
    new Worker(new URL('../analysis/follow.worker.ts', import.meta.url), { type: 'module' }),
    endAll,
  );
  const mesh = connectWorker<MeshRequests>(
    new Worker(new URL('../analysis/mesh.worker.ts', import.meta.url), { type: 'module' }),
    endAll,
  );
  const endOthers = (): void => {
    endFfmpeg();
    follower.close();
    mesh.close();
  };
  const remote = connectWorker<Requests>(worker, (problem) => {
    endOthers();
    onEnd(problem);
  });
  const [measured, found] = [new MessageChannel(), new MessageChannel()];
  const [followers, faces] = [measured.port1, found.port1];
  const lent = [
    remote.ask('lend', { followers, faces }, { transfer: [followers, faces] }),
    follower.ask('lend', { followers: measured.port2 }, { transfer: [measured.port2] }),
    mesh.ask('lend', { faces: found.port2 }, { transfer: [found.port2] }),
  ];
  // If one ends before it answers, the next request reports that.
  for (const one of lent) one.catch(() => undefined);
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
