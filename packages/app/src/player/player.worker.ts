/** @file The worker that shows frames: exactly the one that is asked for, forward without starting anew. */
import { VideoSampleSink, type InputVideoTrack, type VideoSample } from 'mediabunny';

import { answerCalls } from '../work/calls.ts';
import { clipOfTrack, lookInto } from '../work/clip.ts';
import { PageError } from '../work/problem.ts';
import { nearest } from '../model/time.ts';
import type { PlayerRequests } from '../work/protocol.ts';

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

/** From the decoder's place so many frames ahead are decoded through instead of looked up anew. */
const AHEAD = 30;

let shown: Shown | undefined;
let walk: Walk | undefined;
let queue: Promise<unknown> = Promise.resolve();

answerCalls<PlayerRequests>({
  async open({ clip }) {
    await walk?.samples.return();
    walk = undefined;
    const looked = await lookInto(clip, '');
    if (looked.kind === 'foreign') throw new PageError('CODEC_UNSUPPORTED', looked);
    const { times, width, height } = await clipOfTrack(looked, '');
    const first = await looked.track.getFirstTimestamp();
    shown = { track: looked.track, times, first };
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
    // Half a spacing early, for times are sums of rounded numbers; what comes first is told by its own time.
    const start = index === 0 ? undefined : first + (times[index - 1]! + times[index]!) / 2;
    walk = { samples: new VideoSampleSink(track).samples(start), next: index };
  }
  for (;;) {
    const { value: sample, done } = await walk.samples.next();
    if (done === true) {
      walk = undefined;
      return null;
    }
    const here = nearest(times, sample.timestamp - first);
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
