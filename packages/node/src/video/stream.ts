/**
 * @file What both decoders give, and how it becomes a clip: times from 0, pictures
 * upright, every way in which a video can be broken told apart.
 */
import { basename } from 'node:path';

import { TelltaleError } from '@telltale/core';
import type { Clip, Frame, Picture } from '@telltale/core';

/** Which program decodes and encodes. */
export type Decoder = 'node-av' | 'ffmpeg';

/** A picture as the decoder gives it, before the container's rotation. */
export interface DecodedPicture extends Picture {
  /** Presentation time by the container's clock, seconds; absent where the container has none. */
  readonly timestamp?: number;
}

/** One video in a file, decodable from its start as often as needed. */
export interface VideoStream {
  /** Pixels, before rotation. */
  readonly width: number;
  /** Pixels, before rotation. */
  readonly height: number;
  /** Frames per second, as the container states or implies. */
  readonly rate: number;
  /** Number of frames, where the container states it. */
  readonly expectedFrames?: number;
  readonly orientation: Orientation;
  decode(): AsyncIterable<DecodedPicture>;
}

/**
 * How the container wants its pictures turned: the linear part of its display
 * matrix, each number −1, 0 or 1. A step right becomes the step (a, b), a step
 * down the step (c, d).
 */
export type Orientation = readonly [a: number, b: number, c: number, d: number];

/** Pictures as they are. */
export const UPRIGHT: Orientation = [1, 0, 0, 1];

/** A clip whose resources can be freed before the process ends. */
export interface OpenClip extends Clip {
  /** Frees what the clip holds; it must not be read any more. */
  close(): Promise<void>;
}

/**
 * Makes a clip of a stream.
 *
 * @param rate - frames per second to believe instead of the container's times
 */
export function clipOfStream(path: string, stream: VideoStream, rate?: number): OpenClip {
  const sideways = stream.orientation[0] === 0;
  return {
    name: basename(path),
    width: sideways ? stream.height : stream.width,
    height: sideways ? stream.width : stream.height,
    rate: rate ?? stream.rate,
    ...(stream.expectedFrames !== undefined && { expectedFrames: stream.expectedFrames }),
    frames: () => timedFrames(path, stream, rate),
    close: () => Promise.resolve(),
  };
}

async function* timedFrames(
  path: string,
  stream: VideoStream,
  rate: number | undefined,
): AsyncGenerator<Frame> {
  let index = 0;
  let first: number | undefined;
  let time = 0;
  for await (const picture of stream.decode()) {
    if (picture.width !== stream.width || picture.height !== stream.height) {
      throw sizeChanged(path, index, [stream, picture]);
    }
    const { timestamp } = picture;
    if (rate !== undefined) {
      time = index / rate;
    } else if (index > 0) {
      const stated = timestamp === undefined ? -Infinity : timestamp - (first ?? 0);
      // Without a usable time, a frame follows its predecessor at the usual distance.
      time = stated > time ? stated : time + 1 / stream.rate;
    } else {
      first = timestamp;
    }
    yield frameOf(picture, stream.orientation, { index, time });
    index++;
  }
  if (index === 0) {
    throw new TelltaleError(
      'FRAMES_EMPTY',
      `${path} is a video without a single frame`,
      'Record or export the clip again.',
    );
  }
}

/** The picture upright, with its place in the clip; its pixels are fetched when they are first asked for. */
function frameOf(
  picture: DecodedPicture,
  orientation: Orientation,
  place: { readonly index: number; readonly time: number },
): Frame {
  const { width, height, channels } = picture;
  const sideways = orientation[0] === 0;
  let data: Picture['data'] | undefined;
  return {
    ...place,
    width: sideways ? height : width,
    height: sideways ? width : height,
    channels,
    get data() {
      return (data ??= oriented(picture, orientation).data);
    },
  };
}

/**
 * Frames per second of a stream: what the container states, unless the median
 * spacing of its frames tells otherwise, as after a pause.
 *
 * @param times - of the first frames, seconds, in any order; not looked at where one is NaN, because
 *   the others are then too far apart
 */
export function rateOf(stated: number, times: readonly number[]): number {
  const known = times.some(Number.isNaN) ? [] : times;
  const sorted = [...known].sort((a, b) => a - b);
  const spacings = sorted.slice(1).map((time, i) => time - sorted[i]!);
  const median = spacings.sort((a, b) => a - b)[spacings.length >> 1] ?? 0;
  const measured = median > 0 ? 1 / median : undefined;
  const isStated = Number.isFinite(stated) && stated > 0;
  if (measured === undefined) return isStated ? stated : 25;
  // Some containers round times to milliseconds: a near miss is such rounding.
  return isStated && Math.abs(measured / stated - 1) < 0.05 ? stated : measured;
}

/** Turns and mirrors a picture. */
export function oriented(picture: Picture, [a, b, c, d]: Orientation): Picture {
  if (a === 1 && d === 1) return picture;
  const { data, width, height, channels } = picture;
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
 * Reads a display matrix as containers store it, nine numbers row by row.
 *
 * @returns `UPRIGHT` where it is not made of quarter turns and mirrorings
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

/** The error for a video that changes its size at frame `index`. */
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

/** The error for a file that is not a video that can be read. */
export function unreadable(path: string, why: string, cause?: unknown): TelltaleError {
  return new TelltaleError(
    'VIDEO_UNREADABLE',
    `cannot read ${path} as a video: ${why}`,
    'Give a whole video file (mp4, mov, mkv, webm, avi or mpg), or a folder of pictures with --fps; copy the file again if it was cut off.',
    { cause },
  );
}

/** The error for a video that breaks off or is damaged. */
export function truncated(path: string, why: string): TelltaleError {
  return new TelltaleError(
    'VIDEO_TRUNCATED',
    `${path} is damaged or cut off: ${why}`,
    'Copy or download the file again; what remains can be saved with ffmpeg -i broken.mp4 repaired.mp4.',
  );
}

/** Containers that are no clips although the decoders read them: single pictures, playlists, text. */
export function isNoClip(format: string): boolean {
  return /(^|,)(image2|tty|hls|dash|concat|ffmetadata)(,|$)|_pipe/.test(format);
}
