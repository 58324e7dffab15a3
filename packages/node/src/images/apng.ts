/**
 * @file Animated PNG (APNG), which sharp reads the first image of: its frames, put together.
 *
 * @see PNG Specification, third edition (W3C 2025), 4.9 and 11.3.6
 */
import { crc32 } from 'node:zlib';

import type { RgbImage } from '@telltale/core';

interface ApngFrame {
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
  /** Milliseconds. */
  readonly delay: number;
  /** What becomes of its place once it was shown: it stays, is cleared, or is as before. */
  readonly dispose: 'none' | 'background' | 'previous';
  /** Whether it replaces what is there, with its transparency. */
  readonly isSource: boolean;
  readonly data: readonly Uint8Array[];
}

/** An animated PNG. */
export interface Apng {
  readonly width: number;
  readonly height: number;
  readonly frames: readonly ApngFrame[];
  /** Chunks that each of its images needs: palette, transparency, gamma. */
  readonly shared: readonly Uint8Array[];
  /** The header's last five bytes: depth, kind of color and others. */
  readonly kind: Uint8Array;
}

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** Chunks behind which come pixels, or that concern the file as a whole. */
const APART = new Set(['IHDR', 'acTL', 'fcTL', 'IDAT', 'fdAT', 'IEND']);

/** Takes an animated PNG apart; undefined for any other file. @throws Error where it is cut off or damaged */
export function apngOf(bytes: Buffer): Apng | undefined {
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) return undefined;
  let stated: number | undefined;
  const frames: ApngFrame[] = [];
  const shared: Uint8Array[] = [];
  let data: Uint8Array[] | undefined;
  let hasEnd = false;
  for (const { type, body, whole } of chunksOf(bytes)) {
    if (type === 'acTL') stated = body.readUInt32BE(0);
    else if (stated === undefined && type === 'IDAT') return undefined;
    else if (type === 'fcTL') frames.push({ ...controlOf(body), data: (data = []) });
    else if (type === 'IDAT')
      data?.push(body); // without fcTL, it is not of the animation
    else if (type === 'fdAT') data?.push(body.subarray(4));
    else if (!APART.has(type) && frames.length === 0) shared.push(whole);
    hasEnd ||= type === 'IEND';
  }
  if (stated === undefined) return undefined;
  if (!hasEnd || frames.length !== stated) {
    throw new Error(`it states ${stated} images and contains ${frames.length}: it is cut off`);
  }
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  for (const frame of frames) {
    if (frame.x + frame.width > width || frame.y + frame.height > height) {
      throw new Error('one of its images lies outside of the frame');
    }
  }
  return { width, height, frames, shared, kind: bytes.subarray(24, 29) };
}

function* chunksOf(bytes: Buffer): Generator<{ type: string; body: Buffer; whole: Buffer }> {
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    if (at + 12 + length > bytes.length) return;
    yield {
      type: bytes.toString('latin1', at + 4, at + 8),
      body: bytes.subarray(at + 8, at + 8 + length),
      whole: bytes.subarray(at, at + 12 + length),
    };
    at += 12 + length;
  }
}

function controlOf(body: Buffer): Omit<ApngFrame, 'data'> {
  const [above, below] = [body.readUInt16BE(20), body.readUInt16BE(22)];
  return {
    width: body.readUInt32BE(4),
    height: body.readUInt32BE(8),
    x: body.readUInt32BE(12),
    y: body.readUInt32BE(16),
    delay: (1000 * above) / (below === 0 ? 100 : below),
    dispose: (['none', 'background', 'previous'] as const)[body.readUInt8(24)] ?? 'none',
    isSource: body.readUInt8(25) === 0,
  };
}

/**
 * The frames of an animated PNG, each as it is shown on black.
 *
 * @param decode - pixels of a PNG file with one image, in RGBA
 */
export async function* apngFrames(
  apng: Apng,
  decode: (png: Buffer) => Promise<Uint8Array>,
): AsyncGenerator<RgbImage> {
  const { width, height } = apng;
  let canvas = new Uint8Array(4 * width * height);
  for (const [index, frame] of apng.frames.entries()) {
    const before = frame.dispose === 'previous' ? canvas.slice() : undefined;
    draw(canvas, { width, frame, pixels: await decode(pngOf(apng, frame)) });
    yield { data: onBlack(canvas), width, height, channels: 3 };
    // What was there before the first frame is nothing.
    if (before !== undefined && index > 0) canvas = before;
    else if (frame.dispose !== 'none') draw(canvas, { width, frame, pixels: undefined });
  }
}

/** Draws a frame in its place, or clears that. */
function draw(
  canvas: Uint8Array,
  {
    width,
    frame,
    pixels,
  }: {
    readonly width: number;
    readonly frame: ApngFrame;
    readonly pixels: Uint8Array | undefined;
  },
): void {
  for (let y = 0; y < frame.height; y++) {
    for (let x = 0; x < frame.width; x++) {
      const to = 4 * ((frame.y + y) * width + frame.x + x);
      if (pixels === undefined) {
        canvas.fill(0, to, to + 4);
        continue;
      }
      const from = 4 * (y * frame.width + x);
      const opacity = pixels[from + 3]! / 255;
      if (frame.isSource || opacity === 1) canvas.set(pixels.subarray(from, from + 4), to);
      else if (opacity > 0) blend(canvas.subarray(to, to + 4), pixels.subarray(from, from + 4));
    }
  }
}

/** Draws a pixel over another ("over" of Porter and Duff, not premultiplied). */
function blend(below: Uint8Array, above: Uint8Array): void {
  const [a, b] = [above[3]! / 255, below[3]! / 255];
  const opacity = a + b * (1 - a);
  for (let i = 0; i < 3; i++) {
    below[i] = Math.round((above[i]! * a + below[i]! * b * (1 - a)) / opacity);
  }
  below[3] = Math.round(255 * opacity);
}

function onBlack(canvas: Uint8Array): Uint8Array {
  const data = new Uint8Array((canvas.length / 4) * 3);
  for (let from = 0, to = 0; from < canvas.length; from += 4, to += 3) {
    const opacity = canvas[from + 3]! / 255;
    for (let i = 0; i < 3; i++) data[to + i] = Math.round(canvas[from + i]! * opacity);
  }
  return data;
}

/** One frame as a PNG file of its own. */
function pngOf({ shared, kind }: Apng, { width, height, data }: ApngFrame): Buffer {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  const pixels = data.map((body) => chunk('IDAT', body));
  const header = chunk('IHDR', Buffer.concat([size, kind]));
  return Buffer.concat([
    ...[SIGNATURE, header, ...shared, ...pixels, chunk('IEND', new Uint8Array(0))],
  ]);
}

function chunk(type: string, body: Uint8Array): Buffer {
  const out = Buffer.alloc(12 + body.length);
  out.writeUInt32BE(body.length, 0);
  out.write(type, 4, 'latin1');
  out.set(body, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + body.length)), 8 + body.length);
  return out;
}
