/**
 * @file Turns every face to the same place and size.
 *
 * A similarity (shift, turn, one scale) is fitted to the points that facial
 * expression moves least: Umeyama 1991, "Least-Squares Estimation of
 * Transformation Parameters Between Two Point Patterns", IEEE TPAMI 13(4),
 * in two dimensions, where a complex number is both turn and scale. It is given
 * as the square of the image that becomes the aligned face, so that it can be
 * steadied by the same smoothing as any region.
 */
import type { RgbImage, Plane } from '../base/image.ts';
import { cropGray } from './crop.ts';
import type { FaceRegion, Landmarks } from './landmarks.ts';
import type { Point } from './regions.ts';

/**
 * Where the steady landmarks lie in the aligned face, as parts of its side:
 * `[landmark, x, y]`.
 *
 * Means of the mesh's own results over eight photographs, made symmetric. The
 * eyes are 0.34 apart at a height of 0.36; the chin is then near 0.97 and the
 * hairline near 0.06.
 */
export const CANONICAL_POINTS: readonly (readonly [index: number, x: number, y: number])[] = [
  [33, 0.253, 0.351],
  [133, 0.407, 0.369],
  [362, 0.593, 0.369],
  [263, 0.747, 0.351],
  [168, 0.5, 0.344],
  [6, 0.5, 0.394],
];

/**
 * The square of the image that becomes the aligned face.
 *
 * @returns its center, side and turn; smooth them over time before use in a clip
 */
export function alignmentOf({ points }: Landmarks): FaceRegion {
  const count = CANONICAL_POINTS.length;
  const mean = { fromX: 0, fromY: 0, toX: 0, toY: 0 };
  for (const [index, x, y] of CANONICAL_POINTS) {
    mean.fromX += x / count;
    mean.fromY += y / count;
    mean.toX += points[2 * index]! / count;
    mean.toY += points[2 * index + 1]! / count;
  }
  let along = 0;
  let across = 0;
  let spread = 0;
  for (const [index, x, y] of CANONICAL_POINTS) {
    const [fromX, fromY] = [x - mean.fromX, y - mean.fromY];
    const [toX, toY] = [points[2 * index]! - mean.toX, points[2 * index + 1]! - mean.toY];
    along += fromX * toX + fromY * toY;
    across += fromX * toY - fromY * toX;
    spread += fromX * fromX + fromY * fromY;
  }
  const cosine = along / spread;
  const sine = across / spread;
  const [right, down] = [0.5 - mean.fromX, 0.5 - mean.fromY];
  return {
    x: mean.toX + right * cosine - down * sine,
    y: mean.toY + right * sine + down * cosine,
    size: Math.hypot(cosine, sine),
    angle: Math.atan2(sine, cosine),
  };
}

/**
 * The aligned face in shades of gray, 0 to 255; shape `[size, size]`.
 *
 * @param alignment - from {@link alignmentOf}
 * @param size - side of the result, pixels
 */
export function alignFace(image: RgbImage, alignment: FaceRegion, size: number): Plane {
  return cropGray(image, alignment, { size });
}

/** A place of the image as a place of the region's crop of side `size`, pixels. */
export function toCrop(place: Point, region: FaceRegion, size: number): Point {
  const scale = size / region.size;
  const cosine = scale * Math.cos(region.angle);
  const sine = scale * Math.sin(region.angle);
  const [x, y] = [place.x - region.x, place.y - region.y];
  return { x: size / 2 + x * cosine + y * sine, y: size / 2 - x * sine + y * cosine };
}

/** A place of a region's crop of side `size` as a place of the image, pixels. */
export function fromCrop(place: Point, region: FaceRegion, size: number): Point {
  const scale = region.size / size;
  const cosine = scale * Math.cos(region.angle);
  const sine = scale * Math.sin(region.angle);
  const [x, y] = [place.x - size / 2, place.y - size / 2];
  return { x: region.x + x * cosine - y * sine, y: region.y + x * sine + y * cosine };
}

/** Landmarks as places of a region's crop of side `size`, pixels. */
export function landmarksInCrop(
  { points, presence }: Landmarks,
  region: FaceRegion,
  size: number,
): Landmarks {
  const out = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const place = toCrop({ x: points[i]!, y: points[i + 1]! }, region, size);
    out[i] = place.x;
    out[i + 1] = place.y;
  }
  return { points: out, presence };
}
