/** @file What the process that decodes writes to its parent: one line of JSON, then frames. */

/** What a video file holds, as far as it is used. */
export interface Probe {
  /** Pixels of the decoded frames, before rotation. */
  readonly width: number;
  readonly height: number;
  /** Degrees clockwise: 0, 90, 180 or 270. */
  readonly rotation: number;
  /** ITU-R matrix and range as the file states them, else `null`. */
  readonly matrix: string | null;
  readonly fullRange: boolean | null;
  /** Presentation times of the frames that are shown, seconds, ascending. */
  readonly times: readonly number[];
  /** When the video ends by the header of the container, seconds; `null` where it states nothing. */
  readonly statedEnd: number | null;
  /** When the last frame ends, seconds. */
  readonly end: number;
  readonly hasSound: boolean;
}

/** Why there is nothing to decode. */
export interface Refusal {
  /** `foreign`: a video that another decoder reads. `unknown`: not a known container. */
  readonly kind: 'foreign' | 'unknown' | 'unreadable';
  readonly why: string;
}

/** The first line. */
export type Answer = Probe | Refusal;

/** Bytes before the planes of a frame: width, height, and 1 where the range is full, each as 32 bits. */
export const FRAME_HEADER = 12;
