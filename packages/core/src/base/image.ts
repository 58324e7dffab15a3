/** @file Pictures as plain arrays. */

/** One plane of numbers; row `y`, column `x` is at `data[y * width + x]`. */
export interface Plane {
  readonly data: Float32Array;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** An 8-bit color picture, interleaved; channel `c` of row `y`, column `x` is at `data[(y * width + x) * channels + c]`. */
export interface Picture {
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** 3: RGB. 4: RGBA, alpha ignored. */
  readonly channels: 3 | 4;
}
