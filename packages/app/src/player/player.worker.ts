/** @file The worker that decodes frames for the player: exactly the requested one, forward without seeking. */
import { VideoSampleSink, type InputVideoTrack, type VideoSample } from 'mediabunny';
import { WebError } from '@telltale/web/errors';
import { inspectVideo, nearestIndex, openTrackClip } from '@telltale/web/video';

import { serveRequests } from '../session/rpc.ts';
import type { PlayerRequests } from '../session/protocol.ts';

/** A clip that frames are shown of. */
interface Shown {
  readonly track: InputVideoTrack;
  readonly times: readonly number[];
  /** Timestamp of the first frame, seconds. */
  readonly first: number;
}

/** A decoder on its way through the clip. */
interface Walk {
  readonly samples: AsyncGenerator<VideoSample, void, unknown>;
  next: number;
}

/** Up to this many frames ahead of the decoder, frames are decoded in sequence instead of seeking. */
const AHEAD = 30;

let shown: Shown | undefined;
let walk: Walk | undefined;
let queue: Promise<unknown> = Promise.resolve();

serveRequests<PlayerRequests>({
  async open({ clip }) {
    await walk?.samples.return();
    walk = undefined;
    const inspected = await inspectVideo(clip, '');
    if (inspected.kind === 'unsupported') throw new WebError('CODEC_UNSUPPORTED', inspected);
    const { times, width, height } = await openTrackClip(inspected, '');
    const first = await inspected.track.getFirstTimestamp();
    shown = { track: inspected.track, times, first };
    return { value: { width, height, times } };
  },
  async frame({ index }) {
    const mine = queue.then(() => fetchFrame(index));
    queue = mine.catch(() => undefined);
    const bitmap = await mine;
    return { value: bitmap, transfer: bitmap === null ? [] : [bitmap] };
  },
});

async function fetchFrame(index: number): Promise<ImageBitmap | null> {
  if (shown === undefined) return null;
  const { track, times, first } = shown;
  if (walk === undefined || index < walk.next || index > walk.next + AHEAD) {
    await walk?.samples.return();
    // Half a frame early, because times are sums of rounded numbers; the first frame is identified by its own time.
    const start = index === 0 ? undefined : first + (times[index - 1]! + times[index]!) / 2;
    walk = { samples: new VideoSampleSink(track).samples(start), next: index };
  }
  for (;;) {
    const { value: sample, done } = await walk.samples.next();
    if (done === true) {
      walk = undefined;
      return null;
    }
    const here = nearestIndex(times, sample.timestamp - first);
    walk.next = here + 1;
    if (here < index) {
      sample.close();
      continue;
    }
    const canvas = new OffscreenCanvas(sample.displayWidth, sample.displayHeight);
    sample.draw(canvas.getContext('2d')!, 0, 0);
    sample.close();
    return canvas.transferToImageBitmap();
  }
}
