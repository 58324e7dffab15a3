/** @file The worker that watches the camera: one picture after another, as fast as it can. */
import { createTvl1, watchLive } from '@telltale/core';
import type { LiveWatcher } from '@telltale/core';

import { answerCalls } from './calls.ts';
import type { LiveRequests, Strip } from './live-protocol.ts';
import { openMinute, type Minute } from './minute.ts';
import { PageError } from './problem.ts';
import { openFace } from './tools.ts';

/** Seconds that can be saved. */
const KEPT = 60;

let watcher: LiveWatcher | undefined;
let minute: Promise<Minute | undefined> | undefined;
let index = 0;
let told = 0;

answerCalls<LiveRequests>({
  async begin({ window }) {
    const [face, flow] = await Promise.all([openFace(), createTvl1()]);
    watcher = watchLive({ face, flow }, { window });
    return { value: true };
  },
  async watch({ picture, time }) {
    if (watcher === undefined) throw new PageError('CANCELED');
    const { width, height } = picture;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true })!;
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    minute ??= openMinute({ width: width & ~1, height: height & ~1 }, KEPT);
    const ring = await minute;
    if (ring !== undefined) {
      const frame = new VideoFrame(picture, { timestamp: Math.round(time * 1e6) });
      ring.add(frame);
      frame.close();
    }
    picture.close();
    const region = await watcher.add({ index, time, width, height, channels: 4, data });
    index++;
    if (time - told < 0.5) return { value: { region } };
    told = time;
    const strip: Strip = watcher.spot();
    return { value: { region, strip } };
  },
  async save() {
    const ring = await minute;
    if (ring === undefined) throw new PageError('BROWSER_TOO_OLD');
    return { value: await ring.save() };
  },
});
