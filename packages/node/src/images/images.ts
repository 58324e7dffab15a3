/** @file Reads and writes single pictures. */
import { readFile } from 'node:fs/promises';

import { TelltaleError } from '@telltale/core';
import type { Picture } from '@telltale/core';

import { isBmp, readBmp } from './bmp.ts';
import { writeThrough } from '../output.ts';
import { honestHeader } from './header.ts';

/** Extensions that {@link readImage} reads, in lower case. */
export const IMAGE_EXTENSIONS = ['.jpg', '.jpeg', '.png', '.bmp'] as const;

/**
 * Reads a JPEG, PNG or BMP as 8-bit RGB, upright as its EXIF orientation says.
 * The kind is told from the content, not from the name.
 *
 * @throws TelltaleError `FILE_MISSING` where there is no such file; `FRAME_UNREADABLE` where it is no
 *   whole picture.
 */
export async function readImage(path: string): Promise<Picture> {
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
  honestHeader(bytes, path);
  try {
    return isBmp(bytes) ? readBmp(bytes) : await readWithSharp(bytes);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * Writes a picture; the extension says how: `.png`, `.jpg` or `.jpeg`.
 *
 * @throws TelltaleError `OPTION_INVALID` for another extension; `OUTPUT_UNWRITABLE`.
 */
export async function writeImage(path: string, picture: Picture): Promise<void> {
  if (!/\.(png|jpe?g)$/i.test(path)) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `cannot tell from the name ${path} what kind of picture to write`,
      'Let it end in .png or .jpg.',
    );
  }
  const { default: sharp } = await import('sharp');
  const { data, width, height, channels } = picture;
  const image = sharp(data, { raw: { width, height, channels } }).removeAlpha();
  await writeThrough(path, async (temporary) => {
    await image.jpeg({ quality: 95, force: false }).toFile(temporary);
  });
}

async function readWithSharp(bytes: Uint8Array): Promise<Picture> {
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
    `cannot read the picture ${path}: ${why}`,
    'Give a whole JPEG, PNG or uncompressed BMP file; copy it again if it was cut off.',
    { cause },
  );
}
