import type { RgbImage } from '@telltale/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { numberedFrame } from './numbered-clip.cases.ts';
import { clipOfStream, orientationOf, oriented, rateOf, UPRIGHT } from '@telltale/core/video';
import type { DecodedFrame, Orientation, StreamClip, VideoStream } from '@telltale/core/video';

const clipOf = (stream: VideoStream): StreamClip =>
  clipOfStream(stream, { name: 'clip', refusal: (reason) => new Error(reason) });

/** A display matrix with this linear part. */
const matrix = ([a, b, c, d]: Orientation): number[] =>
  [a, b, 0, c, d, 0, 0, 0, 16384].map((value) => value * 65536);

const orientations: readonly Orientation[] = [
  [1, 0, 0, 1],
  [-1, 0, 0, -1],
  [0, 1, -1, 0],
  [0, -1, 1, 0],
  [-1, 0, 0, 1],
  [1, 0, 0, -1],
  [0, 1, 1, 0],
  [0, -1, -1, 0],
];

describe('an orientation', () => {
  const every = Uint8Array.from({ length: 45 }, (_, i) => i);
  const image: RgbImage = { data: every, width: 5, height: 3, channels: 3 };

  it.for(orientations)('%j is read, and undone by its inverse', (orientation) => {
    expect(orientationOf(matrix(orientation))).toEqual(orientation);
    const [a, b, c, d] = orientation;
    const turned = oriented(image, orientation);
    // The inverse of a turn or mirroring is its transpose.
    expect(oriented(turned, [a, c, b, d])).toEqual(image);
    // The first pixel's right neighbor lies one step (a, b) from it.
    const start = turned.data.findIndex((_, i) => i % 3 === 0 && same(turned, i, image, 0));
    const next = start + 3 * (a + b * turned.width);
    expect(same(turned, next, image, 3)).toBe(true);
  });

  it('that is neither a turn nor a mirroring is left alone', () => {
    const slanted = [0.7, 0.7, 0, -0.7, 0.7, 0, 0, 0, 16384].map((value) => value * 65536);
    expect(orientationOf(slanted)).toEqual(UPRIGHT);
  });
});

function same(
  a: { readonly data: ArrayLike<number> },
  i: number,
  b: { readonly data: ArrayLike<number> },
  j: number,
): boolean {
  return [0, 1, 2].every((channel) => a.data[i + channel] === b.data[j + channel]);
}

describe('the rate', () => {
  it('is what the container states, where its rounded times agree', () => {
    const milliseconds = Array.from({ length: 50 }, (_, i) => Math.round((i * 1000) / 30) / 1000);
    expect(rateOf(30, milliseconds)).toBe(30);
  });

  it('is the usual spacing, where pauses spoil the mean', () => {
    const times = Array.from({ length: 50 }, (_, i) => i / 200 + (i > 25 ? 3 : 0));
    expect(rateOf(15, times)).toBeCloseTo(200, 6);
    expect(rateOf(NaN, times)).toBeCloseTo(200, 6);
  });

  it('is not guessed from times with holes', () => {
    expect(rateOf(25, [0, NaN, 0.5])).toBe(25);
    expect(rateOf(NaN, [])).toBe(25);
  });
});

describe('times', () => {
  it('start where the container does, not below 0, and rise, whatever it specifies', async () => {
    const timestamp = fc.option(fc.double({ min: -10, max: 10, noNaN: true }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(fc.array(timestamp, { minLength: 1 }), async (timestamps) => {
        const stream: VideoStream = {
          ...{ width: 2, height: 2, rate: 25, orientation: UPRIGHT },
          async *decode() {
            for (const each of timestamps) {
              const frame: DecodedFrame = { pixels: numberedFrame(0, 2, 2), timestamp: each };
              yield await Promise.resolve(frame);
            }
          },
        };
        let last = -Infinity;
        for await (const frame of clipOf(stream).frames()) {
          if (frame.index === 0) expect(frame.time).toBe(Math.max(0, timestamps[0] ?? 0));
          expect(frame.time).toBeGreaterThan(last);
          last = frame.time;
        }
      }),
    );
  });

  it('of a video without frames cannot be had', async () => {
    const stream: VideoStream = {
      ...{ width: 2, height: 2, rate: 25, orientation: UPRIGHT },
      async *decode() {
        yield* await Promise.resolve([]);
      },
    };
    const frames = clipOf(stream).frames()[Symbol.asyncIterator]();
    await expect(frames.next()).rejects.toThrow('empty');
  });
});
