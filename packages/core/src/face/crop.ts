/** @file Cuts a turned square out of an image, with every output pixel averaged over its area. */
import { luma, type Bounds, type Plane, type RgbImage, type Shrink } from '../base/image.ts';
import type { FaceRegion } from './landmarks.ts';

/** How a region is sampled. */
export interface CropOptions {
  /** Side of the output, pixels. */
  readonly size: number;
  /**
   * Samples per output pixel and axis; each is bilinear.
   *
   * @defaultValue as many as the pixel is wide in the image, at least 2 and at most 8
   */
  readonly samples?: number;
  /** What lies outside the image: its border, repeated, or black. @defaultValue 'border' */
  readonly outside?: 'border' | 'black';
  /**
   * Whether an image of which each pixel of the output covers four or more is first averaged over squares: faster, and
   * not the same numbers. @defaultValue false
   */
  readonly isRough?: boolean;
  /** The value of black and of white in the output. @defaultValue from 0 to 255 */
  readonly range?: readonly [black: number, white: number];
  /** Planes of the same size that are not needed any more: written over, and returned. @defaultValue new ones */
  readonly into?: Float32Array | undefined;
}

/**
 * The region of an image as red, green and blue planes.
 *
 * A pixel of the output averages `samples²` bilinear samples of its square, so
 * that the result depends smoothly on where the region lies: a single sample
 * would blur more or less with the fraction of a pixel it falls on.
 *
 * @returns shape `[3, size, size]`
 */
export function cropPlanes(
  image: RgbImage,
  region: FaceRegion,
  options: CropOptions,
): Float32Array {
  const { size, range: [black, white] = [0, 255], into } = options;
  const plane = size * size;
  const out = into ?? new Float32Array(3 * plane);
  const source = prepare(image, region, options);
  const colors = new Float64Array(3 * size);
  const gain = (white - black) / 255;
  for (let row = 0, index = 0; row < size; row++) {
    sampleRow(colors, source, row);
    for (let at = 0; at < 3 * size; at += 3, index++) {
      out[index] = colors[at]! * gain + black;
      out[plane + index] = colors[at + 1]! * gain + black;
      out[2 * plane + index] = colors[at + 2]! * gain + black;
    }
  }
  return out;
}

/**
 * The region of an image in shades of gray (luma of ITU-R BT.601).
 *
 * Sampled as {@link cropPlanes} samples.
 */
export function cropGray(image: RgbImage, region: FaceRegion, options: CropOptions): Plane {
  const { size, range: [black, white] = [0, 255] } = options;
  const data = new Float32Array(size * size);
  const source = prepare(image, region, options);
  const colors = new Float64Array(3 * size);
  const gain = (white - black) / 255;
  for (let row = 0, index = 0; row < size; row++) {
    sampleRow(colors, source, row);
    for (let at = 0; at < 3 * size; at += 3, index++) {
      data[index] = luma(colors[at]!, colors[at + 1]!, colors[at + 2]!) * gain + black;
    }
  }
  return { data, width: size, height: size };
}

/**
 * The middle of a cut-out region in shades of gray: what {@link cropGray} gives of the same pixels, for
 * little more than nothing where red, green and blue are at hand.
 *
 * @param planes - from {@link cropPlanes}, shape `[3, side, side]`, values from 0 to 1
 * @param side - pixels of a side of the planes
 * @param size - pixels of a side of the middle; of the same parity as `side`
 * @returns values from 0 to 255
 */
export function grayOfMiddle(planes: Float32Array, side: number, size: number): Plane {
  const data = new Float32Array(size * size);
  const margin = (side - size) / 2;
  const plane = side * side;
  for (let y = 0, to = 0; y < size; y++) {
    for (let x = 0, at = (y + margin) * side + margin; x < size; x++, to++, at++) {
      data[to] = 255 * luma(planes[at]!, planes[plane + at]!, planes[2 * plane + at]!);
    }
  }
  return { data, width: size, height: size };
}

/** A region laid out on an image. */
interface Source {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly size: number;
  readonly samples: number;
  /** The first sample's place, counted from the first pixel's center. */
  readonly startX: number;
  readonly startY: number;
  /** From one sample to the next is (stepX, stepY), from one row to the next (−stepY, stepX). */
  readonly stepX: number;
  readonly stepY: number;
  /** No sample needs a pixel that is not there. */
  readonly isInside: boolean;
  readonly isBlackOutside: boolean;
}

/** Of a part of the image, so many pixels around the region are wanted: its outermost ones are not exact. */
const MARGIN = 4;

/** The part of an image that a region is cut out of, and at which fraction of its size. */
export function partFor(
  region: FaceRegion,
  image: Pick<RgbImage, 'width' | 'height'>,
  { size, isRough = false }: Pick<CropOptions, 'size' | 'isRough'>,
): { readonly bounds: Bounds; readonly shrink: Shrink } {
  const shrink = isRough ? shrinkOf(region.size / size) : 1;
  return { bounds: boundsOf(region, image, MARGIN * shrink), shrink };
}

