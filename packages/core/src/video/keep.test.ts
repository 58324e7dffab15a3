import { expect, it } from 'vitest';

import { keepShort } from './keep.ts';
import type { DecodedFrame, VideoStream } from './stream.ts';
import { UPRIGHT } from './stream.ts';

/** A stream of gray frames of 4 × 2 pixels in one buffer, which counts its readings. */
function streamOf(
  frames: number,
  isStated = true,
): {
  readonly stream: VideoStream;
  readonly readings: () => number;
} {
  let readings = 0;
  const data = new Uint8Array(8);
  const stream: VideoStream = {
    ...{ width: 4, height: 2, rate: 25, orientation: UPRIGHT },
    ...(isStated && { expectedFrames: frames }),
    async *decode(onTruncated) {
      readings++;
      for (let i = 0; i < frames; i++) {
        data.fill(i);
        yield { timestamp: i, pixels: { width: 4, height: 2, chroma: null, bits: 8, data } };
        await Promise.resolve();
      }
      onTruncated('it ends early');
    },
  };
  return { stream, readings: () => readings };
}

/** First samples of all frames, and what was reported at the end. */
async function read(decode: VideoStream['decode'], most = Infinity): Promise<(number | string)[]> {
  const seen: (number | string)[] = [];
  for await (const { pixels } of decode((why) => seen.push(why))) {
    seen.push((pixels as Exclude<DecodedFrame['pixels'], undefined>).data[7]!);
    if (seen.length === most) break;
  }
  return seen;
}

it('decodes a short clip once, also where its first reading was left early', async () => {
  const { stream, readings } = streamOf(5);
  const { decode, isKept } = keepShort(stream);
  expect(await read(decode, 2)).toEqual([0, 1]);
  const whole = [0, 1, 2, 3, 4, 'it ends early'];
  expect(await read(decode)).toEqual(whole);
  expect([readings(), isKept()]).toEqual([2, true]);
  expect(await read(decode)).toEqual(whole);
  expect(await read(decode, 3)).toEqual([0, 1, 2]);
  expect(readings()).toBe(2);
});

it('decodes a clip that takes too much memory each time, whether it states its length or not', async () => {
  for (const isStated of [true, false]) {
    const { stream, readings } = streamOf(5, isStated);
    const { decode, isKept } = keepShort(stream, { mostBytes: 39 });
    await read(decode);
    await read(decode);
    expect(isKept()).toBe(false);
    expect(readings()).toBe(2);
    const { decode: fits } = keepShort(stream, { mostBytes: 60 });
    await read(fits);
    await read(fits);
    expect(readings()).toBe(3);
  }
});
