/** @file What is known of the face in one frame. */

/** A square region around a face, turned with it. */
export interface FaceRegion {
  /** Center, pixels of the frame. */
  readonly x: number;
  /** Center, pixels of the frame. */
  readonly y: number;
  /** Side, pixels of the frame. */
  readonly size: number;
  /** Clockwise turn of the face in the image, radians. */
  readonly angle: number;
}

/** The 478 points of MediaPipe's attention mesh, pixels of the frame; x of point `i` at `points[2 * i]`, y after it. */
export interface Landmarks {
  /** `x, y` of each point in turn; length 956. */
  readonly points: Float32Array;
  /** Probability that the region held a face. */
  readonly presence: number;
}
