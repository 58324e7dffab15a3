/** @file Reads and writes image files. */
import { readFile } from 'node:fs/promises';

import { TelltaleError } from '@telltale/core';
import type { RgbImage } from '@telltale/core';

import { apngFrames, apngOf } from './apng.ts';
import { isBmp, readBmp } from './bmp.ts';
import { writeThrough } from '../output.ts';
import { whyUnreadable } from '../unreadable.ts';
import { checkedHeader, MOST_PIXELS } from './header.ts';
import { pnmHeader, readPnm } from './pnm.ts';

/**
 * Reads a JPEG, PNG, BMP, TIFF, WebP, AVIF, GIF, PGM or PPM file as 8-bit sRGB, rotated by its EXIF orientation; transparent pixels become
 * black. Of 16 bits the upper 8 are used.
 *
 * The format is recognized by content, not by name.
 *
 * @returns `data` has `width × height × 3` values, row by row
 * @throws TelltaleError `FILE_MISSING`; `FRAME_UNREADABLE` where the file is no such image, is damaged, is too large, or
 *   contains several images
 */
export async function readImage(path: string): Promise<RgbImage> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') {
      throw new TelltaleError('FILE_MISSING', whyUnreadable(path, error), 'Check the path.');
    }
    throw unreadable(path, error);
  }
  const kind = checkedHeader(bytes, path)?.kind;
  const { pages } =
    kind === 'tiff' || kind === 'webp' || kind === 'gif' || kind === 'png'
      ? await stackOf(bytes, path)
      : { pages: 1 };
  try {
    if (pages > 1) throw new Error(`it contains ${pages} images; give the file itself as a clip`);
    if (isBmp(bytes)) return readBmp(bytes);
    const pnm = pnmHeader(bytes);
    return pnm ? readPnm(bytes, pnm) : await readWithSharp(bytes);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * Writes an image file in the format of its extension: `.png`, or `.jpg` or `.jpeg` with quality 95.
 *
 * @param image - RGB or RGBA, 8 bits; alpha is dropped
 * @throws TelltaleError `OPTION_INVALID` for another extension; `OUTPUT_UNWRITABLE`
 */
export async function writeImage(path: string, image: RgbImage): Promise<void> {
  if (!/\.(png|jpe?g)$/i.test(path)) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `${path} does not end in .png, .jpg or .jpeg`,
      'Give a path with one of these extensions.',
    );
  }
  const { default: sharp } = await import('sharp');
  const { data, width, height, channels } = image;
  const encoder = sharp(data, { raw: { width, height, channels } }).removeAlpha();
  await writeThrough(path, async (temporary) => {
    await encoder.jpeg({ quality: 95, force: false }).toFile(temporary);
  });
}

/** How many images a file contains. */
export interface ImageStack {
  /** Number of images, from 1. */
  readonly pages: number;
  /** How long each is shown, milliseconds; undefined where the format does not state it. */
  readonly delays: readonly number[] | undefined;
}

/** Reads how many images a file contains. @throws TelltaleError `FRAME_UNREADABLE` */
export async function stackOf(bytes: Buffer, path: string): Promise<ImageStack> {
  const { default: sharp } = await import('sharp');
  const kind = checkedHeader(bytes, path)?.kind;
  try {
    const apng = apngOf(bytes);
    if (apng !== undefined) {
      return { pages: apng.frames.length, delays: apng.frames.map(({ delay }) => delay) };
    }
    if (kind === 'png') return { pages: 1, delays: undefined };
    const { pages = 1, delay } = await sharp(bytes, { limitInputPixels: MOST_PIXELS }).metadata();
    return { pages, delays: delay };
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Reads the images of a file one after another, as {@link readImage} does. @throws TelltaleError `FRAME_UNREADABLE` */
export async function* imagesOf(bytes: Buffer, path: string): AsyncGenerator<RgbImage> {
  const { pages } = await stackOf(bytes, path);
  try {
    const apng = apngOf(bytes);
    if (apng !== undefined) yield* apngFrames(apng, rgbaOf);
    else for (let page = 0; page < pages; page++) yield await readWithSharp(bytes, page);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Pixels of a PNG with their opacity, 4 bytes each. */
async function rgbaOf(png: Buffer): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  return sharp(png, { failOn: 'truncated', limitInputPixels: MOST_PIXELS })
    .toColorspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer();
}

async function readWithSharp(bytes: Uint8Array, page = 0): Promise<RgbImage> {
  const { default: sharp } = await import('sharp');
  const input = { failOn: 'truncated', limitInputPixels: MOST_PIXELS } as const;
  const { data, info } = await sharp(bytes, page > 0 ? { ...input, page } : input)
    .autoOrient()
    .flatten({ background: 'black' })
    .toColorspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return {
    data: new Uint8Array(data.buffer, data.byteOffset, data.length),
    width,
    height,
    channels: 3,
  };
}

function unreadable(path: string, cause: unknown): TelltaleError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new TelltaleError(
    'FRAME_UNREADABLE',
    `cannot read the image ${path}: ${why}`,
    'Give a JPEG, PNG, TIFF, WebP, AVIF, GIF, PGM, PPM or uncompressed BMP file; copy it again if it was cut off.',
    { cause },
  );
}
