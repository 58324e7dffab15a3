import { describe, expect, it } from 'vitest';

import { createRandom } from '../base/random.ts';
import type { RgbImage, Shrink } from '../base/image.ts';
import { cropGray, cropPlanes } from '../face/crop.ts';
import { openColors } from './colors.ts';
import { framePart, openPartTools, orientedPart } from './frame-part.ts';
import { partsOf, samplesOf, toI420, type Planes } from './planes.ts';
import { oriented, UPRIGHT, type Orientation } from './stream.ts';

const SIZE = { width: 203, height: 117, chroma: [1, 1] as const };

/** Smooth shapes with noise on them, in 8 or 10 bits. */
function planesOf(bits: 8 | 10): Planes {
  const random = createRandom(7);
  const data = new (bits === 8 ? Uint8Array : Uint16Array)(samplesOf(SIZE));
  for (const { start, width, height } of partsOf(SIZE)) {
    for (let i = 0; i < width * height; i++) {
      const [x, y] = [(i % width) / width, Math.floor(i / width) / height];
      const value = 120 + 70 * Math.sin(9 * x) * Math.cos(7 * y) + 10 * random.normal();
      data[start + i] = Math.max(0, Math.min(2 ** bits - 1, Math.round(value * 2 ** (bits - 8))));
    }
  }
  return { ...SIZE, bits, data };
}

/** The whole frame in RGB, with and without parts. */
async function framesOf(
  bits: 8 | 10,
  orientation: Orientation = UPRIGHT,
): Promise<{ whole: RgbImage; parted: RgbImage }> {
  const planes = planesOf(bits);
  const reading = { matrix: 'bt709' };
  const [colors, tools] = [await openColors(), await openPartTools()];
  const { data } = toI420(planes);
  const layout = partsOf(SIZE).map(({ start, width }) => ({ offset: start, stride: width }));
  colors.room({ bytes: data.length, ...SIZE }).set(data);
  const rgb = colors.convert({ format: 'I420', layout, ...SIZE }, reading).slice();
  const stored = { data: rgb, width: SIZE.width, height: SIZE.height, channels: 3 } as const;
  const whole = oriented(stored, orientation);
  const part: RgbImage['part'] = (bounds, shrink) =>
    orientation === UPRIGHT
      ? framePart(planes, bounds, tools, { reading, shrink })
      : orientedPart(planes, bounds, tools, { reading, shrink, orientation });
  return { whole, parted: { ...whole, part } };
}

describe.each([8, 10] as const)('a part of a frame of %i bits', (bits) => {
  it('has the pixels of the whole frame, to its borders', async () => {
    const { whole, parted } = await framesOf(bits);
    const bounds = [
      { left: 31, top: 17, right: 94, bottom: 66 },
      { left: 0, top: 0, right: 203, bottom: 117 },
      { left: 150, top: 90, right: 203, bottom: 117 },
    ];
    for (const wanted of bounds) {
      const { image, left, top } = parted.part!(wanted, 1)!;
      let different = 0;
      for (let y = 0; y < image.height; y++) {
        for (let x = 0; x < image.width; x++) {
          // Two pixels at borders that are not the frame's may differ.
          const isInside =
            (left === 0 || x >= 2) &&
            (top === 0 || y >= 2) &&
            (left + image.width === SIZE.width || x < image.width - 2) &&
            (top + image.height === SIZE.height || y < image.height - 2);
          const here = 3 * (y * image.width + x);
          const there = 3 * ((top + y) * SIZE.width + left + x);
          for (let c = 0; c < 3 && isInside; c++) {
            if (image.data[here + c] !== whole.data[there + c]) different++;
          }
        }
      }
      expect(different).toBe(0);
      expect(left + image.width).toBeGreaterThanOrEqual(wanted.right);
      expect(top + image.height).toBeGreaterThanOrEqual(wanted.bottom);
    }
  });

  it('gives the same crops, also beyond the frame', async () => {
    const { whole, parted } = await framesOf(bits);
    for (const [x, y, size] of [
      [100, 60, 70],
      [10, 8, 50],
      [195, 110, 60],
      [-40, 50, 30],
      [100, 58, 203],
    ]) {
      // prettier-ignore
      for (const outside of ['border', 'black'] as const) {
        const region = { x: x!, y: y!, size: size!, angle: 0.2 };
        const options = { size: 64, outside };
        const expected = cropPlanes(whole, region, options);
        expect(cropPlanes(parted, region, options).every((value, i) => value === expected[i])).toBe(true); // prettier-ignore
      }
    }
  });

  it.each([2, 4, 8] as const)('is the mean of squares of %i pixels', async (shrink: Shrink) => {
    const { whole, parted } = await framesOf(bits);
    const region = { x: 99, y: 61, size: 90, angle: 0.1 };
    const size = Math.floor(90 / (2.5 * shrink));
    const small = cropGray(parted, region, { size, samples: 2, isRough: true });
    // As many samples as there are pixels: the mean of an area, whatever it is computed from.
    const exact = cropGray(whole, region, { size, samples: 8 });
    const off = small.data.map((value, i) => Math.abs(value - exact.data[i]!));
    expect(off.reduce((sum, value) => sum + value, 0) / off.length).toBeLessThan(1.5);
    // Not shifted: the mean difference to neighbors would be larger.
    expect(Math.max(...off)).toBeLessThan(6);
  });
});

const TURNS: readonly Orientation[] = [[0, 1, -1, 0], [-1, 0, 0, -1], [0, -1, 1, 0], [-1, 0, 0, 1], [0, 1, 1, 0]]; // prettier-ignore

it.each(TURNS)(
  'a part of a frame turned by (%i, %i, %i, %i) gives the same crops',
  async (...orientation) => {
    const { whole, parted } = await framesOf(8, orientation);
    const [x, y] = [0.4 * whole.width, 0.55 * whole.height];
    for (const region of [
      { x, y, size: 50, angle: 0.3 },
      { x: 5, y: whole.height, size: 60, angle: 0 },
    ]) {
      // prettier-ignore
      const expected = cropPlanes(whole, region, { size: 48 });
      const found = cropPlanes(parted, region, { size: 48 });
      expect(found.every((value, i) => Math.abs(value - expected[i]!) < 1e-4)).toBe(true);
    }
    const region = { x, y, size: 90, angle: 0.1 };
    const small = cropGray(parted, region, { size: 9, samples: 2, isRough: true });
    const exact = cropGray(whole, region, { size: 9, samples: 8 });
    const off = small.data.map((value, i) => Math.abs(value - exact.data[i]!));
    expect(Math.max(...off)).toBeLessThan(6);
  },
);
