/**
 * @file TV-L1 optical flow, coarse to fine, with its pixel loops in WebAssembly.
 *
 * Zach, Pock and Bischof 2007, "A Duality Based Approach for Realtime TV-L1 Optical Flow", DAGM,
 * LNCS 4713: the energy and its primal-dual minimization. Sánchez, Meinhardt-Llopis and Facciolo 2013,
 * "TV-L1 Optical Flow Estimation", IPOL 3: the pyramid, and slopes that are warped with the image.
 */
import type { Plane } from '../base/image.ts';
import type { FlowField } from './flow.ts';
import { loadKernels, type Kernels } from './kernels.ts';
import {
  gaussianWeights,
  pyramidLevels,
  resolveTvl1,
  zoomSigma,
  type Level,
  type Tvl1Options,
  type Tvl1Parameters,
} from './tvl1-options.ts';

/** TV-L1 flow with a memory of its own, which is kept between calls. Not for two threads at once. */
export interface Tvl1 {
  /**
   * The displacement of every pixel of `from` to its place in `to`, pixels; intensities 0 to 255.
   *
   * The same input gives the same numbers in every run and on every platform: WebAssembly arithmetic is exact IEEE 754.
   *
   * @throws TelltaleError `FRAMES_SIZE_CHANGED`, `SHAPE_MISMATCH`, `OPTION_INVALID`: see {@link resolveTvl1}.
   */
  compute(from: Plane, to: Plane, options?: Tvl1Options): FlowField;
  /**
   * The flow from one image to others, with the numbers of `compute`: what is made of the first image is kept until another
   * flow is computed. The image must not be changed meanwhile.
   *
   * @throws as `compute`, when an image is compared
   */
  from(image: Plane, options?: Tvl1Options): FlowFrom;
}

/** Flow from one image. */
export interface FlowFrom {
  /** The displacement of every pixel of the first image to its place in `image`, pixels. */
  to(image: Plane): FlowField;
}

/** Loads the kernels; the flow itself is synchronous. One instance serves any number of calls and sizes. */
export async function createTvl1(): Promise<Tvl1> {
  const kernels = await loadKernels();
  // Whose pyramid is in the memory of the kernels.
  let inMemory: FlowFrom | undefined;
  return {
    compute(from, to, options = {}) {
      inMemory = undefined;
      const parameters = resolveTvl1(from, to, options);
      return computeFlow(kernels, { from, to, initial: options.initial }, parameters);
    },
    from(image, options = {}) {
      const own: FlowFrom = {
        to(other) {
          const parameters = resolveTvl1(image, other, options);
          const isKept = inMemory === own;
          inMemory = undefined;
          const input = { from: image, to: other, initial: options.initial, isKept };
          const field = computeFlow(kernels, input, parameters);
          inMemory = own;
          return field;
        },
      };
      return own;
    },
  };
}

interface Input {
  readonly from: Plane;
  readonly to: Plane;
  readonly initial: FlowField | undefined;
  /** Whether the pyramid of `from` is in the memory, from the last flow. */
  readonly isKept?: boolean;
}

/** Bytes from one row to the next: four spare columns on the left, rows aligned to 16 bytes. */
const strideOf = (width: number): number => (((width + 3) & ~3) + 4) * 4;

/** Bytes of a plane with its spare rows; the odd remainder keeps planes from sharing cache sets. */
const planeBytes = ({ width, height }: Level): number =>
  ((strideOf(width) * (height + 3) + 64 + 255) & ~255) + 64;

/** Rows of ten planes that a wave of iterations may touch: the size of a small second-level cache. */
const WAVE_BYTES = 200_000;

/** Where everything lies in the memory of the kernels: byte offsets. */
interface Layout {
  readonly line: number;
  readonly weights: number;
  /** One plane per level. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly spare: readonly [number, number];
  /** Slopes of the second image at the current level. */
  readonly slopes: readonly [number, number];
  /** Ten planes of the current level: see `iterate`. */
  readonly work: number;
  readonly end: number;
}

function layOut(levels: readonly Level[]): Layout {
  const finest = levels[0]!;
  let next = 1024;
  const take = (bytes: number): number => {
    const at = next;
    next += (bytes + 15) & ~15;
    return at;
  };
  return {
    // A row and what `resample` keeps of each column.
    line: take((finest.width + 64) * 4 + finest.width * 32),
    weights: take(64 * 4),
    from: levels.map((level) => take(planeBytes(level))),
    to: levels.map((level) => take(planeBytes(level))),
    spare: [take(planeBytes(finest)), take(planeBytes(finest))],
    slopes: [take(planeBytes(finest)), take(planeBytes(finest))],
    work: take(planeBytes(finest) * 10),
    end: next,
  };
}

