/**
 * @file The interface of a decoder, and how its frames become a clip: times from 0, frames rotated upright, an
 * error of its own for each way in which a video can be damaged.
 */
import { basename } from 'node:path';

import { TelltaleError } from '@telltale/core';
import type { Clip, Frame, RgbImage } from '@telltale/core';

/** What decodes and encodes: a package in this process, or a program. */
export type Decoder = 'built-in' | 'ffmpeg';

/** A frame as it is decoded, before the rotation that the container requests. */
export interface DecodedFrame extends RgbImage {
  /** Presentation time by the clock of the container, seconds; absent where the container has none. */
  readonly timestamp?: number;
}

/** The video stream of a file. What a decoder has to provide; each call of `decode` starts at the first frame. */
export interface VideoStream {
  /** Pixels, before rotation. */
  readonly width: number;
  /** Pixels, before rotation. */
  readonly height: number;
  /** Frames per second, as stated by the container or measured from its times. */
  readonly rate: number;
  /** Number of frames, where the container states it. */
  readonly expectedFrames?: number;
  readonly orientation: Orientation;
  decode(): AsyncIterable<DecodedFrame>;
}

/**
 * The rotation and mirroring that the container requests: the linear part of its display matrix, each number −1, 0
 * or 1. A step to the right becomes the step (a, b), a step down becomes (c, d).
 */
export type Orientation = readonly [a: number, b: number, c: number, d: number];

/** No rotation. */
export const UPRIGHT: Orientation = [1, 0, 0, 1];

/** A clip that was opened from a file or folder. */
export interface OpenClip extends Clip {
  /** Ends every reading of the clip and frees its decoder. Reading it afterwards throws `CANCELED`. */
  close(): Promise<void>;
}

/** A clip whose `close` ends its readings. */
export function closable(clip: Clip): OpenClip {
  let closed = false;
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
    async *frames() {
      assertOpen();
      for await (const frame of clip.frames()) {
        yield frame;
        assertOpen();
      }
    },
    close() {
      closed = true;
      return Promise.resolve();
    },
  };
}

/**
 * Makes a clip of a video stream.
 *
 * @param rate - frames per second, which replace the times of the container
 */
export function clipOfStream(path: string, stream: VideoStream, rate?: number): OpenClip {
  const sideways = stream.orientation[0] === 0;
  return closable({
    name: basename(path),
    width: sideways ? stream.height : stream.width,
    height: sideways ? stream.width : stream.height,
    rate: rate ?? stream.rate,
    ...(stream.expectedFrames !== undefined && { expectedFrames: stream.expectedFrames }),
    frames: () => timedFrames(path, stream, rate),
  });
}

async function* timedFrames(
  path: string,
  stream: VideoStream,
  rate: number | undefined,
): AsyncGenerator<Frame> {
  let index = 0;
  let first: number | undefined;
  let time = 0;
  for await (const decoded of stream.decode()) {
    if (decoded.width !== stream.width || decoded.height !== stream.height) {
      throw sizeChanged(path, index, [stream, decoded]);
    }
    const { timestamp } = decoded;
    if (rate !== undefined) {
      time = index / rate;
    } else if (index > 0) {
      const stated = timestamp === undefined ? -Infinity : timestamp - (first ?? 0);
      // A frame without a usable time follows its predecessor after one frame period.
      time = stated > time ? stated : time + 1 / stream.rate;
    } else {
      first = timestamp;
    }
    yield frameOf(decoded, stream.orientation, { index, time });
    index++;
  }
  if (index === 0) {
    throw new TelltaleError(
      'FRAMES_EMPTY',
      `${path} is a video without frames`,
      'Record or export the clip again.',
    );
  }
}

/** The frame upright, with its index and time; its pixels are converted when they are first read. */
function frameOf(
  decoded: DecodedFrame,
  orientation: Orientation,
  place: { readonly index: number; readonly time: number },
): Frame {
  const { width, height, channels } = decoded;
  const sideways = orientation[0] === 0;
  let data: RgbImage['data'] | undefined;
  return {
    ...place,
    width: sideways ? height : width,
    height: sideways ? width : height,
    channels,
    get data() {
      return (data ??= oriented(decoded, orientation).data);
    },
  };
}

