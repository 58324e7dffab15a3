import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { RgbImage } from '../base/image.ts';
import { fromCrop } from './align.ts';
import { cropGray, cropPlanes, grayOfMiddle } from './crop.ts';

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
