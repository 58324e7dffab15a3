/** @file The worker that analyzes the camera, one frame after another. */
import { createTvl1 } from '@telltale/core/motion';
import { MINIMUM_RATES, spotLive } from '@telltale/core/spot';
import { openColors } from '@telltale/core/video';
import type { FaceModels, RgbImage } from '@telltale/core';
import type { Tvl1 } from '@telltale/core/motion';
import type { LiveSpotter } from '@telltale/core/spot';
import type { Colors } from '@telltale/core/video';
import { openFace } from '@telltale/web/models';

import { serveRequests } from '../session/rpc.ts';
import type { Answer } from '../session/rpc.ts';
import type { LiveRequests, Strip } from './protocol.ts';
import { PageError } from '../session/problem.ts';

/** What stays open when the analysis restarts. */
interface Tools {
  readonly face: FaceModels;
  readonly flow: Tvl1;
  readonly colors: Colors;
}

let tools: Promise<Tools> | undefined;
let watcher: LiveSpotter | undefined;
let index = 0;
let reported = 0;
/** Frames are analyzed one after another: each is measured against the one before. */
let last: Promise<unknown> = Promise.resolve();

serveRequests<LiveRequests>({
  async begin({ window }) {
    tools ??= openTools();
    watcher = spotLive(await tools, { window });
    return { value: true };
  },
  watch(ask) {
    const turn = last.then(() => watchFrame(ask));
    last = turn.catch(() => undefined);
    return turn;
  },
});

async function watchFrame({
  frame,
  time,
}: LiveRequests['watch']['ask']): Promise<Answer<LiveRequests['watch']['answer']>> {
  if (watcher === undefined || tools === undefined) {
    frame.close();
    throw new PageError('CANCELED');
  }
  const region = await watcher.add({ index, time, ...(await pixelsOf(frame, await tools)) });
  index++;
  if (time - reported < 0.5) return { value: { region } };
  reported = time;
  const spotting = watcher.spot();
  return { value: { region, strip: { ...spotting, reports: carriedBy(spotting.rate) } } };
}

function carriedBy(rate: number): Strip['reports'] {
  if (rate < MINIMUM_RATES.long) return 'nothing';
  return rate < MINIMUM_RATES.short ? 'long' : 'all';
}

async function openTools(): Promise<Tools> {
  const [face, flow, colors] = await Promise.all([openFace(), createTvl1(), openColors()]);
  return { face, flow, colors };
}

/** A camera's planes as they come; what is turned, or of another format, is drawn by the browser. */
async function pixelsOf(frame: VideoFrame, { colors }: Tools): Promise<RgbImage> {
  try {
    const { format, visibleRect, colorSpace } = frame;
    const { width, height } = visibleRect!;
    const { rotation = 0 } = frame as { readonly rotation?: number };
    if ((format === 'I420' || format === 'NV12') && rotation === 0) {
      const room = colors.room({ bytes: frame.allocationSize(), width, height });
      const planes = { format, layout: await frame.copyTo(room), width, height };
      const data = colors.convert(planes, colorSpace);
      return { data, width, height, channels: 3 };
    }
    const [wide, high] = [frame.displayWidth, frame.displayHeight];
    const context = new OffscreenCanvas(wide, high).getContext('2d', { willReadFrequently: true })!;
    context.drawImage(frame, 0, 0, wide, high);
    const { data } = context.getImageData(0, 0, wide, high);
    return { data, width: wide, height: high, channels: 4 };
  } finally {
    frame.close();
  }
}
