/** @file Pairs of images with a known flow between them, for tests and benchmarks. */
import type { Plane } from '../base/image.ts';
import { createRandom } from '../base/random.ts';
import type { FlowField } from './flow.ts';

/** Two images, and the flow between them. */
export interface Pair {
  readonly from: Plane;
  readonly to: Plane;
  readonly truth: FlowField;
}

/** One bump of movement: a Gaussian of standard deviation `spread` around (x, y), all as parts of the width. */
interface Bump {
  readonly x: number;
  readonly y: number;
  readonly spread: number;
  /** Direction and relative size. */
  readonly u: number;
  readonly v: number;
}

/** Brows up, mouth corners out and up, chin down: where an upright face fills the image. */
const BUMPS: readonly Bump[] = [
  { x: 0.3, y: 0.32, spread: 0.09, u: 0.2, v: -1 },
  { x: 0.7, y: 0.32, spread: 0.09, u: -0.2, v: -1 },
  { x: 0.36, y: 0.72, spread: 0.08, u: -0.8, v: -0.6 },
  { x: 0.64, y: 0.72, spread: 0.08, u: 0.8, v: -0.6 },
  { x: 0.5, y: 0.9, spread: 0.08, u: 0, v: 0.7 },
];

/** Catmull-Rom interpolation, edges repeated. */
function sample({ data, width, height }: Plane, x: number, y: number): number {
  const [ix, iy] = [Math.floor(x), Math.floor(y)];
  const weights = (t: number): number[] => [
    t * (-0.5 + t * (1 - 0.5 * t)),
    1 + t * t * (-2.5 + 1.5 * t),
    t * (0.5 + t * (2 - 1.5 * t)),
    t * t * (-0.5 + 0.5 * t),
  ];
  const [wx, wy] = [weights(x - ix), weights(y - iy)];
  let sum = 0;
  for (let j = 0; j < 4; j++) {
    const row = Math.min(Math.max(iy + j - 1, 0), height - 1) * width;
    for (let i = 0; i < 4; i++) {
      sum += wy[j]! * wx[i]! * data[row + Math.min(Math.max(ix + i - 1, 0), width - 1)]!;
    }
  }
  return sum;
}

/**
 * Two images of half the source's size between which the face moves by `amplitude` pixels at most.
 *
 * Both are averaged down from the source, the second one through the backward movement d:
 * to(x) = from(x - d(x)); the flow f of `from` solves f(x) = d(x + f(x)). Rounded to whole grey levels after noise
 * of standard deviation `noise` is added.
 */
export function syntheticPair(
  source: Plane,
  options: { readonly amplitude: number; readonly noise: number; readonly seed: number },
): Pair {
  const { amplitude, noise, seed } = options;
  const [width, height] = [source.width >> 1, source.height >> 1];
  const random = createRandom(seed);
  const move = (x: number, y: number): readonly [number, number] => {
    let [u, v] = [0, 0];
    for (const bump of BUMPS) {
      const distance = Math.hypot(x / width - bump.x, y / height - bump.y) / bump.spread;
      const weight = amplitude * Math.exp(-0.5 * distance * distance);
      u += weight * bump.u;
      v += weight * bump.v;
    }
    return [u, v];
  };
  const shoot = (moved: boolean): Plane => {
    const data = new Float32Array(width * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (const [sx, sy] of [
          [-0.25, -0.25],
          [0.25, -0.25],
          [-0.25, 0.25],
          [0.25, 0.25],
        ] as const) {
          // prettier-ignore
          const [u, v] = moved ? move(x + sx, y + sy) : [0, 0];
          sum += sample(source, 2 * (x + sx - u) + 0.5, 2 * (y + sy - v) + 0.5);
        }
        const value = Math.round(sum / 4 + noise * random.normal());
        data[y * width + x] = Math.min(Math.max(value, 0), 255);
      }
    }
    return { data, width, height };
  };
  const u = new Float32Array(width * height);
  const v = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let flow: readonly [number, number] = [0, 0];
      for (let i = 0; i < 20; i++) flow = move(x + flow[0], y + flow[1]);
      [u[y * width + x], v[y * width + x]] = flow;
    }
  }
  return { from: shoot(false), to: shoot(true), truth: { u, v, width, height } };
}

/** Mean end-point error in pixels: over all pixels, and over those that truly move by more than a tenth of the largest movement. */
export function endPointError(flow: FlowField, truth: FlowField): { all: number; moving: number } {
  const speed = truth.u.map((u, i) => Math.hypot(u, truth.v[i]!));
  const least = 0.1 * speed.reduce((a, b) => Math.max(a, b), 0);
  let [all, moving, count] = [0, 0, 0];
  for (let i = 0; i < speed.length; i++) {
    const error = Math.hypot(flow.u[i]! - truth.u[i]!, flow.v[i]! - truth.v[i]!);
    all += error;
    if (speed[i]! > least) {
      moving += error;
      count++;
    }
  }
  return { all: all / speed.length, moving: moving / Math.max(count, 1) };
}

/** An image with detail at every size and place, from sines: for tests that need no face. */
export function texture(width: number, height: number, seed = 1): Plane {
  const random = createRandom(seed);
  const waves = Array.from({ length: 24 }, (_, i) => {
    const frequency = 0.04 * 1.17 ** i;
    const angle = 2 * Math.PI * random.uniform();
    return {
      x: frequency * Math.cos(angle),
      y: frequency * Math.sin(angle),
      phase: 2 * Math.PI * random.uniform(),
      size: 40 / (1 + 0.25 * i),
    };
  });
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let value = 128;
      for (const wave of waves) value += wave.size * Math.sin(wave.x * x + wave.y * y + wave.phase);
      data[y * width + x] = Math.min(Math.max(value, 0), 255);
    }
  }
  return { data, width, height };
}
