/** @file What the FFmpeg worker sends. */
import type { VideoStream } from '@telltale/core/video';

import type { RingMemory } from './ring.ts';

/** Sent by the worker before the first frame. */
export interface RunStart {
  /** What is known of the video. */
  readonly video: Omit<VideoStream, 'decode' | 'decodeFrom' | 'decoder'>;
  readonly ring: RingMemory;
}

/** Sent by the worker at the end. */
export interface RunEnd {
  readonly ended: true;
  /** Frames that FFmpeg wrote. */
  readonly frames: number;
  /** The last error that FFmpeg logged. */
  readonly log: string;
  /** Why the file ends before it should. */
  readonly truncated?: string | undefined;
  /** Empty where FFmpeg found no video track. */
  readonly codec: string;
  readonly hasSound: boolean;
  /** Whether FFmpeg could be loaded. */
  readonly isLoaded: boolean;
  /** Whether it broke down, as where memory ends. */
  readonly isBroken?: boolean;
}
