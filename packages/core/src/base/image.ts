/** @file Images as plain arrays. */

/** One plane of numbers; row `y`, column `x` is at `data[y * width + x]`. */
export interface Plane {
  /** Row by row; shape `[height, width]`. */
  readonly data: Float32Array;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** An 8-bit color image, interleaved; channel `c` of row `y`, column `x` is at `data[(y * width + x) * channels + c]`. */
export interface RgbImage {
  /** Bytes of the image, row by row. */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** 3: RGB. 4: RGBA, alpha ignored. */
  readonly channels: 3 | 4;
  /**
   * Pixels in and around a rectangle without the rest of the image, at a fraction of its size: for images whose pixels
   * are converted only when they are looked at.
   *
   * @param shrink - pixels along a side of the square that becomes one
   * @returns valid until the next call; undefined where only the whole image can be had
   */
  readonly part?: ((bounds: Bounds, shrink: Shrink) => ImagePart | undefined) | undefined;
}

/** A rectangle, pixels; `right` and `bottom` lie outside of it. */
export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** How many times smaller a part is. */
export type Shrink = 1 | 2 | 4 | 8;

/** A part of an image. Its outermost two pixels may differ from the image's, but for those at the image's own border. */
export interface ImagePart {
  readonly image: RgbImage;
  /** Place of its first pixel in the whole image, pixels of that. */
  readonly left: number;
  /** Place of its first pixel in the whole image, pixels of that. */
  readonly top: number;
}

/** Gray of a color: luma of ITU-R BT.601, in the unit of its arguments. */
export function luma(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** An image as gray values, 0 to 255 ({@link luma}); shape `[height, width]`. */
export function grayOf({ data, width, height, channels }: RgbImage): Plane {
  const gray = new Float32Array(width * height);
  for (let i = 0; i < gray.length; i++) {
    const at = channels * i;
    gray[i] = luma(data[at]!, data[at + 1]!, data[at + 2]!);
  }
  return { data: gray, width, height };
}
