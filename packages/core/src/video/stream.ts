/** @file What a decoder provides: the frames of a stream as they are decoded, and how they are to be shown. */
import type { RgbImage } from '../base/image.ts';
import type { ColorReading } from './colors.ts';
import type { Planes } from './planes.ts';
import type { HdrTransfer } from './tone.ts';

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
  /** Whether its clock may jump where the recording was interrupted, or other recordings were joined: MPEG-TS. */
  readonly mayJump?: boolean;
  /** Video streams of the file, where there are several; covers do not count. */
  readonly videos?: number;
  /** Number of frames, where the container states it. */
  readonly expectedFrames?: number;
  /** Rotation and mirroring that the container requests. */
  readonly orientation: Orientation;
  /** Width of a pixel, relative to its height. */
  readonly pixelAspect?: number;
  /** How its samples are to be read. */
  readonly color?: StreamColor;
  /** Name of what decodes it. */
  readonly decoder?: string;
  /**
   * Timestamps of the frames that are shown, ascending, by the container; seconds. Absent where it does not state them
   * or its clock starts again.
   */
  readonly timestamps?: readonly number[] | undefined;
  /** @param onTruncated - called with the reason where the stream ends before it should */
  decode(onTruncated: (why: string) => void): AsyncIterable<DecodedFrame>;
  /**
   * Decodes the frames of some spans of time and, where that is simpler, others, in order; each span from a keyframe on
   * from which its frames are those of a whole reading. Absent where decoding always starts at the first frame.
   *
   * @param spans - timestamps, both included, in order, apart from each other
   */
  decodeWithin?(spans: readonly TimeSpan[]): AsyncIterable<DecodedFrame>;
}

/** Some time: timestamps, both included. */
export type TimeSpan = readonly [from: number, to: number];

/**
 * The rotation and mirroring that the container requests: the linear part of its display matrix, each number −1, 0
 * or 1. A step to the right becomes the step (a, b), a step down becomes (c, d).
 */
export type Orientation = readonly [a: number, b: number, c: number, d: number];

/** No rotation. */
export const UPRIGHT: Orientation = [1, 0, 0, 1];

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
  // Differences of rounded times: 25, not 24.99999999999998.
  const measured = median > 0 ? Number((1 / median).toFixed(9)) : undefined;
  const isStated = Number.isFinite(stated) && stated > 0;
  if (measured === undefined) return isStated ? stated : ASSUMED_RATE;
  // Some containers round times to milliseconds: differences below 5 % are rounding.
  return isStated && Math.abs(measured / stated - 1) < 0.05 ? stated : measured;
}

/**
 * Frames per second of a whole stream.
 *
 * @param times - presentation times of all frames, seconds, ascending
 */
export function rateOfTimes(times: readonly number[]): number {
  return rateOf(meanRate(times), times.slice(0, 300));
}

/** The mean frame rate; a common one where the times, which a container may round to milliseconds, allow it. */
function meanRate(times: readonly number[]): number {
  const seconds = times.at(-1)! - times[0]!;
  const rate = (times.length - 1) / seconds;
  const off = (one: number): number => Math.abs(rate / one - 1);
  const [whole, ntsc] = [Math.round(rate), (Math.round(rate * 1.001) * 1000) / 1001];
  const common = off(whole) < off(ntsc) ? whole : ntsc;
  return off(common) < 0.001 / seconds ? common : rate;
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
