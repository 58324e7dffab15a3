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
    mean = filterColumns(filterRows(mean, { width, height }, radius), { width, height }, radius);
  }
  const flat = new Float32Array(data.length);
  for (let i = 0; i < flat.length; i++) flat[i] = (MIDDLE * data[i]!) / (mean[i]! + DARK);
  return { data: flat, width, height };
}

type Size = Pick<Plane, 'width' | 'height'>;

/** A running mean along each row; beyond an end, the end's pixel is repeated. */
function filterRows(data: Float32Array, { width, height }: Size, radius: number): Float32Array {
  const out = new Float32Array(data.length);
  const reach = Math.min(radius, width - 1);
  const gain = 1 / (2 * reach + 1);
  for (let y = 0; y < height; y++) {
    const start = y * width;
    const end = start + width - 1;
    let sum = data[start]! * (reach + 1);
    for (let i = 1; i <= reach; i++) sum += data[start + i]!;
    for (let at = start; at <= end; at++) {
      out[at] = sum * gain;
      const next = at + reach + 1;
      const last = at - reach;
      sum += data[next < end ? next : end]!;
      sum -= data[last > start ? last : start]!;
    }
  }
  return out;
}

/** The same along each column, all of them at once: memory is read in its order. */
function filterColumns(data: Float32Array, { width, height }: Size, radius: number): Float32Array {
  const out = new Float32Array(data.length);
  const reach = Math.min(radius, height - 1);
  const gain = 1 / (2 * reach + 1);
  const sums = new Float64Array(width);
  for (let x = 0; x < width; x++) sums[x] = data[x]! * (reach + 1);
  for (let y = 1; y <= reach; y++) {
    for (let x = 0; x < width; x++) sums[x]! += data[y * width + x]!;
  }
  for (let y = 0; y < height; y++) {
    const here = y * width;
    const next = Math.min(height - 1, y + reach + 1) * width;
    const last = Math.max(0, y - reach) * width;
    for (let x = 0; x < width; x++) {
      const sum = sums[x]!;
      out[here + x] = sum * gain;
      sums[x] = sum + data[next + x]! - data[last + x]!;
    }
  }
  return out;
}
