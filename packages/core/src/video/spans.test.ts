/** @file Spans of a stream and of a clip are the frames of a whole reading, and what is between them is not decoded. */
import { expect, test } from 'vitest';

import { framesWithin } from './frames.ts';
import { clipOfStream } from './present.ts';
import { decodeSpans, widened } from './spans.ts';
import { UPRIGHT, type DecodedFrame, type TimeSpan, type VideoStream } from './stream.ts';

const GROUP = 8;
/** Keyframes are 8 frames apart; frames are 1 s apart. Counts what is decoded. */
function decoderOf(count: number): {
  readonly decoded: number[];
  readonly within: (spans: readonly TimeSpan[]) => AsyncGenerator<number>;
} {
  const decoded: number[] = [];
  const within = (spans: readonly TimeSpan[]): AsyncGenerator<number> =>
    decodeSpans(spans, {
      keyBefore: (time) => Promise.resolve(GROUP * Math.floor(time / GROUP)),
      async *decodeFrom(time) {
        for (let i = GROUP * Math.floor(time / GROUP); i < count; i++) {
          decoded.push(i);
          yield await Promise.resolve(i);
        }
      },
      timeOf: (frame) => frame,
    });
  return { decoded, within };
}

async function all<T>(frames: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const frame of frames) list.push(frame);
  return list;
}

test('spans are decoded from their keyframes on, each frame once', async () => {
  const { decoded, within } = decoderOf(100);
  expect(await all(within([[2, 3], [5, 9], [40, 40], [98, 105]]))).toEqual([2, 3, 5, 6, 7, 8, 9, 40, 98, 99]); // prettier-ignore
  const from = (start: number, end: number): number[] => Array.from({ length: end - start }, (_, i) => start + i); // prettier-ignore
  // One frame behind a span shows that it has ended.
  expect(decoded).toEqual([...from(0, 11), 40, 41, ...from(96, 100)]);
});

test('spans are put in order, joined and widened', () => {
  expect(widened([[7, 8], [0, 1], [3, 3], [20, Infinity]], 24)).toEqual([[0, 4], [6, 9], [19, 23]]); // prettier-ignore
  expect(widened([[6, 7], [3, 3]], 24)).toEqual([[2, 8]]); // prettier-ignore
  expect(widened([[30, 31]], 24)).toEqual([]);
});

/** A clip of gray frames whose value is their number, with spans that may lack a frame or have a damaged one. */
function clipOf(
  spoil: { readonly lost?: number; readonly damaged?: number; readonly shift?: number } = {},
) {
  const readings = { whole: 0, spans: 0 };
  const frameAt = (i: number): DecodedFrame => ({
    timestamp: i / 10,
    pixels: { width: 2, height: 2, chroma: null, bits: 8, data: new Uint8Array(4).fill(10 * i) },
  });
  const stream: VideoStream = {
    ...{ width: 2, height: 2, rate: 10, orientation: UPRIGHT },
    expectedFrames: 1e9, // as if it were too long to be kept
    timestamps: Array.from({ length: 20 }, (_, i) => (i + (spoil.shift ?? 0)) / 10),
    async *decode() {
      readings.whole++;
      for (let i = 0; i < 20; i++) yield await Promise.resolve(frameAt(i));
    },
    async *decodeWithin(spans) {
      readings.spans++;
      for (let i = 0; i < 20; i++) {
        const { timestamp, pixels } = await Promise.resolve(frameAt(i));
        if (!spans.some(([from, to]) => timestamp! >= from && timestamp! <= to)) continue;
        if (i === spoil.lost) continue;
        yield i === spoil.damaged ? { timestamp, isDamaged: true } : { timestamp, pixels };
      }
    },
  };
  const clip = clipOfStream(stream, { name: 'clip', refusal: (why) => new Error(why) });
  const read = async (): Promise<number[]> => {
    const values: number[] = [];
    for await (const { index, time, data } of framesWithin(clip, [
      [4, 6],
      [12, 13],
    ])) {
      expect(time).toBe(index / 10);
      expect(data[0]).toBe(data[1]);
      values.push(index);
    }
    return values;
  };
  return { clip, readings, read };
}

test('spans of a clip are read once a whole reading has confirmed its times', async () => {
  const { clip, readings, read } = clipOf();
  expect((await read()).length).toBe(20);
  expect(readings).toEqual({ whole: 1, spans: 0 });
  expect(await read()).toEqual([4, 5, 6, 12, 13]);
  expect(readings).toEqual({ whole: 1, spans: 1 });
  expect((await all(clip.frames())).length).toBe(20);
});

test.each([
  ['lacks a frame', { lost: 12 }, [4, 5, 6]],
  ['lacks its last frame', { lost: 13 }, [4, 5, 6, 12]],
  ['damages a frame', { damaged: 5 }, [4]],
] as const)('a clip is read again where decoding from a keyframe %s', async (_, spoil, before) => {
  const { readings, read } = clipOf(spoil);
  await read();
  const indices = await read();
  expect(readings).toEqual({ whole: 2, spans: 1 });
  const rest = Array.from({ length: 20 }, (__, i) => i).filter((i) => i > before.at(-1)!);
  expect(indices.slice(0, before.length)).toEqual(before);
  for (const index of [4, 5, 6, 12, 13]) expect(indices).toContain(index);
  expect(rest.slice(-indices.length + before.length)).toEqual(indices.slice(before.length));
});

test('a clip is read from its start where its frames have other times than those stated', async () => {
  const { readings, read } = clipOf({ shift: 1 });
  await read();
  expect((await read()).length).toBe(20);
  expect(readings).toEqual({ whole: 2, spans: 0 });
});
