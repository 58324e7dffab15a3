/**
 * @file From a camera's frames to faces: frames are copied as they come and wait while one is looked at, so that a moment
 * in which there is other work to do costs no frame.
 */
import type { LiveFace, LiveWatcher } from '@telltale/core/spot';

import type { Handover } from './handover.ts';
import type { KeptPixels, PixelStore } from './pixels.ts';
import { openQueue } from './queue.ts';

/** Takes frames, and looks at one after another. */
export interface Pipeline {
  /** Starts again with what looks for the face. @param window - seconds that are kept in sight */
  begin(watcher: LiveWatcher, window: number): void;
  /** Lets a frame wait, where there is room. */
  take(frame: VideoFrame): Promise<void>;
  /** Whether frames are let go, unseen. */
  pause(isPaused: boolean): void;
  /** Looks at what waits, in order, until it fails. */
  run(): Promise<never>;
}

/** Frames that wait: a fifth of a second at 30 per second, after which what is shown would be late. */
const WAITING = 6;

/** Turns without a frame after which there is none. */
const IDLE = 3;

/** Opens the way from the camera to the worker that measures. */
export function openPipeline({
  store,
  handover,
}: {
  readonly store: PixelStore;
  readonly handover: Handover;
}): Pipeline {
  const queue = openQueue<KeptPixels>(WAITING);
  let watcher: LiveWatcher | undefined;
  let isPaused = false;
  let leftOut = 0;
  let came = 0;
  let last: Promise<void> = Promise.resolve();

  const keep = async (frame: VideoFrame): Promise<void> => {
    came++;
    if (!isPaused && queue.hasRoom) queue.put(await store.keep(frame));
    else {
      if (!isPaused) leftOut++;
      frame.close();
    }
  };
  /** Lets those in that came while a frame was looked at, of which the browser keeps only a few. */
  const letIn = async (): Promise<void> => {
    for (let idle = 0; idle < IDLE; idle++) {
      const before = came;
      await turn();
      if (came > before) idle = -1;
    }
  };
  return {
    begin(next, window) {
      watcher = next;
      isPaused = false;
      handover.begin(window);
    },
    take(frame) {
      last = last.then(() => keep(frame));
      return last;
    },
    pause(wanted) {
      isPaused = wanted;
    },
    async run() {
      let first: number | undefined;
      // In each frame the face is looked for where it was in the one before.
      for (let index = 0; ; index++) {
        const kept = await queue.take();
        first ??= kept.time;
        const mine = watcher;
        const frame = { index, time: kept.time - first, ...store.convert(kept) };
        const seen: LiveFace | undefined = await mine?.add(frame);
        if (seen !== undefined && mine === watcher) await handover.give(seen, leftOut);
        await letIn();
      }
    },
  };
}

/** Lets other messages be handled. A timer would wait for milliseconds. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