/** A region laid out on the part of the image that it needs. */
function prepare(image: RgbImage, region: FaceRegion, options: CropOptions): Source {
  const { samples } = options;
  const { bounds, shrink } = partFor(region, image, options);
  const part = image.part?.(bounds, shrink);
  if (part === undefined) return layOut(image, region, options);
  const { size, x, y, angle } = region;
  const there = { x: (x - part.left) / shrink, y: (y - part.top) / shrink, size: size / shrink };
  const fewer = samples === undefined ? {} : { samples: Math.max(2, Math.ceil(samples / shrink)) };
  return layOut(part.image, { ...there, angle }, { ...options, ...fewer });
}

/** How much smaller an image may be of which each pixel of a crop covers so many: two are left, and less than four. */
function shrinkOf(scale: number): Shrink {
  return scale < 4 ? 1 : scale < 8 ? 2 : scale < 16 ? 4 : 8;
}

/** What of an image a region reaches. */
function boundsOf(
  { x, y, size, angle }: FaceRegion,
  { width, height }: Pick<RgbImage, 'width' | 'height'>,
  margin: number,
): Bounds {
  const reach = (size / 2) * (Math.abs(Math.cos(angle)) + Math.abs(Math.sin(angle))) + margin;
  const inside = (value: number, end: number): number =>
    Math.max(0, Math.min(end, Math.round(value)));
  return {
    left: inside(x - reach, width - 1),
    top: inside(y - reach, height - 1),
    right: inside(Math.max(1, x + reach), width),
    bottom: inside(Math.max(1, y + reach), height),
  };
}

function layOut(image: RgbImage, region: FaceRegion, options: CropOptions): Source {
  const { data, width, height, channels } = image;
  const { size, outside = 'border' } = options;
  const scale = region.size / size;
  const samples = options.samples ?? Math.min(8, Math.max(2, Math.ceil(scale)));
  const stepX = (scale / samples) * Math.cos(region.angle);
  const stepY = (scale / samples) * Math.sin(region.angle);
  const half = (size * samples - 1) / 2;
  // Pixel centers lie at whole numbers plus a half.
  const startX = region.x - 0.5 - half * stepX + half * stepY;
  const startY = region.y - 0.5 - half * stepY - half * stepX;
  const reach = half * (Math.abs(stepX) + Math.abs(stepY)) + 1;
  return {
    data: new Uint8Array(data.buffer, data.byteOffset, data.length),
    ...{ width, height, channels, size, samples, startX, startY, stepX, stepY },
    isInside:
      region.x - 0.5 - reach >= 0 &&
      region.y - 0.5 - reach >= 0 &&
      region.x - 0.5 + reach < width - 1 &&
      region.y - 0.5 + reach < height - 1,
    isBlackOutside: outside === 'black',
  };
}

/** Averages the samples of each pixel of a row of the output into `colors`, red, green and blue in turn. */
function sampleRow(colors: Float64Array, source: Source, outRow: number): void {
  const { data, width, height, channels, size, samples, startX, startY, stepX, stepY } = source;
  const { isInside, isBlackOutside } = source;
  const row = outRow * samples;
  const rightmost = width - 1;
  const lowest = height - 1;
  const across = channels * width;
  const weight = 1 / (samples * samples);
  for (let pixel = 0; pixel < size; pixel++) {
    const column = pixel * samples;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let i = 0; i < samples; i++) {
      let x = startX + column * stepX - (row + i) * stepY;
      let y = startY + column * stepY + (row + i) * stepX;
      for (let j = 0; j < samples; j++, x += stepX, y += stepY) {
        let left: number;
        let top: number;
        let right = channels;
        let below = across;
        let fx: number;
        let fy: number;
        if (isInside) {
          left = x | 0; // positive, so that this is the floor
          top = y | 0;
          fx = x - left;
          fy = y - top;
        } else {
          if (isBlackOutside && (x < -0.5 || y < -0.5 || x >= width - 0.5 || y >= height - 0.5))
            continue;
          const nearX = x < 0 ? 0 : x > rightmost ? rightmost : x;
          const nearY = y < 0 ? 0 : y > lowest ? lowest : y;
          left = nearX | 0;
          top = nearY | 0;
          fx = nearX - left;
          fy = nearY - top;
          if (left === rightmost) right = 0;
          if (top === lowest) below = 0;
        }
        const a = (top * width + left) * channels;
        const b = a + right;
        const c = a + below;
        const d = c + right;
        const wd = fx * fy;
        const wb = fx - wd;
        const wc = fy - wd;
        const wa = 1 - fx - wc;
        red += data[a]! * wa + data[b]! * wb + data[c]! * wc + data[d]! * wd;
        green += data[a + 1]! * wa + data[b + 1]! * wb + data[c + 1]! * wc + data[d + 1]! * wd;
        blue += data[a + 2]! * wa + data[b + 2]! * wb + data[c + 2]! * wc + data[d + 2]! * wd;
      }
    }
    colors[3 * pixel] = red * weight;
    colors[3 * pixel + 1] = green * weight;
    colors[3 * pixel + 2] = blue * weight;
  }
}
