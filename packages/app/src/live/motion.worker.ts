/** @file The worker that measures how the face in the camera moves, while the next frame is looked at. */
import { createTvl1 } from '@telltale/core/motion';
import { followLive, MINIMUM_RATES } from '@telltale/core/spot';
import type { LiveFace, LiveFollower } from '@telltale/core/spot';

import { serveRequests } from '../session/rpc.ts';
import { takeOver } from './handover.ts';
import type { FrameCounts, MotionRequests, News, Strip } from './protocol.ts';

/** Seconds between two strips. */
const EVERY = 0.5;

let follower: LiveFollower | undefined;
let reported = -Infinity;
let analyzed = 0;
let news: News | undefined;
let isSeen: boolean | undefined;
let failure: { readonly error: unknown } | undefined;
let wake: (() => void) | undefined;

serveRequests<MotionRequests>({
  async open({ faces }) {
    const flow = await createTvl1();
    takeOver(faces, (message) => {
      try {
        if ('seen' in message) measure(message.seen, message.leftOut);
        else {
          follower = followLive(flow, message);
          reported = -Infinity;
        }
      } catch (error) {
        failure = { error };
      }
      wake?.();
    });
    return { value: true };
  },
  async news() {
    while (news === undefined && failure === undefined) {
      await new Promise<void>((resolve) => (wake = resolve));
    }
    if (failure !== undefined) throw failure.error;
    const value = news!;
    news = undefined;
    return { value };
  },
});

function measure(seen: LiveFace, leftOut: number): void {
  if (follower === undefined) return;
  follower.add(seen);
  analyzed++;
  const isNow = seen.region !== null;
  const isDue = seen.time - reported >= EVERY;
  if (isDue) reported = seen.time;
  const strip = isDue ? stripOf(follower, { analyzed, leftOut }) : news?.strip;
  if (isDue || isNow !== isSeen) news = { isSeen: isNow, ...(strip && { strip }) };
  isSeen = isNow;
}

function stripOf(from: LiveFollower, frames: FrameCounts): Strip {
  const spotting = from.spot();
  return { ...spotting, reports: carriedBy(spotting.rate), frames };
}

function carriedBy(rate: number): Strip['reports'] {
  if (rate < MINIMUM_RATES.long) return 'nothing';
  return rate < MINIMUM_RATES.short ? 'long' : 'all';
}
