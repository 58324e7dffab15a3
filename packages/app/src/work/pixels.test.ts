/**
 * @file Colors against the definition of ITU-R BT.601 and BT.709: R'G'B' becomes Y'CbCr by the standard's own
 * equations and must come back.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { rgbOfPlanes, turned, type Planes } from './pixels.ts';

/** BT.601-7 §2.5.1 to §2.5.4 and BT.709-6 §3, 8 bits, limited range. */
function encoded([r, g, b]: readonly number[], [red, blue]: readonly [number, number]): number[] {
  const [R, G, B] = [r! / 255, g! / 255, b! / 255];
  const y = red * R + (1 - red - blue) * G + blue * B;
  const cb = (B - y) / (2 * (1 - blue));
  const cr = (R - y) / (2 * (1 - red));
  return [16 + 219 * y, 128 + 224 * cb, 128 + 224 * cr].map(Math.round);
}

it.each([
  ['bt709', [0.2126, 0.0722]],
  ['smpte170m', [0.299, 0.114]],
  [null, [0.299, 0.114]],
] as const)('matrix %s: a plane of one color comes back within rounding', (matrix, parts) => {
  const color = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: 255 })));
  fc.assert(
    fc.property(color, fc.constantFrom('I420' as const, 'NV12' as const), (rgb, format) => {
      const [width, height] = [5, 3];
      const [y, u, v] = encoded(rgb, parts);
      const chroma = format === 'I420' ? [...Array<number>(6).fill(u!), ...Array<number>(6).fill(v!)] : Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? u! : v!)); // prettier-ignore
      const planes: Planes = {
        format,
        data: Uint8Array.from([...Array<number>(15).fill(y!), ...chroma]),
        layout:
          format === 'I420'
            ? [{ offset: 0, stride: 5 }, { offset: 15, stride: 3 }, { offset: 21, stride: 3 }] // prettier-ignore
            : [{ offset: 0, stride: 5 }, { offset: 15, stride: 6 }], // prettier-ignore
        width,
        height,
      };
      const out = new Uint8Array(3 * width * height);
      rgbOfPlanes(planes, { matrix, fullRange: false }, out);
      for (let i = 0; i < out.length; i++) {
        expect(Math.abs(out[i]! - rgb[i % 3]!)).toBeLessThanOrEqual(3);
      }
    }),
  );
});

it('full range: gray is gray', () => {
  const data = Uint8Array.from([0, 255, 77, 128, 128, 128]);
  const layout = [0, 4, 5].map((offset) => ({ offset, stride: offset === 0 ? 2 : 1 }));
  const out = new Uint8Array(12);
  rgbOfPlanes({ format: 'I420', data, layout, width: 2, height: 2 }, { fullRange: true }, out);
  expect([...out]).toEqual([0, 255, 77, 128].flatMap((gray) => [gray, gray, gray]));
});

it('a quarter turn is clockwise, and four of them are none', () => {
  const picture = { data: Uint8Array.from([1, 2, 3, 4, 5, 6]), width: 3, height: 2 };
  expect(turned(picture, 1, 1)).toEqual({
    data: Uint8Array.from([4, 1, 5, 2, 6, 3]),
    width: 2,
    height: 3,
  });
  expect(turned(picture, 4, 1)).toEqual(picture);
});
