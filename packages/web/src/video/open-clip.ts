/** @file What an open clip is in the browser. */
import type { Clip } from '@telltale/core';

/** An open clip: frames of one size, in order, readable more than once. */
export interface OpenClip extends Clip {
  /** What decodes it. */
  readonly decoder: 'webcodecs' | 'ffmpeg';
  /** Seconds by the clock of the container, one per frame, ascending; known beforehand with WebCodecs. */
  readonly times?: readonly number[];
  /** Frees the decoder. The clip cannot be read afterwards. */
  close(): void;
}
