/**
 * @file Colors against the definition of ITU-R BT.601, BT.709 and BT.2020: the standard's own equations, and chroma
 * where H.264 puts it, in floating point and one pixel after another.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { openColors, type PlanesLayout } from './colors.ts';

const MATRICES = {
  smpte170m: [0.299, 0.114],
  bt709: [0.2126, 0.0722],
  'bt2020-ncl': [0.2627, 0.0593],
} as const;

/** An image of any size, with rows as far apart as a decoder likes them. */
const images = fc
  .record({
    width: fc.integer({ min: 1, max: 37 }),
    height: fc.integer({ min: 1, max: 9 }),
    format: fc.constantFrom('I420' as const, 'NV12' as const),
    spare: fc.integer({ min: 0, max: 5 }),
  })
  .chain(({ width, height, format, spare }) => {
    const [half, rows] = [(width + 1) >> 1, (height + 1) >> 1];
    const luma = width + spare;
    const chroma = (format === 'NV12' ? 2 * half : half) + spare;
    const layout = [
      { offset: 0, stride: luma },
      { offset: luma * height, stride: chroma },
      { offset: luma * height + chroma * rows, stride: chroma },
    ].slice(0, format === 'NV12' ? 2 : 3);
    const bytes = luma * height + (format === 'NV12' ? 1 : 2) * chroma * rows;
    return fc.record({
      planes: fc.constant<PlanesLayout>({ format, layout, width, height }),
      data: fc.uint8Array({ minLength: bytes, maxLength: bytes }),
      matrix: fc.constantFrom(...(Object.keys(MATRICES) as (keyof typeof MATRICES)[])),
      fullRange: fc.boolean(),
      isCentered: fc.boolean(),
    });
  });

it('gives every pixel the color that the standards define, within rounding', async () => {
  const colors = await openColors();
  fc.assert(
    fc.property(images, ({ planes, data, ...reading }) => {
      const { width, height } = planes;
      colors.room({ bytes: data.length, width, height }).set(data);
      const out = colors.convert(planes, reading);
      expect(out).toHaveLength(3 * width * height);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const wanted = defined({ planes, data, ...reading }, x, y);
          for (const [channel, value] of wanted.entries()) {
            const got = out[3 * (y * width + x) + channel]!;
            expect(Math.abs(got - value)).toBeLessThan(0.51);
          }
        }
      }
    }),
  );
});

it('turns the image clockwise by quarters', async () => {
  const colors = await openColors();
  fc.assert(
    fc.property(images, fc.integer({ min: 0, max: 7 }), ({ planes, data }, turns) => {
      const { width, height } = planes;
      const size = { bytes: data.length, width, height };
      colors.room(size).set(data);
      const upright = [...colors.convert(planes)];
      colors.room(size).set(data);
      const turned = colors.convert(planes, { turns });
      const wide = turns % 2 === 0 ? width : height;
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const [toX, toY] = [
            [x, y],
            [height - 1 - y, x],
            [width - 1 - x, height - 1 - y],
            [y, width - 1 - x],
          ][turns % 4] as [number, number];
          const [from, to] = [3 * (y * width + x), 3 * (toY * wide + toX)];
          expect([...turned.subarray(to, to + 3)]).toEqual(upright.slice(from, from + 3));
        }
      }
    }),
  );
});

it('full range: gray is gray', async () => {
  const colors = await openColors();
  colors.room({ bytes: 6, width: 2, height: 2 }).set([0, 255, 77, 128, 128, 128]);
  const layout = [0, 4, 5].map((offset) => ({ offset, stride: offset === 0 ? 2 : 1 }));
  const planes: PlanesLayout = { format: 'I420', layout, width: 2, height: 2 };
  const out = colors.convert(planes, { fullRange: true });
  expect([...out]).toEqual([0, 255, 77, 128].flatMap((gray) => [gray, gray, gray]));
});

it('the embedded WebAssembly is what its source compiles to', { timeout: 120_000 }, () => {
  const script = fileURLToPath(new URL('../../../../scripts/build-kernels.mjs', import.meta.url));
  expect(() => execFileSync(process.execPath, [script, '--check', 'video'])).not.toThrow();
});

/** One pixel, by BT.601-7 §2.5.1 to §2.5.4 (BT.709-6 §3 and BT.2020-2 table 4 alike), 8 bits. */
function defined(
  {
    planes: { format, layout, width, height },
    data,
    matrix,
    fullRange,
    isCentered,
  }: {
    readonly planes: PlanesLayout;
    readonly data: Uint8Array;
    readonly matrix: keyof typeof MATRICES;
    readonly fullRange: boolean;
    readonly isCentered: boolean;
  },
  x: number,
  y: number,
): number[] {
  const [red, blue] = MATRICES[matrix];
  const [half, rows] = [(width + 1) >> 1, (height + 1) >> 1];
  const sample = (plane: 1 | 2, column: number, row: number): number => {
    const { offset, stride } = layout[format === 'NV12' ? 1 : plane]!;
    const start = offset + row * stride;
    return data[format === 'NV12' ? start + 2 * column + plane - 1 : start + column]!;
  };
  const chroma = (plane: 1 | 2): number => {
    const near = y >> 1;
    const far = Math.max(0, Math.min(rows - 1, y % 2 === 0 ? near - 1 : near + 1));
    const at = x >> 1;
    const column = (one: number): number =>
      0.75 * sample(plane, one, near) + 0.25 * sample(plane, one, far);
    const beside = Math.max(0, Math.min(half - 1, x % 2 === 1 ? at + 1 : isCentered ? at - 1 : at));
    const part = isCentered ? 0.75 : 0.5;
    return part * column(at) + (1 - part) * column(beside) - 128;
  };
  const luma = data[layout[0]!.offset + y * layout[0]!.stride + x]!;
  const brightness = fullRange ? luma : ((luma - 16) * 255) / 219;
  const gain = fullRange ? 1 : 255 / 224;
  const [cb, cr] = [gain * chroma(1), gain * chroma(2)];
  const [r, b] = [brightness + 2 * (1 - red) * cr, brightness + 2 * (1 - blue) * cb];
  const g = (brightness - red * r - blue * b) / (1 - red - blue);
  return [r, g, b].map((value) => Math.max(0, Math.min(255, value)));
}
