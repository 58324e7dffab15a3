/** @file Writes an animated GIF, for slides and messages. */
import type { RgbImage } from '@telltale/core';
import { TelltaleError } from '@telltale/core';
import { writeWhole } from '@telltale/node/output';
import sharp from 'sharp';

/** Width of a GIF, pixels; larger frames are reduced to it. */
const WIDTH = 360;
/** Frames per second: players show no more than 50, and a file of more is large. */
const RATE = 25;
/** Frames that are kept in memory. */
const MOST = 500;

/** A frame with its time. */
export interface TimedFrame extends RgbImage {
  /** Seconds. */
  readonly time: number;
}

/**
 * Writes frames as a GIF that repeats, at most 25 per second.
 *
 * @throws TelltaleError `FRAMES_EMPTY`, `OUTPUT_UNWRITABLE`
 */
export async function writeGif(path: string, frames: AsyncIterable<TimedFrame>): Promise<void> {
  const pages: Buffer[] = [];
  const times: number[] = [];
  let size = { width: 0, height: 0 };
  for await (const { data, width, height, channels, time } of frames) {
    if (times.length > 0 && time - times.at(-1)! < 0.99 / RATE) continue;
    if (times.length === MOST) break;
    const to = Math.min(WIDTH, width);
    size = { width: to, height: Math.round((height * to) / width) };
    pages.push(await sharp(data, { raw: { width, height, channels } }).removeAlpha().resize({ ...size, fit: 'fill' }).raw().toBuffer()); // prettier-ignore
    times.push(time);
  }
  if (pages.length === 0) {
    throw new TelltaleError('FRAMES_EMPTY', `there is no frame to write to ${path}`, 'Give at least one frame.'); // prettier-ignore
  }
  const last = times.length > 1 ? times.at(-1)! - times.at(-2)! : 1 / RATE;
  const delay = times.map((time, i) => Math.max(20, Math.round(1000 * ((times[i + 1] ?? time + last) - time)))); // prettier-ignore
  const raw = { ...size, height: size.height * pages.length, channels: 3 as const, pageHeight: size.height }; // prettier-ignore
  const bytes = await sharp(Buffer.concat(pages), { raw }).gif({ delay, loop: 0, dither: 0.5, keepDuplicateFrames: true }).toBuffer(); // prettier-ignore
  await writeWhole(path, bytes);
}
