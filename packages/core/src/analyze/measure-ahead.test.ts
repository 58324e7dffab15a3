/** @file What is measured in one reading is what two readings measure; where it cannot be, a clip is read twice. */
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { RgbImage } from '../base/image.ts';
import { openTestModels, sampleImage } from '../face/face.cases.ts';
import { findFace } from '../face/find.ts';
import type { FaceModels } from '../face/models.ts';
import { synthesize } from '../synth/synthesize.ts';
import type { Clip } from '../video/frames.ts';
import { partsOf, samplesOf, type Planes } from '../video/planes.ts';
import { clipOfStream } from '../video/present.ts';
import { UPRIGHT, type DecodedFrame, type VideoStream } from '../video/stream.ts';
import { createTvl1 } from '../motion/tvl1.ts';
import { measureMotion } from '../spot/measure.ts';
import { findSubjects, measureClip, type MeasuredClip } from './measure-clip.ts';

const SIZE = { width: 300, height: 340 };
let face: FaceModels;
let group: RgbImage;
let single: Clip;
let frames: readonly RgbImage[];
beforeAll(async () => {
  face = await openTestModels();
  group = await sampleImage(3, 640);
  const { landmarks } = await findFace(face, group);
  const options = { seconds: 2.2, amplitude: 3, interocular: 70, seed: 2 };
  single = synthesize(group, landmarks, { rate: 100, ...options, ...SIZE });
  const all: RgbImage[] = [];
  for await (const frame of single.frames()) all.push({ ...frame, data: frame.data.slice() });
  frames = all;
});
afterAll(() => face.close());

/** In 4:2:0, by one of the four pixels. */
function planesOf({ data, width, height, channels }: RgbImage): Planes {
  const size = { width, height, chroma: [1, 1] as const };
  const out = new Uint8Array(samplesOf(size));
  const mixes = [[0.257, 0.504, 0.098, 16], [-0.148, -0.291, 0.439, 128], [0.439, -0.368, -0.071, 128]] as const; // prettier-ignore
  for (const [index, { start, width: across, height: down }] of partsOf(size).entries()) {
    const step = index === 0 ? 1 : 2;
    const [r, g, b, zero] = mixes[index]!;
    for (let y = 0; y < down; y++) {
      for (let x = 0; x < across; x++) {
        const at = channels * (step * y * width + step * x);
        out[start + y * across + x] = Math.round(r * data[at]! + g * data[at + 1]! + b * data[at + 2]! + zero); // prettier-ignore
      }
    }
  }
  return { ...size, bits: 8, data: out };
}

interface Counted {
  readonly clip: Clip;
  readings: number;
}

/** A clip that is decoded frame by frame, as a file is; frames may be taken away or replaced. */
function decoded(
  images: AsyncIterable<RgbImage> | Iterable<RgbImage>,
  { rate, change = (frame) => frame }: { readonly rate: number; readonly change?: (frame: DecodedFrame, index: number) => DecodedFrame }, // prettier-ignore
  size: { readonly width: number; readonly height: number } = SIZE,
): Counted {
  let all: Promise<DecodedFrame[]> | undefined;
  const read = async (): Promise<DecodedFrame[]> => {
    const list: DecodedFrame[] = [];
    for await (const frame of images) {
      list.push(change({ pixels: planesOf(frame), timestamp: list.length / rate }, list.length));
    }
    return list;
  };
  const stream: VideoStream = {
    ...{ ...size, rate, orientation: UPRIGHT },
    // More than is kept as a whole.
    expectedFrames: 1e6,
    async *decode() {
      counted.readings++;
      yield* await (all ??= read());
    },
  };
  const clip = clipOfStream(stream, { name: 'clip', refusal: () => new Error('empty') });
  const counted: Counted = { clip, readings: 0 };
  return counted;
}

/** The same in one reading and in two. */
async function expectSame(counted: Counted): Promise<MeasuredClip> {
  const { clip } = counted;
  const subjects = await findSubjects(clip, face, { measure: true });
  expect(subjects.measured).toBeDefined();
  const once = await measureClip(clip, face, { subjects });
  expect(counted.readings).toBe(1);
  const twice = await measureClip(clip, face, { subjects: await findSubjects(clip, face) });
  expect(counted.readings).toBe(3);
  expect(once.regions).toEqual(twice.regions);
  expect(once.motion).toEqual(twice.motion);
  expect(once.motion.seen.filter(Boolean).length).toBeGreaterThan(60);
  return once;
}

