/** @file What optical flow is: a displacement for every pixel. */

/** Displacement of every pixel from one frame to another: pixel (x, y) of the first is at (x + u, y + v) in the second. */
export interface FlowField {
  /** Rightward displacement, pixels; shape `[height, width]`. */
  readonly u: Float32Array;
  /** Downward displacement, pixels; shape `[height, width]`. */
  readonly v: Float32Array;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}
