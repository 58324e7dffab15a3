/** @file While the worker is slow for a moment no frame is lost; where it is slow for longer, what is lost is counted. */
import { setImmediate as turn } from 'node:timers/promises';

import type { LiveFace } from '@telltale/core/spot';
import { expect, it } from 'vitest';

import { openPipeline } from './pipeline.ts';

/** A pipeline that stands still at a frame, until so many more have come. */
async function film({ stopAt, for: behind }: { readonly stopAt: number; readonly for: number }) {
  const given: { readonly seen: LiveFace; readonly leftOut: number }[] = [];
  const closed: number[] = [];
  let goOn: (() => void) | undefined;
  const pipeline = openPipeline({
    store: {
      keep: async (frame) => {
        await turn();
        frame.close();
        const image = { data: new Uint8Array(3), width: 1, height: 1, channels: 3 } as const;
        return { time: frame.timestamp / 1e6, image };
      },
      convert: ({ image }) => image as Extract<typeof image, { readonly data: unknown }>,
    },
    handover: {
      begin: () => undefined,
      give: (seen, leftOut) => Promise.resolve(void given.push({ seen, leftOut })),
    },
  });
  let looked = 0;
  const watcher = {
    async add({ time }: { readonly time: number }): Promise<LiveFace> {
      if (++looked === stopAt) await new Promise<void>((resolve) => (goOn = resolve));
      return { time, region: null, isCut: false };
    },
  };
  pipeline.begin(watcher, 30);
  void pipeline.run();
  let since = -1;
  for (let i = 0; i < 40; i++) {
    const frame = { timestamp: 5e6 + (i * 1e6) / 32, close: () => void closed.push(i) };
    await pipeline.take(frame as unknown as VideoFrame);
    const isUpToDate = (): boolean => given.length + (given.at(-1)?.leftOut ?? 0) === i + 1;
    while (goOn === undefined && !isUpToDate()) await turn();
    if (goOn !== undefined && ++since === behind) {
      goOn();
      goOn = undefined;
      while (!isUpToDate()) await turn();
    }
  }
  expect(closed).toEqual(Array.from({ length: 40 }, (_, i) => i));
  return given;
}

it('loses no frame while it is slow for a moment, and keeps their order and times', async () => {
  const given = await film({ stopAt: 7, for: 6 });
  expect(given.map(({ seen }) => seen.time)).toEqual(Array.from({ length: 40 }, (_, i) => i / 32));
  expect(given.every(({ leftOut }) => leftOut === 0)).toBe(true);
});

it('leaves out what there is no room for, counts it, and continues', async () => {
  const given = await film({ stopAt: 7, for: 10 });
  const times = given.map(({ seen }) => seen.time * 32);
  // Six wait behind the seventh; the four after those are not seen.
  expect(times).toEqual([...Array(13).keys(), ...Array.from({ length: 23 }, (_, i) => 17 + i)]);
  expect(given.at(-1)!.leftOut).toBe(4);
});

it('sees nothing while it is paused', async () => {
  const seen: number[] = [];
  const pipeline = openPipeline({
    store: {
      keep: () => Promise.reject(new Error('copied')),
      convert: () => ({ data: new Uint8Array(3), width: 1, height: 1, channels: 3 }),
    },
    handover: { begin: () => undefined, give: () => Promise.resolve() },
  });
  pipeline.pause(true);
  await pipeline.take({ close: () => void seen.push(1) } as unknown as VideoFrame);
  expect(seen).toEqual([1]);
});
