/** @file A part of a frame that is kept gives the same pixels as the frame. */
import { expect, it } from 'vitest';

import { createRandom } from '../base/random.ts';
import type { Bounds, ImagePart, Shrink } from '../base/image.ts';
import { openPartTools, type PartTools } from './frame-part.ts';
import { partsOfFrame } from './parts-of-frame.ts';
import { samplesOf, type Planes } from './planes.ts';
import { UPRIGHT, type Orientation } from './stream.ts';

const SIZE = { width: 203, height: 117, chroma: [1, 1] as const };
const SHRINKS: readonly Shrink[] = [1, 2, 4, 8];

function planesOf(bits: 8 | 10): Planes {
  const random = createRandom(3);
  const data = new (bits === 8 ? Uint8Array : Uint16Array)(samplesOf(SIZE));
  return { ...SIZE, bits, data: data.map(() => Math.floor(random.uniform() * 2 ** bits)) };
}

const pixels = ({ image, left, top }: ImagePart): unknown => ({
  ...{ left, top, width: image.width, height: image.height, data: [...image.data] },
});

function partsOfSample(
  tools: PartTools,
  planes: Planes,
  orientation: Orientation,
): ReturnType<typeof partsOfFrame> {
  // prettier-ignore
  const [width, height] = orientation[0] === 0 ? [SIZE.height, SIZE.width] : [SIZE.width, SIZE.height]; // prettier-ignore
  const placed = { index: 4, time: 0.2, width, height };
  return partsOfFrame(planes, { stream: { orientation }, tools, placed });
}

it.each([
  [8, UPRIGHT],
  [10, UPRIGHT],
  [8, [0, 1, -1, 0]],
  [8, [-1, 0, 0, 1]],
  [10, [0, -1, -1, 0]],
] as const)('in %i bits, shown by %j', async (bits, orientation) => {
  const planes = planesOf(bits);
  const { part, keep } = partsOfSample(await openPartTools(), planes, orientation);
  const outer: Bounds = { left: 21, top: 30, right: 90, bottom: 101 };
  const first = keep!(outer);
  // The same memory, for a smaller part.
  const kept = keep!({ left: 40, top: 44, right: 80, bottom: 90 }, [1], first.room);
  expect(kept.room).toBe(first.room);
  const again = keep!(outer, [1], first.room);
  const small = keep!(outer, [2, 8]);
  expect(small.room.byteLength).toBeLessThan(first.room.byteLength / 2);
  planes.data.fill(0);
  const { part: fresh } = partsOfSample(await openPartTools(), planesOf(bits), orientation);
  for (const shrink of SHRINKS) {
    for (const inner of [outer, { left: 33, top: 41, right: 66, bottom: 77 }]) {
      expect(pixels(again.part!(inner, shrink)!)).toEqual(pixels(fresh!(inner, shrink)!));
      const smaller = small.part!(inner, shrink);
      if (shrink === 2 || shrink === 8)
        expect(pixels(smaller!)).toEqual(pixels(fresh!(inner, shrink)!)); // prettier-ignore
      else expect(smaller).toBeUndefined();
    }
  }
  expect(again).toMatchObject({ index: 4, time: 0.2 });
  expect(again.bounds.left).toBeLessThanOrEqual(21);
  expect(again.bounds.right).toBeGreaterThanOrEqual(90);
  expect(again.bounds.top).toBeLessThanOrEqual(30);
  expect(again.bounds.bottom).toBeGreaterThanOrEqual(101);
  // The frame's own pixels are gone.
  expect(pixels(part!(outer, 1)!)).not.toEqual(pixels(fresh!(outer, 1)!));
});

it('at the borders of the frame', async () => {
  const { part, keep } = partsOfSample(await openPartTools(), planesOf(8), UPRIGHT);
  const corner = { left: 170, top: 90, right: 203, bottom: 117 };
  const kept = keep!(corner);
  for (const shrink of SHRINKS) {
    const whole = pixels(part!(corner, shrink)!);
    expect(pixels(kept.part!(corner, shrink)!)).toEqual(whole);
    expect(pixels(keep!(corner, [shrink]).part!(corner, shrink)!)).toEqual(whole);
  }
});
