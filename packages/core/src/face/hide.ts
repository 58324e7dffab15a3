/** @file Makes faces unrecognizable: everything in an ellipse around each becomes a few smooth patches of its mean colors. */
import type { RgbImage } from '../base/image.ts';
import type { FaceRegion } from './landmarks.ts';

/** Patches across a region, which is half as wide again as the face: four across the face. */
const PATCHES = 6;
/** Axes of the ellipse, parts of the region's side: hair and chin are inside. */
const AXES = [0.42, 0.5] as const;

/**
 * A copy of an image in which faces cannot be recognized. What the detector did not find stays as it is.
 *
 * @param regions - of the faces, pixels of the image
 * @returns RGB
 */
export function hideFaces(image: RgbImage, regions: readonly FaceRegion[]): RgbImage {
  const { width, height, channels } = image;
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) data[3 * i + c] = image.data[channels * i + c]!;
  }
  for (const region of regions) hide(data, { width, height }, region);
  return { data, width, height, channels: 3 };
}

function hide(
  data: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  { x, y, size, angle }: FaceRegion,
): void {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const reach = AXES[1] * size;
  const [left, right] = [Math.max(0, Math.floor(x - reach)), Math.min(width, Math.ceil(x + reach))];
  const [top, bottom] = [Math.max(0, Math.floor(y - reach)), Math.min(height, Math.ceil(y + reach))]; // prettier-ignore
  /** Place in the region, from −0.5 to 0.5. */
  const across = (px: number, py: number): number => ((px - x) * cosine + (py - y) * sine) / size;
  const down = (px: number, py: number): number => ((py - y) * cosine - (px - x) * sine) / size;
  const patch = (place: number): number =>
    Math.min(PATCHES - 1, Math.max(0, Math.floor((place + 0.5) * PATCHES)));
  const sums = new Float64Array(4 * PATCHES * PATCHES);
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const [u, v] = [across(column + 0.5, row + 0.5), down(column + 0.5, row + 0.5)];
      const at = 4 * (PATCHES * patch(v) + patch(u));
      const from = 3 * (row * width + column);
      for (let c = 0; c < 3; c++) sums[at + c]! += data[from + c]!;
      sums[at + 3]! += 1;
    }
  }
  const mean = (i: number, j: number, c: number): number => {
    const at = 4 * (PATCHES * j + i);
    return sums[at + 3]! > 0 ? sums[at + c]! / sums[at + 3]! : 128;
  };
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const [u, v] = [across(column + 0.5, row + 0.5), down(column + 0.5, row + 0.5)];
      if ((u / AXES[0]) ** 2 + (v / AXES[1]) ** 2 > 1) continue;
      const [i, j] = [(u + 0.5) * PATCHES - 0.5, (v + 0.5) * PATCHES - 0.5];
      const [i0, j0] = [Math.max(0, Math.floor(i)), Math.max(0, Math.floor(j))];
      const [i1, j1] = [Math.min(PATCHES - 1, i0 + 1), Math.min(PATCHES - 1, j0 + 1)];
      const [fx, fy] = [Math.max(0, i - i0), Math.max(0, j - j0)];
      for (let c = 0; c < 3; c++) {
        const above = mean(i0, j0, c) * (1 - fx) + mean(i1, j0, c) * fx;
        const below = mean(i0, j1, c) * (1 - fx) + mean(i1, j1, c) * fx;
        data[3 * (row * width + column) + c] = above * (1 - fy) + below * fy;
      }
    }
  }
}
