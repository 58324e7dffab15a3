/** @file Cuts a turned square out of a picture, with every output pixel averaged over its area. */
import type { Picture, Plane } from '../base/image.ts';
import type { FaceRegion } from './landmarks.ts';

/** How a region is sampled. */
export interface CropOptions {
  /** Side of the output, pixels. */
  readonly size: number;
  /**
   * Samples per output pixel and axis; each is bilinear.
   *
   * @defaultValue half as many as the pixel is wide in the picture, at least 2 and at most 8
   */
  readonly samples?: number;
  /** What lies outside the picture: its border, repeated, or black. @defaultValue 'border' */
  readonly outside?: 'border' | 'black';
}

/**
 * The region of a picture as red, green and blue planes.
 *
 * A pixel of the output averages `samples²` bilinear samples of its square, so
 * that the result depends smoothly on where the region lies: a single sample
 * would blur more or less with the fraction of a pixel it falls on.
 *
 * @returns shape `[3, size, size]`, 0 to 255
 */
export function cropPlanes(
  picture: Picture,
  region: FaceRegion,
  options: CropOptions,
): Float32Array {
  const { size } = options;
  const out = new Float32Array(3 * size * size);
  const plane = size * size;
  sampleRegion(picture, region, options, (index, red, green, blue) => {
    out[index] = red;
    out[plane + index] = green;
    out[2 * plane + index] = blue;
  });
  return out;
}

/**
 * The region of a picture in shades of gray (luma of ITU-R BT.601), 0 to 255.
 *
 * Sampled as {@link cropPlanes} samples.
 */
export function cropGray(picture: Picture, region: FaceRegion, options: CropOptions): Plane {
  const { size } = options;
  const data = new Float32Array(size * size);
  sampleRegion(picture, region, options, (index, red, green, blue) => {
    data[index] = 0.299 * red + 0.587 * green + 0.114 * blue;
  });
  return { data, width: size, height: size };
}

type Take = (index: number, red: number, green: number, blue: number) => void;

function sampleRegion(
  { data, width, height, channels }: Picture,
  region: FaceRegion,
  { size, samples: wanted, outside = 'border' }: CropOptions,
  take: Take,
): void {
  const scale = region.size / size;
  const samples = wanted ?? Math.min(8, Math.max(2, Math.ceil(scale / 2)));
  // One step of a sample to the right is (stepX, stepY) in the picture, one down (−stepY, stepX).
  const stepX = (scale / samples) * Math.cos(region.angle);
  const stepY = (scale / samples) * Math.sin(region.angle);
  const middle = (size * samples - 1) / 2;
  const weight = 1 / (samples * samples);
  const black = outside === 'black';
  const right = width - 1;
  const bottom = height - 1;

  for (let index = 0; index < size * size; index++) {
    const left = (index % size) * samples - middle;
    const top = Math.floor(index / size) * samples - middle;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let i = 0; i < samples; i++) {
      for (let j = 0; j < samples; j++) {
        // Pixel centers lie at whole numbers plus a half.
        const x = region.x + (left + j) * stepX - (top + i) * stepY - 0.5;
        const y = region.y + (left + j) * stepY + (top + i) * stepX - 0.5;
        if (black && (x < -0.5 || y < -0.5 || x >= width - 0.5 || y >= height - 0.5)) continue;
        const column = Math.floor(x);
        const row = Math.floor(y);
        const fx = x - column;
        const fy = y - row;
        const x0 = column < 0 ? 0 : column > right ? right : column;
        const x1 = column < -1 ? 0 : column >= right ? right : column + 1;
        const y0 = row < 0 ? 0 : row > bottom ? bottom : row;
        const y1 = row < -1 ? 0 : row >= bottom ? bottom : row + 1;
        const a = (y0 * width + x0) * channels;
        const b = (y0 * width + x1) * channels;
        const c = (y1 * width + x0) * channels;
        const d = (y1 * width + x1) * channels;
        const wa = (1 - fx) * (1 - fy);
        const wb = fx * (1 - fy);
        const wc = (1 - fx) * fy;
        const wd = fx * fy;
        red += data[a]! * wa + data[b]! * wb + data[c]! * wc + data[d]! * wd;
        green += data[a + 1]! * wa + data[b + 1]! * wb + data[c + 1]! * wc + data[d + 1]! * wd;
        blue += data[a + 2]! * wa + data[b + 2]! * wb + data[c + 2]! * wc + data[d + 2]! * wd;
      }
    }
    take(index, red * weight, green * weight, blue * weight);
  }
}