function computeFlow(kernels: Kernels, input: Input, parameters: Tvl1Parameters): FlowField {
  const levels = pyramidLevels(input.from, parameters);
  const layout = layOut(levels);
  kernels.reserve(layout.end);
  if (input.isKept !== true) {
    buildPyramid(kernels, { plane: input.from, at: layout.from, layout }, { levels, parameters });
  }
  buildPyramid(kernels, { plane: input.to, at: layout.to, layout }, { levels, parameters });

  const finest = levels[0]!;
  let coarser: Level | undefined;
  for (let scale = levels.length - 1; scale >= 0; scale--) {
    const level = levels[scale]!;
    const size = planeBytes(level);
    const [u, v] = [layout.work + 4 * size, layout.work + 5 * size];
    if (coarser === undefined && input.initial !== undefined) {
      write(kernels, input.initial.u, { plane: layout.spare[0], level: finest });
      write(kernels, input.initial.v, { plane: layout.spare[1], level: finest });
      coarser = finest;
    }
    new Uint8Array(kernels.memory.buffer, layout.work, size * 10).fill(0);
    if (coarser !== undefined) {
      for (const [from, to, gain] of [
        [layout.spare[0], u, level.width / coarser.width],
        [layout.spare[1], v, level.height / coarser.height],
      ] as const) {
        kernels.extend(from, coarser.width, coarser.height);
        kernels.resample(
          from,
          coarser.width,
          coarser.height,
          to,
          level.width,
          level.height,
          gain,
          layout.line,
        );
      }
    }
    refine(
      kernels,
      { level, from: layout.from[scale]!, to: layout.to[scale]!, layout },
      parameters,
    );
    for (const [i, plane] of [u, v].entries()) {
      new Uint8Array(kernels.memory.buffer).copyWithin(layout.spare[i]!, plane, plane + size);
    }
    coarser = level;
  }
  const { width, height } = finest;
  const u = read(kernels, layout.spare[0], finest);
  const v = read(kernels, layout.spare[1], finest);
  return { u, v, width, height };
}

/** Linearizes and iterates on one level, `warps` times. */
function refine(
  kernels: Kernels,
  at: {
    readonly level: Level;
    readonly from: number;
    readonly to: number;
    readonly layout: Layout;
  },
  { warps, iterations, lambda, theta, tau, median }: Tvl1Parameters,
): void {
  const { width, height } = at.level;
  const size = planeBytes(at.level);
  const { work, spare, slopes } = at.layout;
  const [constant, slopeX, slopeY, inverse, u, v] = [0, 1, 2, 3, 4, 5].map((i) => work + i * size) as [number, number, number, number, number, number]; // prettier-ignore
  const wave = Math.max(1, Math.floor(WAVE_BYTES / (10 * strideOf(width))));
  kernels.differentiate(at.to, ...slopes, width, height);
  for (const plane of slopes) kernels.extend(plane, width, height);
  for (let warp = 0; warp < warps; warp++) {
    kernels.linearize(
      at.from,
      at.to,
      ...slopes,
      u,
      v,
      constant,
      slopeX,
      slopeY,
      inverse,
      width,
      height,
    );
    kernels.iterate(
      work,
      size,
      width,
      height,
      iterations,
      wave,
      lambda * theta,
      tau / theta,
      theta,
    );
    if (!median) continue;
    for (const plane of [u, v]) {
      kernels.extend(plane, width, height);
      kernels.median(plane, spare[0], width, height);
      new Uint8Array(kernels.memory.buffer).copyWithin(plane, spare[0], spare[0] + size);
    }
  }
}

/** Smooths an image and makes its smaller levels. */
function buildPyramid(
  kernels: Kernels,
  target: { readonly plane: Plane; readonly at: readonly number[]; readonly layout: Layout },
  {
    levels,
    parameters,
  }: { readonly levels: readonly Level[]; readonly parameters: Tvl1Parameters },
): void {
  const { at, layout } = target;
  const [first, second] = layout.spare;
  const smooth = (from: number, to: number, { width, height }: Level, sigma: number): void => {
    const weights = gaussianWeights(sigma);
    new Float32Array(kernels.memory.buffer, layout.weights, weights.length).set(weights);
    kernels.smooth(from, first, to, layout.line, layout.weights, weights.length - 1, width, height);
  };
  const finest = levels[0]!;
  if (parameters.sigma > 0) {
    write(kernels, target.plane.data, { plane: second, level: finest });
    smooth(second, at[0]!, finest, parameters.sigma);
  } else {
    write(kernels, target.plane.data, { plane: at[0]!, level: finest });
  }
  for (const [scale, level] of levels.entries()) {
    const finer = levels[scale - 1];
    if (finer !== undefined) {
      smooth(at[scale - 1]!, second, finer, zoomSigma(parameters.zoom));
      kernels.extend(second, finer.width, finer.height);
      kernels.resample(
        second,
        finer.width,
        finer.height,
        at[scale]!,
        level.width,
        level.height,
        1,
        layout.line,
      );
    }
    kernels.extend(at[scale]!, level.width, level.height);
  }
}

interface Place {
  readonly plane: number;
  readonly level: Level;
}

function write(kernels: Kernels, data: Float32Array, { plane, level }: Place): void {
  const memory = new Float32Array(kernels.memory.buffer);
  const row = strideOf(level.width) / 4;
  for (let y = 0; y < level.height; y++) {
    const source = data.subarray(y * level.width, (y + 1) * level.width);
    memory.set(source, plane / 4 + (y + 1) * row + 4);
  }
}

function read(kernels: Kernels, plane: number, { width, height }: Level): Float32Array {
  const memory = new Float32Array(kernels.memory.buffer);
  const row = strideOf(width) / 4;
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = plane / 4 + (y + 1) * row + 4;
    data.set(memory.subarray(start, start + width), y * width);
  }
  return data;
}
