/**
 * @file The size that an image header states, checked against the file before anything is decoded.
 *
 * A header of a few bytes can request gigabytes. PNG: ISO/IEC 15948, 11.2.2
 * (deflate shrinks at most 1032 times); JPEG: ITU-T T.81, B.2.2; BMP: the
 * BITMAPINFOHEADER of Windows.
 */
import { open } from 'node:fs/promises';

import { TelltaleError } from '@telltale/core';

import { pnmHeader } from './pnm.ts';

/** Largest image that is opened, pixels: twice an 8K video frame. */
export const MOST_PIXELS: number = 64 * 2 ** 20;
const BEGINNING = 256 * 1024;
/** The header of TIFF may be at the end of the file: so much of it is read, bytes. */
const MOST_TIFF = 256 * 2 ** 20;

/** Format and size of an image, as its header states them. */
export interface ImageHeader {
  /** Format, by its signature. */
  readonly kind: 'png' | 'jpeg' | 'bmp' | 'tiff' | 'webp' | 'gif' | 'avif' | 'pnm';
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/**
 * Reads the header of a PNG, JPEG, BMP, TIFF, WebP, AVIF, GIF, PGM or PPM file without decoding it.
 *
 * @throws TelltaleError `FRAME_UNREADABLE` where the file is missing or no such image, is too small for the size that
 *   its header states, or has more than 64 million pixels
 */
export async function readImageHeader(path: string): Promise<ImageHeader> {
  let bytes: Buffer;
  let size: number;
  try {
    const file = await open(path);
    try {
      size = (await file.stat()).size;
      bytes = Buffer.alloc(Math.min(size, BEGINNING));
      await file.read(bytes, 0, bytes.length, 0);
      const isTiff = bytes[0] === bytes[1] && (bytes[0] === 0x49 || bytes[0] === 0x4d);
      if (isTiff && size <= MOST_TIFF) {
        bytes = Buffer.alloc(size);
        await file.read(bytes, 0, size, 0);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw refusal(path, (error as Error).message, error);
  }
  const header = checkedHeader(bytes, path, size);
  if (header === undefined)
    throw refusal(path, 'it is not a PNG, JPEG, BMP, TIFF, WebP, AVIF, GIF, PGM or PPM image');
  return header;
}

/**
 * The header of an image in memory; undefined for another format.
 *
 * @param size - length of the whole file, bytes
 * @throws TelltaleError `FRAME_UNREADABLE` where the file is too small for the size that its header states, or that is
 *   too large
 */
export function checkedHeader(
  bytes: Buffer,
  path: string,
  size: number = bytes.length,
): ImageHeader | undefined {
  let header: ImageHeader | undefined;
  let least: number;
  try {
    header = parseHeader(bytes);
    if (header === undefined) return undefined;
    least = leastBytes(header.kind, bytes, header.width * header.height);
  } catch (error) {
    throw refusal(path, 'its header is cut off', error);
  }
  const { width, height } = header;
  const stated = `its header states ${width}×${height} pixels`;
  if (width < 1 || height < 1) throw refusal(path, stated);
  if (width * height > MOST_PIXELS) {
    throw refusal(path, `${stated}, more than ${MOST_PIXELS / 2 ** 20} million`);
  }
  if (size < least) throw refusal(path, `${stated}, and the file has ${size} bytes`);
  return header;
}

function refusal(path: string, why: string, cause?: unknown): TelltaleError {
  return new TelltaleError(
    'FRAME_UNREADABLE',
    `cannot read the image ${path}: ${why}`,
    'Copy the file again from its source.',
    { cause },
  );
}

function parseHeader(bytes: Buffer): ImageHeader | undefined {
  if (bytes.length >= 8 && bytes.readUInt32BE(0) === 0x89504e47) {
    return { kind: 'png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  }
  if (bytes.length >= 2 && bytes.readUInt16BE(0) === 0xffd8) return parseJpeg(bytes);
  if (/^RIFF....WEBP/s.test(bytes.toString('latin1', 0, 12))) return parseWebp(bytes);
  if (/^(II\*\0|MM\0\*)/.test(bytes.toString('latin1', 0, 4))) return parseTiff(bytes);
  if (bytes.length >= 2 && bytes.toString('latin1', 0, 2) === 'BM') {
    return { kind: 'bmp', width: bytes.readInt32LE(18), height: Math.abs(bytes.readInt32LE(22)) };
  }
  if (/^GIF8/.test(bytes.toString('latin1', 0, 4))) {
    return { kind: 'gif', width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  }
  if (/^....ftypavi[fs]/s.test(bytes.toString('latin1', 0, 12))) return parseAvif(bytes);
  const pnm = pnmHeader(bytes);
  return pnm && { kind: 'pnm', width: pnm.width, height: pnm.height };
}

/** WebP: RFC 9649, sections 2.5 to 2.7. */
function parseWebp(bytes: Buffer): ImageHeader {
  const kind = 'webp';
  const chunk = bytes.toString('latin1', 12, 16);
  if (chunk === 'VP8X') {
    return { kind, width: 1 + bytes.readUIntLE(24, 3), height: 1 + bytes.readUIntLE(27, 3) };
  }
  if (chunk === 'VP8L') {
    const bits = bytes.readUInt32LE(21);
    return { kind, width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
  }
  return { kind, width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
}

/** AVIF: ISO/IEC 23008-12, 6.5.3: the image's extents are in a property. */
function parseAvif(bytes: Buffer): ImageHeader {
  const at = bytes.indexOf('ispe');
  if (at < 0) throw new Error('it states no size');
  return { kind: 'avif', width: bytes.readUInt32BE(at + 8), height: bytes.readUInt32BE(at + 12) };
}

/**
 * TIFF 6.0, section 2: the size is in the first directory, which may lie anywhere in the file.
 */
function parseTiff(bytes: Buffer): ImageHeader {
  const isLittle = bytes[0] === 0x49;
  const short = (at: number): number => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)); // prettier-ignore
  const long = (at: number): number => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)); // prettier-ignore
  const directory = long(4);
  const size = { width: 0, height: 0 };
  for (let i = 0; i < short(directory); i++) {
    const at = directory + 2 + 12 * i;
    const value = short(at + 2) === 3 ? short(at + 8) : long(at + 8);
    if (short(at) === 256) size.width = value;
    if (short(at) === 257) size.height = value;
  }
  return { kind: 'tiff', ...size };
}

/** Skips segments up to the frame header, which has the size. */
function parseJpeg(bytes: Buffer): ImageHeader | undefined {
  let at = 2;
  for (;;) {
    while (bytes.readUInt8(at) === 0xff && bytes.readUInt8(at + 1) === 0xff) at += 1;
    if (bytes.readUInt8(at) !== 0xff) return undefined;
    const marker = bytes.readUInt8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      return {
        kind: 'jpeg',
        height: bytes.readUInt16BE(at + 5),
        width: bytes.readUInt16BE(at + 7),
      };
    }
    at += 2 + bytes.readUInt16BE(at + 2);
  }
}

/** Smallest possible file of so many pixels in this format, bytes. */
function leastBytes(kind: ImageHeader['kind'], bytes: Buffer, pixels: number): number {
  if (kind === 'png') {
    const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[bytes.readUInt8(25)] ?? 1;
    return Math.floor((pixels * channels * bytes.readUInt8(24)) / 8 / 1032);
  }
  if (kind === 'bmp') {
    const packed = bytes.length >= 34 && ![0, 3].includes(bytes.readUInt32LE(30));
    return packed ? 0 : Math.floor((pixels * bytes.readUInt16LE(28)) / 8);
  }
  return 0; // no bound for a progressive JPEG; the decoder reports one that is cut off
}
