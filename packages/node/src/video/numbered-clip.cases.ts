/** @file Clips whose every frame carries its number, as black and white blocks, and how to read it back. */
import { spawnSync } from 'node:child_process';

import type { RgbImage } from '@telltale/core';

const BLOCK = 16;
const BITS = 8;

/** Frame `number` of a clip: its number in the top rows, a color gradient below. */
export function numberedFrame(number: number, width = 192, height = 128): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x >> 4;
      const on = (number >> bit) & 1 ? 235 : 16;
      const inCode = y < 2 * BLOCK && bit < BITS;
      data.set(inCode ? [on, on, on] : [x, 255 - x, 2 * y], 3 * (y * width + x));
    }
  }
  return { data, width, height, channels: 3 };
}

/** The number that a frame carries. */
export function numberOf({ data, width }: RgbImage): number {
  let number = 0;
  for (let bit = 0; bit < BITS; bit++) {
    if (data[3 * (BLOCK * width + bit * BLOCK + BLOCK / 2)]! > 127) number |= 1 << bit;
  }
  return number;
}

/** Frames 0 to `count` − 1. */
export function* numberedFrames(count: number): Generator<RgbImage> {
  for (let number = 0; number < count; number++) yield numberedFrame(number);
}

/** Whether the programs are there that make the test clips. */
export const hasFfmpeg: boolean = spawnSync('ffmpeg', ['-version']).status === 0;

/** Encodes `count` numbered frames at 25 frames per second with the ffmpeg program. */
export function encodeNumbered(path: string, count: number, options: readonly string[]): void {
  const input = Buffer.concat([...numberedFrames(count)].map(({ data }) => Uint8Array.from(data)));
  ffmpeg(
    [
      '-f',
      'rawvideo',
      '-pix_fmt',
      'rgb24',
      '-s',
      '192x128',
      '-r',
      '25',
      '-i',
      '-',
      ...options,
      path,
    ],
    input,
  );
}

/** Runs ffmpeg. */
export function ffmpeg(args: readonly string[], input?: Buffer): void {
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], {
    ...(input && { input }),
  });
  if (status !== 0) throw new Error(stderr.toString());
}

/** Mean absolute difference of the values of two images. */
export function meanDifference(a: RgbImage['data'], b: RgbImage['data']): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}