/**
 * Frames per second of a stream: what the container states, unless the median spacing of its frames differs, as it
 * does for recordings with pauses.
 *
 * @param times - presentation times of the first frames, seconds, in any order; ignored where one is NaN, because the
 *   spacing of the others is then too large
 */
export function rateOf(stated: number, times: readonly number[]): number {
  const known = times.some(Number.isNaN) ? [] : times;
  const sorted = [...known].sort((a, b) => a - b);
  const spacings = sorted.slice(1).map((time, i) => time - sorted[i]!);
  const median = spacings.sort((a, b) => a - b)[spacings.length >> 1] ?? 0;
  const measured = median > 0 ? 1 / median : undefined;
  const isStated = Number.isFinite(stated) && stated > 0;
  if (measured === undefined) return isStated ? stated : 25;
  // Some containers round times to milliseconds: differences below 5 % are rounding.
  return isStated && Math.abs(measured / stated - 1) < 0.05 ? stated : measured;
}

/** Rotates and mirrors an image. */
export function oriented(image: RgbImage, [a, b, c, d]: Orientation): RgbImage {
  if (a === 1 && d === 1) return image;
  const { data, width, height, channels } = image;
  const newWidth = a === 0 ? height : width;
  const newHeight = a === 0 ? width : height;
  const out = new Uint8Array(data.length);
  const startX = a < 0 || c < 0 ? newWidth - 1 : 0;
  const startY = b < 0 || d < 0 ? newHeight - 1 : 0;
  const right = channels * (a + b * newWidth);
  for (let y = 0; y < height; y++) {
    let to = channels * (startX + c * y + (startY + d * y) * newWidth);
    let from = channels * y * width;
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++)
        out[to + channel] = data[from + channel]!;
      to += right;
      from += channels;
    }
  }
  return { data: out, width: newWidth, height: newHeight, channels };
}

/**
 * Reads a display matrix as containers store it: nine numbers in 16.16 fixed point, row by row.
 *
 * @returns `UPRIGHT` for anything but rotations by multiples of 90° and mirroring
 */
export function orientationOf(matrix: readonly number[]): Orientation {
  const linear = [matrix[0]!, matrix[1]!, matrix[3]!, matrix[4]!].map((value) => value / 65536);
  const [a, b, c, d] = linear.map((value) => Math.round(value) || 0);
  const turn = Math.abs(a!) === 1 && Math.abs(d!) === 1 && b === 0 && c === 0;
  const quarter = Math.abs(b!) === 1 && Math.abs(c!) === 1 && a === 0 && d === 0;
  return turn || quarter ? [a!, b!, c!, d!] : UPRIGHT;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The error for a video whose frame size changes at frame `index`. */
export function sizeChanged(
  path: string,
  index: number,
  [before, after]: readonly [Size, Size],
): TelltaleError {
  return new TelltaleError(
    'FRAMES_SIZE_CHANGED',
    `frame ${index} of ${path} has ${after.width} × ${after.height} pixels, the ones before ${before.width} × ${before.height}`,
    'Cut the video where its size changes and analyze the parts one by one.',
  );
}

/** The error for a file that cannot be read as a video. */
export function unreadable(path: string, why: string, cause?: unknown): TelltaleError {
  return new TelltaleError(
    'VIDEO_UNREADABLE',
    `cannot read ${path} as a video: ${why}`,
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

/** Whether a format that the decoders read is not a video: single images, playlists, text. */
export function isNoClip(format: string): boolean {
  return /(^|,)(image2|tty|hls|dash|concat|ffmetadata)(,|$)|_pipe/.test(format);
}

/** Messages after which frames are missing or concealed. */
export const DAMAGE: RegExp =
  /Invalid data|[Ee]rror while decoding|Error submitting|concealing|corrupt|partial file|ended prematurely|Truncat|Invalid NAL|invalid level|ac-tex damaged/;
