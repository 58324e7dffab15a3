/** @file The parameters of TV-L1, their presets, and the sizes of the pyramid: shared by both implementations. */
import { TelltaleError } from '../base/errors.ts';
import type { Plane } from '../base/image.ts';
import type { FlowField } from './flow.ts';

/** Parameters of TV-L1 flow for intensities from 0 to 255. */
export interface Tvl1Parameters {
  /** Step of the dual ascent; the proof of convergence needs at most 1/4. */
  readonly tau: number;
  /** Weight of the data term: smaller is smoother. */
  readonly lambda: number;
  /** Tightness of the coupling between data term and regularity. */
  readonly theta: number;
  /** Most levels of the pyramid; fewer are used where a level would be smaller than 16 pixels. */
  readonly scales: number;
  /** Size of a level against the next finer one, 0.25 to 0.95. */
  readonly zoom: number;
  /** Linearizations per level. */
  readonly warps: number;
  /** Primal-dual iterations per linearization. */
  readonly iterations: number;
  /** Standard deviation in pixels of the Gaussian that both images are smoothed with first; 0 for none. */
  readonly sigma: number;
  /** Whether a 3×3 median filters the flow after each linearization. */
  readonly median: boolean;
}

/** Parameters to change, and where to start. */
export interface Tvl1Options extends Partial<Tvl1Parameters> {
  /** Initial flow, same size as the images; for example that of the previous frame. */
  readonly initial?: FlowField;
}

/**
 * For one pair of images that matters, onset and apex: the default.
 *
 * Chosen on faces under known warps of 0.3, 1 and 3 pixels with and without noise, see docs/benchmarks.md. A tighter
 * coupling than the papers' 0.3 keeps more of the movement; fewer iterations than convergence needs smooth the noise.
 */
export const ACCURATE: Tvl1Parameters = {
  tau: 0.25,
  lambda: 0.3,
  theta: 0.15,
  scales: 5,
  zoom: 0.5,
  warps: 3,
  iterations: 40,
  sigma: 0,
  median: true,
};

/** For every frame of a clip against a reference: a third of the time. */
export const FAST: Tvl1Parameters = {
  ...ACCURATE,
  lambda: 0.25,
  scales: 3,
  warps: 2,
  iterations: 20,
};

/**
 * For flow images that go to a recognizer: closest to OpenCV's TV-L1 with its defaults, which the published training
 * images are most like. On one pair u, v and strain of the 28×28 image correlate with OpenCV's at .998, .994 and .966,
 * those of `ACCURATE`, which is nearer to the truth, at .995, .93 and .87.
 */
export const LIKE_OPENCV: Tvl1Parameters = { ...ACCURATE, lambda: 0.2, theta: 0.3 };

/** Width and height of a level, pixels. */
export interface Level {
  readonly width: number;
  readonly height: number;
}

/** Sizes of the pyramid, finest first: zoom to the power of the level, rounded. */
export function pyramidLevels(finest: Level, parameters: Tvl1Parameters): Level[] {
  const levels: Level[] = [];
  for (let scale = 0; scale < parameters.scales; scale++) {
    const width = Math.round(finest.width * parameters.zoom ** scale);
    const height = Math.round(finest.height * parameters.zoom ** scale);
    if (scale > 0 && Math.min(width, height) < 16) break;
    levels.push({ width, height });
  }
  return levels;
}

/** Half a normalized Gaussian, the middle first; ends at three standard deviations. */
export function gaussianWeights(sigma: number): Float32Array {
  const radius = Math.max(1, Math.ceil(3 * sigma));
  const weights = Float64Array.from({ length: radius + 1 }, (_, i) =>
    Math.exp((-i * i) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((total, weight, i) => total + (i === 0 ? weight : 2 * weight), 0);
  return Float32Array.from(weights, (weight) => weight / sum);
}

/**
 * Standard deviation in pixels of the smoothing before a level is made smaller.
 *
 * @see Sánchez, Meinhardt-Llopis and Facciolo 2013, "TV-L1 Optical Flow Estimation", IPOL 3, §3.3
 */
export function zoomSigma(zoom: number): number {
  return 0.6 * Math.sqrt(1 / (zoom * zoom) - 1);
}

/**
 * Fills in the defaults and checks sizes and ranges.
 *
 * @throws TelltaleError `FRAMES_SIZE_CHANGED` where the images differ in size, `SHAPE_MISMATCH` where an image
 *   is below 16 pixels or the initial flow has another size, `OPTION_INVALID` for a parameter out of range.
 */
export function resolveTvl1(from: Plane, to: Plane, options: Tvl1Options): Tvl1Parameters {
  const { width, height } = from;
  if (to.width !== width || to.height !== height) {
    throw new TelltaleError(
      'FRAMES_SIZE_CHANGED',
      `optical flow from ${width}×${height} to ${to.width}×${to.height} pixels`,
      'Crop or scale both images to one size.',
    );
  }
  if (
    width < 16 ||
    height < 16 ||
    from.data.length !== width * height ||
    to.data.length !== width * height
  ) {
    throw new TelltaleError(
      'SHAPE_MISMATCH',
      `optical flow between planes of ${from.data.length} and ${to.data.length} numbers for a size of ${width}×${height}`,
      'Images need at least 16×16 pixels and one number per pixel.',
    );
  }
  const { initial } = options;
  if (initial !== undefined && (initial.width !== width || initial.height !== height)) {
    throw new TelltaleError(
      'SHAPE_MISMATCH',
      `an initial flow of ${initial.width}×${initial.height} for images of ${width}×${height} pixels`,
      'Start from a flow of the same size, or from none.',
    );
  }
  const parameters: Tvl1Parameters = { ...ACCURATE, ...options };
  const ranges: readonly (readonly [keyof Tvl1Parameters, number, number])[] = [
    ['tau', 1e-3, 0.25],
    ['lambda', 1e-4, 100],
    ['theta', 1e-3, 10],
    ['scales', 1, 32],
    ['zoom', 0.25, 0.95],
    ['warps', 1, 1000],
    ['iterations', 1, 100_000],
    ['sigma', 0, 5],
  ];
  for (const [name, least, most] of ranges) {
    const value = Number(parameters[name]);
    const whole = name === 'scales' || name === 'warps' || name === 'iterations';
    if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
      throw new TelltaleError(
        'OPTION_INVALID',
        `TV-L1 with ${name} = ${value}`,
        `Give ${whole ? 'a whole number' : 'a number'} from ${least} to ${most}.`,
      );
    }
  }
  return parameters;
}
