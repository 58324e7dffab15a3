/**
 * @file TV-L1 optical flow in plain TypeScript: what the WebAssembly kernels are compared with, and where to read the method.
 *
 * Zach, Pock and Bischof 2007, "A Duality Based Approach for Realtime TV-L1 Optical Flow", DAGM, LNCS 4713.
 * Sánchez, Meinhardt-Llopis and Facciolo 2013, "TV-L1 Optical Flow Estimation", IPOL 3.
 *
 * It minimizes ∫ λ |I₁(x + w) − I₀(x)| + |∇u| + |∇v|, w = (u, v). About six times slower than `tvl1.ts`.
 */
import type { Plane } from '../base/image.ts';
import type { FlowField } from './flow.ts';
import {
  gaussianWeights,
  pyramidLevels,
  resolveTvl1,
  zoomSigma,
  type Level,
  type Tvl1Options,
  type Tvl1Parameters,
} from './tvl1-options.ts';

/** The same as `Tvl1.compute`, up to rounding: plain arithmetic, no setup. */
export function tvl1Reference(from: Plane, to: Plane, options: Tvl1Options = {}): FlowField {
  const parameters = resolveTvl1(from, to, options);
  const levels = pyramidLevels(from, parameters);
  const [first, second] = [buildPyramid(from, levels), buildPyramid(to, levels)].map((build) =>
    build(parameters),
  ) as [Plane[], Plane[]];
  let flow = options.initial;
  for (let scale = levels.length - 1; scale >= 0; scale--) {
    const start = flow === undefined ? still(levels[scale]!) : enlarge(flow, levels[scale]!);
    const to = second[scale]!;
    flow = refine({ from: first[scale]!, to, slope: slopes(to) }, start, parameters);
  }
  return flow!;
}

function still({ width, height }: Level): FlowField {
  const size = width * height;
  return { u: new Float32Array(size), v: new Float32Array(size), width, height };
}

/** A flow at another resolution: displacements grow with the pixels. */
function enlarge({ u, v, width, height }: FlowField, level: Level): FlowField {
  const scaled = (data: Float32Array, gain: number): Float32Array =>
    resample({ data, width, height }, level).map((value) => value * gain);
  return { u: scaled(u, level.width / width), v: scaled(v, level.height / height), ...level };
}

const buildPyramid =
  (image: Plane, levels: readonly Level[]) =>
  ({ sigma, zoom }: Tvl1Parameters): Plane[] => {
    const planes = [sigma > 0 ? smooth(image, sigma) : image];
    for (const level of levels.slice(1)) {
      planes.push({ data: resample(smooth(planes.at(-1)!, zoomSigma(zoom)), level), ...level });
    }
    return planes;
  };

/** Convolution with a Gaussian; beyond the edges the image is mirrored. */
function smooth(image: Plane, sigma: number): Plane {
  const weights = gaussianWeights(sigma);
  const mirror = (i: number, length: number): number =>
    Math.max(Math.abs(i) < length ? Math.abs(i) : 2 * length - 2 - Math.abs(i), 0);
  const { width, height } = image;
  const along = (
    data: Float32Array,
    place: (x: number, y: number, i: number) => number,
  ): Float32Array => {
    const out = new Float32Array(data.length);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let sum = weights[0]! * data[y * width + x]!;
        for (let i = 1; i < weights.length; i++) {
          sum += weights[i]! * (data[place(x, y, -i)]! + data[place(x, y, i)]!);
        }
        out[y * width + x] = sum;
      }
    }
    return out;
  };
  const rows = along(image.data, (x, y, i) => y * width + mirror(x + i, width));
  return { data: along(rows, (x, y, i) => mirror(y + i, height) * width + x), width, height };
}

/** Catmull-Rom weights of the four neighbors at the fraction `t` (Keys 1981, a = −1/2). */
const cubic = (t: number): readonly number[] => [
  t * (-0.5 + t * (1 - 0.5 * t)),
  1 + t * t * (-2.5 + 1.5 * t),
  t * (0.5 + t * (2 - 1.5 * t)),
  t * t * (-0.5 + 0.5 * t),
];

/** A plane between its pixels; edges are repeated. */
function interpolate({ data, width, height }: Plane, x: number, y: number): number {
  const [ix, iy] = [Math.floor(x), Math.floor(y)];
  const [wx, wy] = [cubic(x - ix), cubic(y - iy)];
  let sum = 0;
  for (let j = 0; j < 4; j++) {
    const row = Math.min(Math.max(iy + j - 1, 0), height - 1) * width;
    for (let i = 0; i < 4; i++) {
      const column = Math.min(Math.max(ix + i - 1, 0), width - 1);
      sum += wy[j]! * wx[i]! * data[row + column]!;
    }
  }
  return sum;
}

/** A plane at another size, centers of pixels aligned. */
function resample(plane: Plane, { width, height }: Level): Float32Array {
  const out = new Float32Array(width * height);
  const clamp = (value: number, last: number): number => Math.max(0, Math.min(last, value));
  for (let y = 0; y < height; y++) {
    const py = clamp(((y + 0.5) * plane.height) / height - 0.5, plane.height - 1);
    for (let x = 0; x < width; x++) {
      const px = clamp(((x + 0.5) * plane.width) / width - 0.5, plane.width - 1);
      out[y * width + x] = interpolate(plane, px, py);
    }
  }
  return out;
}