test('a face that is away for a while, a cut and damaged frames', async () => {
  const change = (frame: DecodedFrame, index: number): DecodedFrame => {
    const { pixels } = frame as { pixels: Planes };
    if (index === 195) return { ...frame, isCut: true };
    if (index === 60 || index === 61) return { timestamp: index / 100, isDamaged: true };
    if (index < 90 || index > 130) return frame;
    return { ...frame, pixels: { ...pixels, data: pixels.data.map(() => 128) } };
  };
  await expectSame(decoded(frames, { rate: 100, change }));
}, 300_000);

test('frames that show something else for a moment', async () => {
  const isOther = (index: number): boolean => index === 80 || (index >= 150 && index < 160);
  const change = (frame: DecodedFrame, index: number): DecodedFrame => {
    const { pixels } = frame as { pixels: Planes };
    if (!isOther(index)) return frame;
    return { ...frame, pixels: { ...pixels, data: pixels.data.toReversed() } };
  };
  const { clip } = decoded(frames, { rate: 100, change });
  const { track } = await findSubjects(clip, face);
  expect(track().cuts).toEqual([]);
  expect(track().interrupted).toEqual(frames.map((_, i) => isOther(i)));
  // The face is followed across them, as one.
  const { motion } = await expectSame(decoded(frames, { rate: 100, change }));
  expect(motion.stretches).toHaveLength(1);
  expect(motion.seen.map((here) => !here)).toEqual(frames.map((_, i) => isOther(i)));
}, 300_000);

test('several faces, or frames of which nothing can be kept, are read again', async () => {
  const { width, height } = group;
  async function* still(): AsyncGenerator<RgbImage> {
    for (let i = 0; i < 12; i++) yield await Promise.resolve(group);
  }
  const many = decoded(still(), { rate: 10 }, { width, height });
  const subjects = await findSubjects(many.clip, face, { measure: true });
  expect(subjects.measured).toBeUndefined();
  await measureClip(many.clip, face, { subjects });
  expect(many.readings).toBe(2);

  const short = { ...single, rate: 20, frames: () => firstOf(single.frames(), 10) };
  const images = await findSubjects(short, face, { measure: true });
  expect(images.measured).toBeUndefined();
}, 300_000);

test('a rate that is not the clip’s is noticed', async () => {
  const { clip } = decoded(frames.slice(0, 20), { rate: 100 });
  const wrong: Clip = { ...clip, rate: 30 };
  expect((await findSubjects(wrong, face, { measure: true })).measured).toBeUndefined();
}, 300_000);

test('cancels at the end, too', async () => {
  const { clip } = decoded(frames.slice(0, 20), { rate: 100 });
  const signal = { aborted: false };
  const onProgress = (_: string, done: number): void => void (signal.aborted = done === 20);
  const found = findSubjects(clip, face, { measure: true, signal, onProgress });
  await expect(found).rejects.toMatchObject({ code: 'CANCELED' });
}, 300_000);

async function* firstOf<T>(items: AsyncIterable<T>, count: number): AsyncGenerator<T> {
  let index = 0;
  for await (const item of items) {
    if (index++ === count) return;
    yield item;
  }
}

test('networks that answer late, as in a thread of their own, change nothing', async () => {
  const measuredWith = async (models: FaceModels): ReturnType<typeof measureClip> =>
    measureClip(decoded(frames.slice(0, 90), { rate: 100 }).clip, models);
  let [asked, most] = [0, 0];
  const late = {
    ...face,
    async mesh(input: Float32Array) {
      asked++;
      most = Math.max(most, asked);
      const outputs = await face.mesh(input);
      await new Promise((resolve) => setTimeout(resolve, 20));
      asked--;
      return outputs;
    },
  };
  const [there, here] = [await measuredWith(late), await measuredWith(face)];
  expect(there.motion).toEqual(here.motion);
  // Faces are cut out while others wait, but no more than a few.
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThan(8);
});

test('a network that fails fails the measurement, and nothing else', async () => {
  const { track, regions } = await measureClip(single, face);
  const failing = {
    ...face,
    mesh: () => Promise.reject(new Error('out of memory')),
  };
  await expect(
    measureMotion(single.frames(), {
      ...{ times: track.times, regions },
      ...{ face: failing, tvl1: await createTvl1() },
    }),
  ).rejects.toThrow('out of memory');
});
