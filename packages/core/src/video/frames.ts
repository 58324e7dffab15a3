/** @file What a clip is to the analysis: frames of one size with their times, readable more than once. */
import type { RgbImage } from '../base/image.ts';

/**
 * One decoded frame. Its pixels may be gone once the next frame is requested, and may be converted only when they are
 * first looked at: copy what is kept, and leave alone what is not needed.
 */
export interface Frame extends RgbImage {
  /** From 0, without holes, in order of presentation. */
  readonly index: number;
  /** Presentation time, seconds from the first frame of the whole clip; strictly increasing. */
  readonly time: number;
}

/** A clip that can be decoded from its start as often as needed, in constant memory. */
export interface Clip {
  /** Shown to the user: a file's or folder's name. */
  readonly name: string;
  /** Pixels, after the container's rotation is applied. */
  readonly width: number;
  /** Pixels, after the container's rotation is applied. */
  readonly height: number;
  /** Frames per second: the median spacing, or what the container states. */
  readonly rate: number;
  /** Number of frames where the container states it: an estimate, for progress only. */
  readonly expectedFrames?: number;
  /** Where this is a part of a clip: number of frames before it, known once the first of its frames was read. */
  readonly firstFrame?: number | undefined;
  /**
   * Decodes from the first frame. Each call starts from the beginning and yields the same frames;
   * leaving the loop early frees the decoder.
   */
  frames(): AsyncIterable<Frame>;
}
