/** @file The worker that decodes frames for the player: exactly the requested one, forward without seeking. */
import { WebError } from '@telltale/web/errors';
import { inspectVideo, openTrackClip, type TrackClip } from '@telltale/web/video';
import type { Frame } from '@telltale/core';
import { clipPart, framesWithin } from '@telltale/core/video';

import { bitmapOf } from '../analysis/images.ts';
import { peaksOf } from './peaks.ts';
import { serveRequests } from '../session/rpc.ts';
import type { PlayerRequests } from '../session/protocol.ts';

/** A decoder on its way through the clip. */
interface Walk {
  readonly frames: AsyncIterator<Frame>;
  next: number;
}

/** Up to this many frames ahead of the decoder, frames are decoded in sequence instead of seeking. */
const AHEAD = 30;

let shown: TrackClip | undefined;
/** Frame of the clip that is the first to the page. */
let start = 0;
let walk: Walk | undefined;
let queue: Promise<unknown> = Promise.resolve();

serveRequests<PlayerRequests>({
  async open({ clip, first = 0, rotate }) {
    await walk?.frames.return?.();
    walk = undefined;
    shown?.close();
    const inspected = await inspectVideo(clip, '');
    if (inspected.kind === 'unsupported') throw new WebError('CODEC_UNSUPPORTED', inspected);
    // The frames that were analyzed: deinterlaced, upright, with square pixels.
    shown = clipPart(await openTrackClip(inspected, '', { isIndexed: true }), { rotate });
    start = first;
    const { times, width, height } = shown;
    return { value: { width, height, times } };
  },
  async sound({ clip }) {
    return { value: await peaksOf(clip) };
  },
  async frame({ index }) {
    const mine = queue.then(() => fetchFrame(index));
    queue = mine.catch(() => undefined);
    const bitmap = await mine;
    return { value: bitmap, transfer: bitmap === null ? [] : [bitmap] };
  },
});

async function fetchFrame(wanted: number): Promise<ImageBitmap | null> {
  if (shown === undefined) return null;
  const index = start + wanted;
  if (walk === undefined || index < walk.next || index > walk.next + AHEAD) {
    await walk?.frames.return?.();
    walk = {
      frames: framesWithin(shown, [[index, Infinity]])[Symbol.asyncIterator](),
      next: index,
    };
  }
  for (;;) {
    const read = await walk.frames.next();
    if (read.done === true) {
      walk = undefined;
      return null;
    }
    const frame = read.value;
    walk.next = frame.index + 1;
    if (frame.index >= index) return bitmapOf(frame);
  }
}
