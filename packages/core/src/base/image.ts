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
