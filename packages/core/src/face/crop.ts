/** @file Cuts a turned square out of an image, with every output pixel averaged over its area. */
import { luma, type Bounds, type Plane, type RgbImage, type Shrink } from '../base/image.ts';
import type { FaceRegion } from './landmarks.ts';
import { sampleSquare, type Square } from './sample.ts';

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
  const { size, range = [0, 255], into: out = new Float32Array(3 * size * size) } = options;
  sampleSquare(out, prepare(image, region, options), { isGray: false, range });
  return out;
}

/**
 * The region of an image in shades of gray (luma of ITU-R BT.601).
 *
 * Sampled as {@link cropPlanes} samples.
 */
export function cropGray(image: RgbImage, region: FaceRegion, options: CropOptions): Plane {
  const { size, range = [0, 255] } = options;
  const data = new Float32Array(size * size);
  sampleSquare(data, prepare(image, region, options), { isGray: true, range });
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
function prepare(image: RgbImage, region: FaceRegion, options: CropOptions): Square {
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

function layOut(image: RgbImage, region: FaceRegion, options: CropOptions): Square {
  const { width, height } = image;
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
    ...{ image, size, samples, startX, startY, stepX, stepY },
    isInside:
      region.x - 0.5 - reach >= 0 &&
      region.y - 0.5 - reach >= 0 &&
      region.x - 0.5 + reach < width - 1 &&
      region.y - 0.5 + reach < height - 1,
    isBlackOutside: outside === 'black',
  };
}
