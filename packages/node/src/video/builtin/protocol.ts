/** @file What the process that decodes writes to its parent: one line of JSON, then frames. */
import type { Orientation, StreamColor, TimeSpan } from '@telltale/core/video';

/** What a video file holds, as far as it is used. */
export interface Probe {
  /** Pixels of the decoded frames, before rotation. */
  readonly width: number;
  /** Pixels of the decoded frames, before rotation. */
  readonly height: number;
  readonly orientation: Orientation;
  /** Width of a pixel, relative to its height. */
  readonly pixelAspect: number;
  readonly color: StreamColor;
  /** Presentation times of the frames that are shown, seconds, ascending. */
  readonly times: readonly number[];
  /** Whether the times are a guess, because nothing states a rate. */
  readonly isRateAssumed: boolean;
  /** Why the video ends before it should; `null` where it is whole. */
  readonly truncated: string | null;
  readonly hasSound: boolean;
  /** Video streams of the file. */
  readonly videos: number;
  /** Whether its clock may jump. */
  readonly mayJump: boolean;
  /** Whether decoding can start at a keyframe by the time at which it is shown. */
  readonly isSeekable: boolean;
}

/** Why there is nothing to decode. */
export interface Refusal {
  /** `foreign`: a video that another decoder reads. `unknown`: not a known container. */
  readonly kind: 'foreign' | 'unknown' | 'unreadable';
  readonly why: string;
}

/** From the parent, once it has the answer: the frames of some spans are requested, or all. */
export interface Request {
  /** In order, apart from each other; absent where all frames are. */
  readonly spans?: readonly TimeSpan[] | undefined;
}

/** The first line. */
export type Answer = Probe | Refusal;
