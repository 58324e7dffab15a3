/**
 * @file Pyramids in plain TypeScript: what the WebAssembly kernels are checked against, and quick enough for single faces.
 *
 * Burt and Adelson 1983, "The Laplacian Pyramid as a Compact Image Code", IEEE Trans. Commun. 31(4). Edges as OpenCV's
 * `pyrDown` and `pyrUp` have them.
 */
import type { Plane } from '../base/image.ts';
import type { Size } from './levels.ts';

/** A plane of zeros. */
export function emptyPlane({ width, height }: Size): Plane {
  return { data: new Float32Array(width * height), width, height };
}

/** Smooths with the binomial kernel (1 4 6 4 1)/16 in both directions and keeps every second pixel; edges are mirrored. */
export function reduce({ data, width, height }: Plane): Plane {
  const out = emptyPlane({ width: (width + 1) >> 1, height: (height + 1) >> 1 });
  const line = new Float64Array(width);
  for (let y = 0; y < out.height; y++) {
    const rows = [-2, -1, 0, 1, 2].map((step) => width * mirror(2 * y + step, height));
    const [a, b, c, d, e] = rows as [number, number, number, number, number];
    for (let x = 0; x < width; x++) {
      const outer = data[a + x]! + data[e + x]!;
      line[x] = outer + 4 * (data[b + x]! + data[d + x]!) + 6 * data[c + x]!;
    }
    for (let x = 0; x < out.width; x++) {
      const at = (step: number): number => line[mirror(2 * x + step, width)]!;
      const sum = at(-2) + at(2) + 4 * (at(-1) + at(1)) + 6 * at(0);
      out.data[y * out.width + x] = sum / 256;
    }
  }
  return out;
}

/** Doubles a plane to `size`, the inverse of {@link reduce} but for what the smoothing took. */
export function expand({ data, width, height }: Plane, size: Size): Plane {
  const out = emptyPlane(size);
  const line = new Float64Array(width);
  for (let y = 0; y < size.height; y++) {
    const here = y >> 1;
    const below = width * Math.min(here + 1, height - 1);
    const above = width * Math.min(Math.abs(here - 1), height - 1);
    for (let x = 0; x < width; x++) {
      const [middle, next] = [data[here * width + x]!, data[below + x]!];
      line[x] = y % 2 === 1 ? (middle + next) / 2 : (data[above + x]! + 6 * middle + next) / 8;
    }
    for (let x = 0; x < size.width; x++) {
      const at = x >> 1;
      const [middle, next] = [line[at]!, line[Math.min(at + 1, width - 1)]!];
      const left = line[Math.min(Math.abs(at - 1), width - 1)]!;
      out.data[y * size.width + x] =
        x % 2 === 1 ? (middle + next) / 2 : (left + 6 * middle + next) / 8;
    }
  }
  return out;
}

/** The plane, reduced `times` times. */
export function reduceTimes(plane: Plane, times: number): Plane {
  let out = plane;
  for (let i = 0; i < times; i++) out = reduce(out);
  return out;
}

/**
 * Weighs the Laplacian levels of a plane and puts them together again, at the size of the finest level.
 *
 * With G the Gaussian levels, level l of the Laplacian pyramid is G[l] − expand(G[l+1]); weighing and collapsing it is
 * D[l] = g[l] G[l] + expand(D[l+1] − g[l] G[l+1]), so that each level is expanded once.
 *
 * @param plane - at level `base`; finer levels have no gain
 * @param pyramid - `sizes` and `gains` of all levels, the remainder's last
 */
export function weighLevels(
  plane: Plane,
  pyramid: {
    readonly sizes: readonly Size[];
    readonly gains: readonly number[];
    readonly base: number;
  },
): Plane {
  const { sizes, gains, base } = pyramid;
  const gaussian: Plane[] = [plane];
  for (let level = base + 1; level < sizes.length; level++) gaussian.push(reduce(gaussian.at(-1)!));
  let sum = scale(gaussian.at(-1)!, gains.at(-1)!);
  for (let level = sizes.length - 2; level >= 0; level--) {
    if (level < base) {
      sum = expand(sum, sizes[level]!);
      continue;
    }
    const [fine, coarse] = [gaussian[level - base]!, gaussian[level - base + 1]!];
    const gain = gains[level]!;
    const rest = sum.data.map((value, i) => value - gain * coarse.data[i]!);
    sum = expand({ ...sum, data: rest }, sizes[level]!);
    for (let i = 0; i < fine.data.length; i++) sum.data[i]! += gain * fine.data[i]!;
  }
  return sum;
}

function scale(plane: Plane, gain: number): Plane {
  return { ...plane, data: plane.data.map((value) => gain * value) };
}

function mirror(index: number, length: number): number {
  const positive = Math.abs(index);
  return Math.max(0, positive < length ? positive : 2 * length - 2 - positive);
}
