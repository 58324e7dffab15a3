/**
 * @file The worker that keeps the last minute of the camera: every frame, including those that the live worker is too
 * busy to analyze.
 */
import { serveRequests } from '../session/rpc.ts';
import { takeAll } from './film.ts';
import type { ReplayRequests } from './protocol.ts';
import { openReplayBuffer, type ReplayBuffer } from './replay-buffer.ts';
import { PageError } from '../session/problem.ts';

/** Seconds that can be saved. */
const KEPT = 60;

let minute: Promise<ReplayBuffer | undefined> | undefined;
let isPaused = false;

serveRequests<ReplayRequests>({
  async film({ frames }) {
    await takeAll(frames, take);
    return { value: true };
  },
  async frame({ frame }) {
    await take(frame);
    return { value: true };
  },
  pause(ask) {
    ({ isPaused } = ask);
    return Promise.resolve({ value: true });
  },
  async save() {
    if (minute === undefined) throw new PageError('FRAMES_EMPTY');
    const ring = await minute;
    if (ring === undefined) throw new PageError('BROWSER_TOO_OLD');
    return { value: await ring.save() };
  },
});

async function take(frame: VideoFrame): Promise<void> {
  try {
    if (isPaused) return;
    const { codedWidth, codedHeight } = frame;
    minute ??= openReplayBuffer({ width: codedWidth & ~1, height: codedHeight & ~1 }, KEPT);
    (await minute)?.add(frame);
  } finally {
    frame.close();
  }
}
