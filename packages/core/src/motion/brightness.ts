/** @file Removes changes of lighting and exposure between two images, which optical flow would take for movement. */
import type { Plane } from '../base/image.ts';

/**
 * The plane multiplied so that the mean of its middle half, the face without its surroundings, is that of `like`.
 *
 * A black plane stays as it is.
 */
export function matchBrightness(plane: Plane, like: Plane): Plane {
  const mean = middleMean(plane);
  const gain = mean > 0 ? middleMean(like) / mean : 1;
  return { ...plane, data: plane.data.map((value) => value * gain) };
}

function middleMean({ data, width, height }: Plane): number {
  const [left, top] = [width >> 2, height >> 2];
  let sum = 0;
  for (let y = top; y < height - top; y++) {
    for (let x = left; x < width - left; x++) sum += data[y * width + x]!;
  }
  return sum / ((width - 2 * left) * (height - 2 * top));
}
