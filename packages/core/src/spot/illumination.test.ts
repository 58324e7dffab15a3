/** @file Removing shading: the kernels against plain means, and up to date. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Plane } from '../base/image.ts';
import { texture } from '../motion/synthetic.cases.ts';
import { normalizeIllumination } from './illumination.ts';

/** The mean of each pixel and its neighbors along one axis; beyond an end, the end's pixel is repeated. */
function boxed({ data, width, height }: Plane, radius: number, axis: 'x' | 'y'): Plane {
  const length = axis === 'x' ? width : height;
  const reach = Math.min(radius, length - 1);
  const out = data.map((_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    let sum = 0;
    for (let i = -reach; i <= reach; i++) {
      const place = Math.max(0, Math.min(length - 1, (axis === 'x' ? x : y) + i));
      sum += axis === 'x' ? data[y * width + place]! : data[place * width + x]!;
    }
    return sum / (2 * reach + 1);
  });
  return { data: out, width, height };
}

describe('normalizeIllumination', () => {
  it.each([
    [144, 144, 6],
    [35, 61, 2],
    [142, 97, 7],
    [17, 31, 40],
    [3, 5, 2],
    [1, 9, 3],
  ])('of %i×%i pixels divides by three box filters of radius %i', (width, height, radius) => {
    const image = texture(width, height, 7);
    let mean: Plane = image;
    for (let pass = 0; pass < 3; pass++) mean = boxed(boxed(mean, radius, 'x'), radius, 'y');
    const flat = normalizeIllumination(image, radius);
    expect(flat).toMatchObject({ width, height });
    const worst = flat.data.reduce((most, value, i) => {
      return Math.max(most, Math.abs(value - (128 * image.data[i]!) / (mean.data[i]! + 8)));
    }, 0);
    expect(worst).toBeLessThan(1e-3);
    expect(new Set(flat.data).size).toBeGreaterThan(1);
  });

  it('kernels are what their source compiles to', () => {
    const script = fileURLToPath(new URL('../../../../scripts/build-kernels.mjs', import.meta.url));
    expect(() => execFileSync(process.execPath, [script, '--check', 'illumination'])).not.toThrow();
  });
});
