/** @file Reads and writes image files. */
import { readFile } from 'node:fs/promises';

import { TelltaleError } from '@telltale/core';
import type { RgbImage } from '@telltale/core';

import { isBmp, readBmp } from './bmp.ts';
import { writeThrough } from '../output.ts';
import { checkedHeader } from './header.ts';

/** File extensions of the formats that {@link readImage} reads, in lower case. */
export const IMAGE_EXTENSIONS = ['.jpg', '.jpeg', '.png', '.bmp'] as const;

/**
 * Reads a JPEG, PNG or BMP file as 8-bit sRGB, rotated by its EXIF orientation; transparent pixels become black.
 *
 * The format is recognized by content, not by name.
 *
 * @returns `data` has `width × height × 3` values, row by row
 * @throws TelltaleError `FILE_MISSING`; `FRAME_UNREADABLE` where the file is no such image, is damaged, or is too large
 */
export async function readImage(path: string): Promise<RgbImage> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new TelltaleError('FILE_MISSING', `there is no file ${path}`, 'Check the path.');
    }
    throw unreadable(path, error);
  }
  checkedHeader(bytes, path);
  try {
    return isBmp(bytes) ? readBmp(bytes) : await readWithSharp(bytes);
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

async function readWithSharp(bytes: Uint8Array): Promise<RgbImage> {
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(bytes, { failOn: 'truncated' })
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
    'Give a JPEG, PNG or uncompressed BMP file; copy it again if it was cut off.',
    { cause },
  );
}
