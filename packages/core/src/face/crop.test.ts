import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { RgbImage } from '../base/image.ts';
import { createRandom } from '../base/random.ts';
import { fromCrop } from './align.ts';
import { cropGray, cropPlanes, grayOfMiddle } from './crop.ts';
import type { FaceRegion } from './landmarks.ts';

const WIDTH = 200;
const HEIGHT = 160;

/** Red rises to the right, green downward, blue is even: bilinear sampling meets it exactly. */
const ramp: RgbImage = {
  data: Uint8Array.from({ length: 3 * WIDTH * HEIGHT }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [pixel % WIDTH, Math.floor(pixel / WIDTH), 200][i % 3]!;
  }),
  width: WIDTH,
  height: HEIGHT,
  channels: 3,
};

const inside = fc.record({
  x: fc.double({ min: 80, max: 120, noNaN: true }),
  y: fc.double({ min: 70, max: 90, noNaN: true }),
  size: fc.double({ min: 20, max: 90, noNaN: true }),
  angle: fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
});

/** The definition: bilinear samples on an even grid, at whole numbers plus a half, averaged. */
function sampledPlainly(
  { data, width, height, channels }: RgbImage,
  region: FaceRegion,
  { size, samples, outside }: { size: number; samples: number; outside: 'border' | 'black' },
): Float64Array {
  const out = new Float64Array(3 * size * size);
  const clamp = (value: number, length: number): number => Math.max(0, Math.min(length - 1, value));
  for (let row = 0; row < size * samples; row++) {
    for (let column = 0; column < size * samples; column++) {
      const place = { x: (column + 0.5) / samples, y: (row + 0.5) / samples };
      const { x, y } = fromCrop(place, region, size);
      if (outside === 'black' && (x < 0 || y < 0 || x >= width || y >= height)) continue;
      const [px, py] = [clamp(x - 0.5, width), clamp(y - 0.5, height)];
      const [left, top] = [Math.floor(px), Math.floor(py)];
      const at = Math.floor(row / samples) * size + Math.floor(column / samples);
      for (const [dx, dy] of [
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
      ] as const) {
        const weight = (dx ? px - left : 1 - px + left) * (dy ? py - top : 1 - py + top);
        const from = channels * (clamp(top + dy, height) * width + clamp(left + dx, width));
        for (let c = 0; c < 3; c++) {
          out[c * size * size + at]! += (weight * data[from + c]!) / samples ** 2;
        }
      }
    }
  }
  return out;
}

describe('a crop', () => {
  it('has at each pixel the color of the place in the middle of it', () => {
    fc.assert(
      fc.property(inside, fc.integer({ min: 1, max: 4 }), (region, samples) => {
        const size = 16;
        const planes = cropPlanes(ramp, region, { size, samples });
        for (const [i, j] of [
          [0, 0],
          [15, 0],
          [7, 9],
          [15, 15],
        ] as const) {
          const place = fromCrop({ x: i + 0.5, y: j + 0.5 }, region, size);
          const at = j * size + i;
          expect(planes[at]).toBeCloseTo(place.x - 0.5, 3);
          expect(planes[size * size + at]).toBeCloseTo(place.y - 0.5, 3);
          expect(planes[2 * size * size + at]).toBeCloseTo(200, 3);
        }
      }),
    );
  });

  it('over the border repeats it, or is black', () => {
    const region = { x: 0, y: 0, size: 40, angle: 0 };
    const border = cropPlanes(ramp, region, { size: 20 });
    expect([border[0], border[400], border[800]]).toEqual([0, 0, 200]);
    expect(border[19]).toBeCloseTo(18.5, 4);
    const black = cropPlanes(ramp, region, { size: 20, outside: 'black', range: [-1, 1] });
    expect([black[0], black[400], black[800]]).toEqual([-1, -1, -1]);
    expect(black[800 + 399]).toBeCloseTo(200 / 127.5 - 1, 5);
  });

  it('of a large turned image, laid out in parts, is the mean of its bilinear samples, border and beyond', () => {
    const [width, height, size, samples] = [700, 500, 24, 2];
    const random = createRandom(3);
    const data = Uint8Array.from({ length: 4 * width * height }, () => 256 * random.uniform());
    const image: RgbImage = { data, width, height, channels: 4 };
    for (const region of [
      { x: 350.3, y: 250.7, size: 640, angle: 0.7 },
      { x: 20.2, y: 480.9, size: 300, angle: -2 },
      { x: 360, y: -90, size: 120, angle: 0 },
    ]) {
      for (const outside of ['border', 'black'] as const) {
        const planes = cropPlanes(image, region, { size, samples, outside });
        const expected = sampledPlainly(image, region, { size, samples, outside });
        const worst = planes.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0); // prettier-ignore
        expect(worst).toBeLessThan(1e-3);
      }
    }
  });

  it('in gray weighs the colors as BT.601 does', () => {
    const { data } = cropGray(ramp, { x: 100, y: 80, size: 16, angle: 0 }, { size: 16 });
    expect(data[0]).toBeCloseTo(0.299 * 92 + 0.587 * 72 + 0.114 * 200, 3);
  });

  it('gives its middle in gray as a crop of the middle does', () => {
    fc.assert(
      fc.property(inside, (region) => {
        const planes = cropPlanes(ramp, region, { size: 32, samples: 2, range: [0, 1] });
        const middle = { ...region, size: (region.size * 24) / 32 };
        const direct = cropGray(ramp, middle, { size: 24, samples: 2 });
        const worst = grayOfMiddle(planes, 32, 24).data.reduce(
          (most, value, i) => Math.max(most, Math.abs(value - direct.data[i]!)),
          0,
        );
        expect(worst).toBeLessThan(1e-3);
      }),
    );
  });

  it('averages what is smaller than a pixel', () => {
    const stripes: RgbImage = {
      ...ramp,
      data: ramp.data.map((_, i) => (Math.floor(i / 3) % 2 === 0 ? 0 : 255)),
    };
    const { data } = cropGray(stripes, { x: 100, y: 80, size: 128, angle: 0.1 }, { size: 16 });
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    const worst = data.reduce((most, value) => Math.max(most, Math.abs(value - 127.5)), 0);
    expect(mean).toBeCloseTo(127.5, 0);
    expect(worst).toBeLessThan(30);
  });
});
