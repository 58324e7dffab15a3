/** @file What both decoders have in common: the opened clip, and their errors. */
import { TelltaleError } from '@telltale/core';
import type { Clip, Frame } from '@telltale/core';

import { whatItIs } from './what-it-is.ts';

/** What decodes and encodes: a package in this process, or a program. */
export type Decoder = 'built-in' | 'ffmpeg';

/** A clip that was opened from a file or folder. */
export interface OpenClip extends Clip {
  /** Ends every reading of the clip and frees its decoder. Reading it afterwards throws `CANCELED`. */
  close(): Promise<void>;
}

/**
 * A clip whose `close` ends its readings.
 *
 * @param release - frees what is held besides readings
 */
export function closable(clip: Clip, release?: () => Promise<void>): OpenClip {
  let closed = false;
  const reading = async function* (frames: AsyncIterable<Frame>): AsyncGenerator<Frame> {
    assertOpen();
    for await (const frame of frames) {
      yield frame;
      assertOpen();
    }
  };
  const assertOpen = (): void => {
    if (!closed) return;
    throw new TelltaleError(
      'CANCELED',
      `${clip.name} was closed`,
      'Open the clip again to read it.',
    );
  };
  return {
    ...clip,
    frames: () => reading(clip.frames()),
    ...(clip.framesWithin && { framesWithin: (spans) => reading(clip.framesWithin!(spans)) }),
    async close() {
      closed = true;
      await release?.();
    },
  };
}

/** The error for a file that cannot be read as a video. */
export async function unreadable(
  path: string,
  why: string,
  cause?: unknown,
): Promise<TelltaleError> {
  return new TelltaleError(
    'VIDEO_UNREADABLE',
    `cannot read ${path} as a video: ${(await whatItIs(path)) ?? why}`,
    'Give a whole video file (mp4, mov, mkv, webm, avi or mpg), or a folder of frames; copy the file again if it was cut off.',
    { cause },
  );
}

/** The error for a video that is cut off or damaged. */
export function truncated(path: string, why: string): TelltaleError {
  return new TelltaleError(
    'VIDEO_TRUNCATED',
    `${path} is damaged or cut off: ${why}`,
    'Copy or download the file again; ffmpeg -i broken.mp4 repaired.mp4 saves what is left of it.',
  );
}