/** Central differences; half of one-sided ones at the edges. */
function slopes({ data, width, height }: Plane): { readonly x: Plane; readonly y: Plane } {
  const x = data.map((_, i) => {
    const column = i % width;
    return (data[column < width - 1 ? i + 1 : i]! - data[column > 0 ? i - 1 : i]!) / 2;
  });
  const y = data.map((_, i) => {
    const [above, below] = [i - width, i + width];
    return (data[below < data.length ? below : i]! - data[above >= 0 ? above : i]!) / 2;
  });
  return { x: { data: x, width, height }, y: { data: y, width, height } };
}

interface Images {
  readonly from: Plane;
  readonly to: Plane;
  /** Slopes of `to`. */
  readonly slope: { readonly x: Plane; readonly y: Plane };
}

/** The brightness difference as a function of the flow, around one flow: ρ(u, v) = rest + gx u + gy v. */
interface Linearized {
  readonly rest: Float32Array;
  readonly gx: Float32Array;
  readonly gy: Float32Array;
}

/** Pixels that leave the image, and pixels without a slope, have no data term. */
function linearize({ from, to, slope }: Images, flow: FlowField): Linearized {
  const { width, height } = from;
  const [rest, gx, gy] = [0, 1, 2].map(() => new Float32Array(width * height)) as [Float32Array, Float32Array, Float32Array]; // prettier-ignore
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const px = x + flow.u[i]!;
      const py = y + flow.v[i]!;
      if (!(px >= 0 && px <= width - 1 && py >= 0 && py <= height - 1)) continue;
      const slopeX = interpolate(slope.x, px, py);
      const slopeY = interpolate(slope.y, px, py);
      if (slopeX * slopeX + slopeY * slopeY <= 1e-6) continue;
      const value = interpolate(to, px, py);
      gx[i] = slopeX;
      gy[i] = slopeY;
      rest[i] = value - from.data[i]! - slopeX * flow.u[i]! - slopeY * flow.v[i]!;
    }
  }
  return { rest, gx, gy };
}

/** One level of the pyramid; the dual variables live as long as the level. */
function refine(images: Images, start: FlowField, parameters: Tvl1Parameters): FlowField {
  const { width, height } = start;
  let u: Float32Array = start.u.slice();
  let v: Float32Array = start.v.slice();
  const [pu, pv] = [new Float32Array(2 * u.length), new Float32Array(2 * u.length)];
  for (let warp = 0; warp < parameters.warps; warp++) {
    const term = linearize(images, { u, v, width, height });
    for (let iteration = 0; iteration < parameters.iterations; iteration++) {
      threshold(term, { u, v }, parameters);
      descend(u, pu, { width, height, theta: parameters.theta });
      descend(v, pv, { width, height, theta: parameters.theta });
      ascend(u, pu, { width, height, step: parameters.tau / parameters.theta });
      ascend(v, pv, { width, height, step: parameters.tau / parameters.theta });
    }
    if (parameters.median) {
      u = median({ data: u, width, height });
      v = median({ data: v, width, height });
    }
  }
  return { u, v, width, height };
}

/** The pointwise minimum of the data term: a soft threshold along the slope (Zach et al. 2007, proposition 3). */
function threshold(
  { rest, gx, gy }: Linearized,
  { u, v }: { readonly u: Float32Array; readonly v: Float32Array },
  { lambda, theta }: Tvl1Parameters,
): void {
  for (let i = 0; i < u.length; i++) {
    const steep = gx[i]! * gx[i]! + gy[i]! * gy[i]!;
    if (steep === 0) continue;
    const rho = rest[i]! + gx[i]! * u[i]! + gy[i]! * v[i]!;
    const step = Math.max(-lambda * theta, Math.min(lambda * theta, -rho / steep));
    u[i]! += step * gx[i]!;
    v[i]! += step * gy[i]!;
  }
}

/** The primal step: adds θ div p. The dual field `p` holds its x parts, then its y parts. */
function descend(
  u: Float32Array,
  p: Float32Array,
  { width, height, theta }: Level & { readonly theta: number },
): void {
  const size = width * height;
  for (let i = 0; i < size; i++) {
    const left = i % width === 0 ? 0 : p[i - 1]!;
    const above = i < width ? 0 : p[size + i - width]!;
    u[i]! += theta * (p[i]! - left + p[size + i]! - above);
  }
}

/** The dual step: p ← (p + step ∇u) / (1 + step |∇u|), forward differences, none across the far edges. */
function ascend(
  u: Float32Array,
  p: Float32Array,
  { width, height, step }: Level & { readonly step: number },
): void {
  const size = width * height;
  for (let i = 0; i < size; i++) {
    const ux = i % width === width - 1 ? 0 : u[i + 1]! - u[i]!;
    const uy = i >= size - width ? 0 : u[i + width]! - u[i]!;
    const norm = 1 + step * Math.sqrt(ux * ux + uy * uy);
    p[i] = (p[i]! + step * ux) / norm;
    p[size + i] = (p[size + i]! + step * uy) / norm;
  }
}

/** The 3×3 median, edges repeated. */
function median({ data, width, height }: Plane): Float32Array {
  const around = new Float32Array(9);
  return data.map((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    for (let k = 0; k < 9; k++) {
      const row = Math.min(Math.max(y + Math.floor(k / 3) - 1, 0), height - 1);
      const column = Math.min(Math.max(x + (k % 3) - 1, 0), width - 1);
      around[k] = data[row * width + column]!;
    }
    return around.sort()[4]!;
  });
}
