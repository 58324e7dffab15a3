/** @file What the FFmpeg worker is sent, and what it sends: besides these, bytes of frames where no memory is shared. */
import type { VideoStream } from '@telltale/core/video';

import type { RingMemory } from './ring.ts';

/** Sent to the worker for each reading, always with the same file. */
export interface RunRequest {
  readonly file: Blob;
  /** Whether workers can share memory. */
  readonly isShared: boolean;
}

/** Sent to the worker after each {@link PartEnd}, once its frames are used up. */
export const MORE = 'more';

/** Sent by the worker where a part has ended and the clip has not. */
export interface PartEnd {
  readonly isPaused: true;
}

/** Sent by the worker before the first frame. */
export interface RunStart {
  /** What is known of the video. */
  readonly video: Omit<VideoStream, 'decode' | 'decodeFrom' | 'decoder'>;
  /** Absent where frames come as messages. */
  readonly ring?: RingMemory;
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
