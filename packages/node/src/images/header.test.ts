/** @file Sizes of images from their headers, and headers that lie. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { readImageHeader } from './header.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'telltale-header-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

async function header(bytes: Uint8Array): ReturnType<typeof readImageHeader> {
  const path = join(folder, 'a.jpg');
  await writeFile(path, bytes);
  return readImageHeader(path);
}

const create = { width: 30, height: 20, channels: 3, background: 'teal' } as const;

/** An uncompressed 24-bit image. */
function bmp(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(54 + 30 * 20 * 3 + 40);
  bytes.write('BM');
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}

describe('readImageHeader', () => {
  test('reads PNG, JPEG with and without EXIF, and BMP of either direction', async () => {
    const size = { width: 30, height: 20 };
    expect(await header(await sharp({ create }).png().toBuffer())).toEqual({
      kind: 'png',
      ...size,
    });
    const exif = await sharp({ create })
      .jpeg()
      .withExif({ IFD0: { Artist: 'x'.repeat(5000) } })
      .toBuffer();
    const progressive = await sharp({ create }).jpeg({ progressive: true }).toBuffer();
    for (const bytes of [await sharp({ create }).jpeg().toBuffer(), exif, progressive]) {
      expect(await header(bytes)).toEqual({ kind: 'jpeg', ...size });
    }
    expect(await header(bmp(30, -20))).toEqual({ kind: 'bmp', ...size });
  });

  test('reads WebP of each kind, and TIFF with its directory at the end', async () => {
    const size = { width: 30, height: 20 };
    const image = sharp({ create });
    const alpha = sharp({ create: { ...create, channels: 4, background: '#12345678' } });
    for (const bytes of [
      await image.clone().webp().toBuffer(),
      await image.clone().webp({ lossless: true }).toBuffer(),
      await alpha.webp().toBuffer(),
    ]) {
      expect(await header(bytes)).toEqual({ kind: 'webp', ...size });
    }
    expect(await header(await image.tiff().toBuffer())).toEqual({ kind: 'tiff', ...size });
  });

  test('a flat image is accepted', async () => {
    const flat = sharp({ create: { width: 4000, height: 3000, channels: 3, background: 'black' } });
    expect((await header(await flat.png({ compressionLevel: 9 }).toBuffer())).width).toBe(4000);
  });

  test.each([
    [
      'a PNG of a few bytes that claims thousands of pixels',
      'png',
      8000,
      /states 8000×8000 pixels, and the file has \d+ bytes/,
    ],
    ['a PNG beyond all measure', 'png', 2 ** 31 - 1, /more than 64 million/],
    ['a PNG of nothing', 'png', 0, /states 0×0 pixels/],
    [
      'a BMP that is too small for its size',
      'bmp',
      5000,
      /states 5000×5000 pixels, and the file has \d+ bytes/,
    ],
    ['a JPEG beyond all measure', 'jpeg', 65_000, /more than 64 million/],
  ])('refuses %s', async (_, kind, side, message) => {
    let bytes: Buffer;
    if (kind === 'bmp') bytes = bmp(side, side);
    else if (kind === 'png') {
      bytes = await sharp({ create }).png().toBuffer();
      bytes.writeUInt32BE(side, 16);
      bytes.writeUInt32BE(side, 20);
    } else {
      bytes = await sharp({ create }).jpeg().toBuffer();
      const at = bytes.indexOf(Buffer.from([0xff, 0xc0]));
      bytes.writeUInt16BE(side, at + 5);
      bytes.writeUInt16BE(side, at + 7);
    }
    await expect(header(bytes)).rejects.toMatchObject({
      code: 'FRAME_UNREADABLE',
      message: expect.stringMatching(message) as string,
    });
  });

  test.each([
    ['text', Buffer.from('hello'), /not a PNG, JPEG, BMP, TIFF, WebP, AVIF, GIF, PGM or PPM image/],
    ['nothing', Buffer.alloc(0), /not a PNG, JPEG, BMP, TIFF, WebP, AVIF, GIF, PGM or PPM image/],
    ['a cut header', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), /cut off/],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(header(bytes)).rejects.toThrow(message);
  });
});
