/**
 * @file Removes shading from a face: texture is left, which moves with the skin.
 *
 * TV-L1 believes that a point keeps its brightness. Where light changes by one part in a hundred, the
 * gentle shading of a cheek makes it believe in half a pixel of motion. Dividing by the local mean
 * removes the shading and its changes: the ratio form of the structure–texture decomposition of Wedel
 * et al. 2009, "An Improved Algorithm for TV-L1 Optical Flow", §2.2.
 */
import type { Plane } from '../base/image.ts';
import { openKernels } from './kernels.ts';

/** Radius of the surroundings that brightness is measured against, interocular distances. */
const SURROUNDINGS = 0.1;
/** Added to the local mean, so that black stays quiet; grey levels. */
const DARK = 8;
/** The result where a pixel equals its surroundings, grey levels. */
const MIDDLE = 128;
/** Where planes begin in the memory of the kernels. */
const START = 1024;

/**
 * Radius of the surroundings for {@link normalizeIllumination}, pixels.
 *
 * @param interocular - distance between the eyes, pixels
 */
export function illuminationRadius(interocular: number): number {
  return Math.max(2, Math.round(SURROUNDINGS * interocular));
}

/**
 * Each pixel against the mean of its surroundings.
 *
 * @param image - 0–255
 * @param radius - of the surroundings, pixels; three box filters make them nearly Gaussian
 */
export function normalizeIllumination({ data, width, height }: Plane, radius: number): Plane {
  const kernels = openKernels();
  // Pixels, the mean, what a filter makes of it, and sums of columns; what lies behind a plane is read.
  const plane = (4 * data.length + 31) & ~15;
  const [pixels, mean, between, sums] = [0, 1, 2, 3].map((i) => START + i * plane) as [number, number, number, number]; // prettier-ignore
  kernels.reserve(sums + 8 * (width + 4));
  new Float32Array(kernels.memory.buffer, pixels, data.length).set(data);
  for (let pass = 0; pass < 3; pass++) {
    kernels.filterRows(pass === 0 ? pixels : mean, between, width, height, radius);
    kernels.filterColumns(between, mean, sums, width, height, radius);
  }
  kernels.divide(pixels, mean, data.length, MIDDLE, DARK);
  return {
    data: new Float32Array(kernels.memory.buffer, mean, data.length).slice(),
    width,
    height,
  };
}
