/**
 * @file Removes shading from a face: texture is left, which moves with the skin.
 *
 * TV-L1 believes that a point keeps its brightness. Where light changes by one part in a hundred, the
 * gentle shading of a cheek makes it believe in half a pixel of motion. Dividing by the local mean
 * removes the shading and its changes: the ratio form of the structure–texture decomposition of Wedel
 * et al. 2009, "An Improved Algorithm for TV-L1 Optical Flow", §2.2.
 */
import type { Plane } from '../base/image.ts';

/** Radius of the surroundings that brightness is measured against, interocular distances. */
const SURROUNDINGS = 0.1;
/** Added to the local mean, so that black stays quiet; grey levels. */
const DARK = 8;
/** The result where a pixel equals its surroundings, grey levels. */
const MIDDLE = 128;

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
  let mean = data;
  for (let pass = 0; pass < 3; pass++) {
    mean = boxFilter(mean, { count: height, length: width, step: 1, next: width }, radius);
    mean = boxFilter(mean, { count: width, length: height, step: width, next: 1 }, radius);
  }
  const flat = data.map((value, i) => (MIDDLE * value) / (mean[i]! + DARK));
  return { data: flat, width, height };
}

/** How lines lie in a plane: `count` lines of `length`, `step` between pixels, `next` between lines. */
interface Lines {
  readonly count: number;
  readonly length: number;
  readonly step: number;
  readonly next: number;
}

/** A running mean along lines; beyond an end, the end's pixel is repeated. */
function boxFilter(data: Float32Array, lines: Lines, radius: number): Float32Array {
  const out = new Float32Array(data.length);
  const { count, length, step, next } = lines;
  const reach = Math.min(radius, length - 1);
  const gain = 1 / (2 * reach + 1);
  for (let line = 0; line < count; line++) {
    const start = line * next;
    const end = start + (length - 1) * step;
    let sum = data[start]! * (reach + 1);
    for (let i = 1; i <= reach; i++) sum += data[start + i * step]!;
    for (let i = 0; i < length; i++) {
      out[start + i * step] = sum * gain;
      sum += data[Math.min(end, start + (i + reach + 1) * step)]!;
      sum -= data[Math.max(start, start + (i - reach) * step)]!;
    }
  }
  return out;
}
