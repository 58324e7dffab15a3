/** @file TV-L1: the kernels against the plain reference, against OpenCV, and against known movements. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Plane } from '../base/image.ts';
import { createTvl1, type Tvl1 } from './tvl1.ts';
import { FAST, type Tvl1Options } from './tvl1-options.ts';
import { tvl1Reference } from './tvl1-reference.ts';
import { endPointError, syntheticPair, texture } from './synthetic.cases.ts';

const PHOTO = new URL(
  '../../../../node_modules/@vladmandic/face-api/demo/sample1.jpg',
  import.meta.url,
);

/** The right-hand face of a photograph that a development dependency ships. */
async function photo(size: number): Promise<Plane> {
  const { data, info } = await sharp(readFileSync(PHOTO))
    .extract({ left: 1470, top: 190, width: 260, height: 260 })
    .resize(size, size, { kernel: 'lanczos3' })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const plane = Float32Array.from({ length: size * size }, (_, i) => data[i * info.channels]!);
  return { data: plane, width: size, height: size };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

function shifted(plane: Plane, by: { readonly x: number; readonly y: number }): Plane {
  const { width, height } = plane;
  const data = plane.data.map((_, i) => {
    const x = Math.min(Math.max((i % width) - by.x, 0), width - 1);
    const y = Math.min(Math.max(Math.floor(i / width) - by.y, 0), height - 1);
    return plane.data[y * width + x]!;
  });
  return { data, width, height };
}

/** Rectangle without the outermost `margin` pixels: what the edges do is undefined. */
function inner(data: Float32Array, { width, height }: Plane, margin: number): Float32Array {
  return data.filter((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x >= margin && x < width - margin && y >= margin && y < height - margin;
  });
}

const mean = (data: Float32Array): number => data.reduce((a, b) => a + b, 0) / data.length;

let tvl1: Tvl1;
beforeAll(async () => {
  tvl1 = await createTvl1();
});

describe('the kernels and the plain reference', () => {
  const sizes = fc.record({
    width: fc.integer({ min: 16, max: 75 }),
    height: fc.integer({ min: 16, max: 75 }),
  });
  const parameters = fc.record({
    zoom: fc.constantFrom(0.5, 0.7, 0.8),
    scales: fc.integer({ min: 1, max: 4 }),
    warps: fc.integer({ min: 1, max: 3 }),
    iterations: fc.integer({ min: 1, max: 40 }),
    sigma: fc.constantFrom(0, 0.8, 1.2),
    median: fc.boolean(),
    lambda: fc.constantFrom(0.15, 0.3),
    theta: fc.constantFrom(0.15, 0.3),
  });

  it('agree at any size and with any parameters', () => {
    fc.assert(
      fc.property(sizes, parameters, fc.integer({ min: 1, max: 1000 }), (size, options, seed) => {
        const from = texture(size.width, size.height, seed);
        const to = shifted(from, { x: 1, y: -1 });
        const ours = tvl1.compute(from, to, options);
        const reference = tvl1Reference(from, to, options);
        // Rounding of single precision, amplified by the linearization where the image has little texture.
        expect(mean(ours.u.map((u, i) => Math.abs(u - reference.u[i]!)))).toBeLessThan(1e-3);
        expect(mean(ours.v.map((v, i) => Math.abs(v - reference.v[i]!)))).toBeLessThan(1e-3);
      }),
      { numRuns: 30, seed: 7 },
    );
  });

  it('agree on a face to 0.03 pixels everywhere', async () => {
    const pair = syntheticPair(await photo(224), { amplitude: 1, noise: 1.5, seed: 3 });
    const ours = tvl1.compute(pair.from, pair.to);
    const reference = tvl1Reference(pair.from, pair.to);
    expect(largestDifference(ours.u, reference.u)).toBeLessThan(0.03);
    expect(largestDifference(ours.v, reference.v)).toBeLessThan(0.03);
  });

  it('agree on a warm start', () => {
    const from = texture(50, 40);
    const to = shifted(from, { x: 2, y: 0 });
    const initial = {
      u: new Float32Array(2000).fill(2),
      v: new Float32Array(2000),
      width: 50,
      height: 40,
    };
    const options: Tvl1Options = { initial, scales: 1, warps: 2, iterations: 10 };
    const ours = tvl1.compute(from, to, options);
    const reference = tvl1Reference(from, to, options);
    expect(largestDifference(ours.u, reference.u)).toBeLessThan(0.01);
    expect(mean(inner(ours.u, from, 6))).toBeCloseTo(2, 1);
  });
});

describe('known movements', () => {
  it('is zero between an image and itself', () => {
    const still = texture(61, 47);
    const { u, v } = tvl1.compute(still, still);
    expect(Math.max(...u.map(Math.abs), ...v.map(Math.abs))).toBe(0);
  });

  it.each([
    [1, 0],
    [0, 1],
    [-3, 2],
    [6, -5],
  ])('follows a shift of (%i, %i) pixels: u to the right, v down', (x, y) => {
    const from = texture(96, 80);
    const to = shifted(from, { x, y });
    const { u, v } = tvl1.compute(from, to);
    expect(mean(inner(u, from, 12))).toBeCloseTo(x, 1);
    expect(mean(inner(v, from, 12))).toBeCloseTo(y, 1);
  });

  it('mirrors with the image: u changes sign', async () => {
    const pair = syntheticPair(await photo(128), { amplitude: 1, noise: 0, seed: 1 });
    const mirror = (plane: Plane): Plane => ({
      ...plane,
      data: plane.data.map((_, i) => plane.data[i - 2 * (i % plane.width) + plane.width - 1]!),
    });
    const straight = tvl1.compute(pair.from, pair.to);
    const turned = tvl1.compute(mirror(pair.from), mirror(pair.to));
    const back = mirror({ data: turned.u, width: 64, height: 64 }).data;
    // Forward differences make the method itself a little lopsided.
    expect(mean(back.map((u, i) => Math.abs(u + straight.u[i]!)))).toBeLessThan(0.02);
  });

  it.each([
    [0.3, 0.048],
    [1, 0.085],
  ])('finds a face moving by %f pixels under noise within %f pixels', async (amplitude, most) => {
    const pair = syntheticPair(await photo(448), { amplitude, noise: 1.5, seed: 1 });
    const { all, moving } = endPointError(tvl1.compute(pair.from, pair.to), pair.truth);
    expect(all).toBeLessThan(most);
    expect(moving).toBeLessThan(1.5 * most);
  });

  it('finds a face moving by 1 pixel without noise within 0.1 pixels, fast or not', async () => {
    const pair = syntheticPair(await photo(448), { amplitude: 1, noise: 0, seed: 1 });
    expect(endPointError(tvl1.compute(pair.from, pair.to), pair.truth).all).toBeLessThan(0.1);
    expect(endPointError(tvl1.compute(pair.from, pair.to, FAST), pair.truth).all).toBeLessThan(0.1);
  });
});

describe('use', () => {
  it('gives the same numbers again after other sizes and on another instance', async () => {
    const [from, other] = [texture(70, 52, 1), texture(120, 90, 2)];
    const to = shifted(from, { x: 1, y: 1 });
    const once = tvl1.compute(from, to);
    tvl1.compute(other, shifted(other, { x: 3, y: 0 }));
    expect(tvl1.compute(from, to)).toEqual(once);
    expect((await createTvl1()).compute(from, to)).toEqual(once);
  });

  it.each([
    ['images of two sizes', texture(32, 32), texture(32, 33), {}, 'FRAMES_SIZE_CHANGED'],
    ['images below 16 pixels', texture(32, 12), texture(32, 12), {}, 'SHAPE_MISMATCH'],
    ['tau above a quarter', texture(32, 32), texture(32, 32), { tau: 0.3 }, 'OPTION_INVALID'],
    ['half an iteration', texture(32, 32), texture(32, 32), { iterations: 0.5 }, 'OPTION_INVALID'],
    ['no scales', texture(32, 32), texture(32, 32), { scales: 0 }, 'OPTION_INVALID'],
    ['NaN', texture(32, 32), texture(32, 32), { lambda: NaN }, 'OPTION_INVALID'],
  ] as const)('refuses %s', (_, from, to, options, code) => {
    expect(() => tvl1.compute(from, to, options)).toThrow(expect.objectContaining({ code }));
  });
});

it('from one image to several has the numbers of single flows, whatever is computed in between', () => {
  const [first, second] = [texture(48, 40, 1), texture(48, 40, 2)];
  const [a, b] = [tvl1.from(first, FAST), tvl1.from(second)];
  const others = [1, 2, 3].map((x) => shifted(first, { x, y: 0 }));
  for (const other of others) {
    expect(a.to(other)).toEqual(tvl1.compute(first, other, FAST));
    expect(a.to(other)).toEqual(a.to(other));
    expect(b.to(other)).toEqual(tvl1.compute(second, other));
    expect(() => a.to(texture(24, 24, 1))).toThrow(/24×24/);
    expect(a.to(other)).toEqual(tvl1.compute(first, other, FAST));
  }
});
