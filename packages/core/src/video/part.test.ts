/** @file A part of a clip keeps its times, and a turned clip its pixels. */
import { expect, test } from 'vitest';

import { framesWithin, type Clip, type Frame, type FrameSpan } from './frames.ts';
import { clipPart } from './part.ts';

let converted = 0;
/** Ten frames of 3 × 2 pixels at 10 Hz; the pixels of a frame are numbered from its index on. */
const clip: Clip = {
  ...{ name: 'clip', width: 3, height: 2, rate: 10, expectedFrames: 10 },
  async *frames() {
    for (let index = 0; index < 10; index++) {
      const frame: Frame = {
        ...{ index, time: index / 10, width: 3, height: 2, channels: 3 },
        get data() {
          converted += 1;
          return Uint8Array.from({ length: 18 }, (_, i) => index + Math.floor(i / 3));
        },
      };
      yield await Promise.resolve(frame);
    }
  },
};

async function framesOf(part: Clip): Promise<Frame[]> {
  const all: Frame[] = [];
  for await (const frame of part.frames()) all.push(frame);
  return all;
}

test('frames keep their times, count from 0, and those outside are not converted', async () => {
  converted = 0;
  const part = clipPart(clip, { from: 0.3, to: 0.6 });
  const frames = await framesOf(part);
  expect(frames.map(({ index, time }) => [index, time])).toEqual([[0, 0.3], [1, 0.4], [2, 0.5], [3, 0.6]]); // prettier-ignore
  expect(part.firstFrame).toBe(3);
  expect(part.expectedFrames).toBe(3);
  expect(converted).toBe(0);
  expect(frames[1]!.data[0]).toBe(4);
  expect(frames[1]!.data[3]).toBe(5);
  expect(converted).toBe(1);
  expect(await framesOf(part)).toHaveLength(4); // as often as needed
});

test('open ends; the whole clip is the clip itself', async () => {
  expect(await framesOf(clipPart(clip, { from: 0.75 }))).toHaveLength(2);
  expect(await framesOf(clipPart(clip, { to: 0.15 }))).toHaveLength(2);
  expect(clipPart(clip, {})).toBe(clip);
});

test('an empty part is refused', async () => {
  expect(() => clipPart(clip, { from: 2, to: 1 })).toThrow('is empty');
  await expect(framesOf(clipPart(clip, { from: 5 }))).rejects.toMatchObject({ code: 'FRAMES_EMPTY' }); // prettier-ignore
});

test.each([
  [90, [3, 0, 4, 1, 5, 2]],
  [180, [5, 4, 3, 2, 1, 0]],
  [270, [2, 5, 1, 4, 0, 3]],
] as const)('turned by %i degrees clockwise', async (rotate, pixels) => {
  const part = clipPart(clip, { rotate });
  const sideways = rotate !== 180;
  expect([part.width, part.height]).toEqual(sideways ? [2, 3] : [3, 2]);
  expect(part.firstFrame).toBeUndefined();
  const [first] = await framesOf(part);
  expect([first!.width, first!.height]).toEqual([part.width, part.height]);
  expect(Array.from({ length: 6 }, (_, i) => first!.data[3 * i])).toEqual(pixels);
  expect(part.rotated).toBe(rotate);
});

test('spans of a part of a clip can be read where those of the clip can, turned too', async () => {
  let decoded: number[] = [];
  const seekable = {
    ...clip,
    async *framesWithin(spans: readonly FrameSpan[]) {
      const first = spans[0]![0];
      for await (const frame of clip.frames()) {
        if (frame.index < first) continue;
        decoded.push(frame.index);
        yield frame;
      }
    },
  };
  const part = clipPart(seekable, { from: 0.3, to: 0.6, rotate: 180 });
  const from = async (index: number): Promise<(readonly [number, number])[]> => {
    decoded = [];
    const all: (readonly [number, number])[] = [];
    for await (const frame of framesWithin(part, [[index, 3]]))
      all.push([frame.index, frame.data[0]!]);
    return all;
  };
  // Before it was read it begins at its start.
  expect(await from(2)).toEqual([[0, 8], [1, 9], [2, 10], [3, 11]]); // prettier-ignore
  expect(await from(2)).toEqual([[2, 10], [3, 11]]); // prettier-ignore
  expect(decoded).toEqual([5, 6, 7]);
  expect('framesWithin' in clipPart(clip, { rotate: 90 })).toBe(false);
});
