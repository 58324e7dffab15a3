/**
 * @file Reads and writes Windows bitmaps, in which several datasets store their frames; sharp does not.
 *
 * Microsoft, "Bitmap Storage": 8 bits per pixel with a palette, 24 or 32, uncompressed; rows are padded to four bytes
 * and stored from the bottom up unless the height is negative.
 */
import type { RgbImage } from '@telltale/core';

const PIXELS_AT = 10;
const HEADER_AT = 14;
const UNCOMPRESSED = 0;
const BIT_FIELDS = 3;

/** Whether the bytes are those of a Windows bitmap, by their signature. */
export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d;
}

/**
 * Decodes an uncompressed Windows bitmap as 8-bit RGB.
 *
 * @throws Error where it is compressed, of another depth, or cut off
 */
export function readBmp(bytes: Uint8Array): RgbImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = view.getInt32(HEADER_AT + 4, true);
  const storedHeight = view.getInt32(HEADER_AT + 8, true);
  const height = Math.abs(storedHeight);
  const depth = view.getUint16(HEADER_AT + 14, true);
  const compression = view.getUint32(HEADER_AT + 16, true);
  assertReadable(view, { depth, compression });

  const pixels = view.getUint32(PIXELS_AT, true);
  const stride = 4 * Math.ceil((width * depth) / 32);
  if (width <= 0 || height === 0 || pixels + stride * height > bytes.length) {
    throw new Error(
      `it is cut off: ${width} × ${height} pixels do not fit into ${bytes.length} bytes`,
    );
  }
  const palette = HEADER_AT + view.getUint32(HEADER_AT, true);
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const stored = storedHeight > 0 ? height - 1 - row : row;
    const start = pixels + stored * stride;
    for (let column = 0; column < width; column++) {
      const blue =
        depth === 8 ? palette + 4 * bytes[start + column]! : start + (column * depth) / 8;
      const at = 3 * (row * width + column);
      data[at] = bytes[blue + 2]!;
      data[at + 1] = bytes[blue + 1]!;
      data[at + 2] = bytes[blue]!;
    }
  }
  return { data, width, height, channels: 3 };
}

function assertReadable(
  view: DataView,
  { depth, compression }: { readonly depth: number; readonly compression: number },
): void {
  if (depth !== 8 && depth !== 24 && depth !== 32) {
    throw new Error(`it has ${depth} bits per pixel; 8, 24 and 32 are supported`);
  }
  // Bit fields are supported only in the usual order: blue in the lowest byte, red in the third.
  const usual =
    compression === BIT_FIELDS &&
    depth === 32 &&
    view.getUint32(HEADER_AT + 40, true) === 0xff0000 &&
    view.getUint32(HEADER_AT + 44, true) === 0xff00 &&
    view.getUint32(HEADER_AT + 48, true) === 0xff;
  if (compression !== UNCOMPRESSED && !usual) {
    throw new Error(`it is compressed (method ${compression})`);
  }
}

/** Length of both headers, bytes. */
const HEADERS = 54;

/**
 * Encodes an RGB image as an uncompressed Windows bitmap of 24 bits per pixel.
 *
 * @param image - 3 channels, 8 bits
 */
export function encodeBmp({ data, width, height }: RgbImage): Uint8Array {
  const stride = Math.ceil((3 * width) / 4) * 4;
  const bytes = new Uint8Array(HEADERS + stride * height);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, HEADERS, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  view.setUint32(34, stride * height, true);
  for (let row = 0; row < height; row++) {
    const at = HEADERS + (height - 1 - row) * stride;
    for (let column = 0; column < width; column++) {
      const i = 3 * (row * width + column);
      bytes[at + 3 * column] = data[i + 2]!;
      bytes[at + 3 * column + 1] = data[i + 1]!;
      bytes[at + 3 * column + 2] = data[i]!;
    }
  }
  return bytes;
}
