/**
 * @file The worker that keeps the last minute of the camera: every frame, including those that the live worker is too
 * busy to analyze.
 */
import { serveRequests } from '../session/rpc.ts';
import type { ReplayRequests } from './protocol.ts';
import { openReplayBuffer, type ReplayBuffer } from './replay-buffer.ts';
import { PageError } from '../session/problem.ts';

/** Seconds that can be saved. */
const KEPT = 60;

let minute: Promise<ReplayBuffer | undefined> | undefined;

serveRequests<ReplayRequests>({
  async add({ frame }) {
    const { codedWidth, codedHeight } = frame;
    minute ??= openReplayBuffer({ width: codedWidth & ~1, height: codedHeight & ~1 }, KEPT);
    const ring = await minute;
    ring?.add(frame);
    frame.close();
    return { value: true };
  },
  async save() {
    if (minute === undefined) throw new PageError('FRAMES_EMPTY');
    const ring = await minute;
    if (ring === undefined) throw new PageError('BROWSER_TOO_OLD');
    return { value: await ring.save() };
  },
});
