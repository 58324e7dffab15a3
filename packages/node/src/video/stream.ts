/**
 * @file The interface of a decoder, what its frames are, and the errors and log lines that decoders have in common.
 */
import { TelltaleError } from '@telltale/core';
import type { Clip, RgbImage } from '@telltale/core';
import type { ColorReading, HdrTransfer, Planes } from '@telltale/core/video';

/** What decodes and encodes: a package in this process, or a program. */
export type Decoder = 'built-in' | 'ffmpeg';

/** A frame as it is decoded, before anything is done to it. */
export interface DecodedFrame {
  /** Its samples; the last frame's may stand in for a damaged one, or nothing. */
  readonly pixels?: Planes | RgbImage | undefined;
  /** Presentation time by the clock of the container, seconds; absent where the container has none. */
  readonly timestamp?: number | undefined;
  /** The field that was recorded first, where the frame is two fields. */
  readonly field?: 'top' | 'bottom' | undefined;
  /** Whether another recording begins with it, by the clock of the file. */
  readonly isCut?: boolean;
  /** Whether it, or a frame that it was predicted from, is damaged. */
  readonly isDamaged?: boolean;
}

/** How the samples of a stream are to be read. */
export interface StreamColor extends ColorReading {
  /** Where the stream has high dynamic range. */
  readonly transfer?: HdrTransfer | undefined;
}

/** The video stream of a file. What a decoder has to provide; each call of `decode` starts at the first frame. */
export interface VideoStream {
  /** Pixels, before rotation, as stored. */
  readonly width: number;
  /** Pixels, before rotation, as stored. */
  readonly height: number;
  /** Frames per second, as stated by the container or measured from its times. */
  readonly rate: number;
  /** Whether neither states a rate, and `rate` is a guess. */
  readonly isRateAssumed?: boolean;
  /** Number of frames, where the container states it. */
  readonly expectedFrames?: number;
  readonly orientation: Orientation;
  /** Width of a pixel, relative to its height. */
  readonly pixelAspect?: number;
  readonly color?: StreamColor;
  readonly decoder?: Decoder;
  /** @param onTruncated - called with the reason where the stream ends before it should */
  decode(onTruncated: (why: string) => void): AsyncIterable<DecodedFrame>;
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
  if (measured === undefined) return isStated ? stated : ASSUMED_RATE;
  // Some containers round times to milliseconds: differences below 5 % are rounding.
  return isStated && Math.abs(measured / stated - 1) < 0.05 ? stated : measured;
}

/** Frames per second where nothing states them: what FFmpeg assumes. */
export const ASSUMED_RATE = 25;

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

/** Messages of decoders after which frames are missing, or concealed with what was there before. */
export const DAMAGE: RegExp = new RegExp(
  [
    'Invalid data|[Ee]rror (while|dc|y=|count|at MB|decoding|submitting|in the)|conceal|corrupt decoded',
    'partial file|prematurely|Truncat|[Ii]nvalid (NAL|level|code|mb|cbp|coefficient)|damaged|overread',
    'bad (vlc|cbpy|block)|illegal|slice below|[Mm]issing (reference|picture)|non-existing|Frame num gap',
    'decode_slice_header|unavailable for requested intra|negative number|Could not find ref|EOI missing',
    'CRC (mismatch|error)|EOB marker|cbp too large|out of range at',
  ].join('|'),
);
