/** @file Frames of made-up datasets as bytes, in the format that a dataset keeps them in. */
import { extname } from 'node:path';

import type Sharp from 'sharp';

import type { Frame } from '@telltale/core';

/** As the cameras' frames are kept: hardly compressed. */
const JPEG = { quality: 95, chromaSubsampling: '4:4:4' } as const;

/**
 * A frame as JPEG, PNG or Windows bitmap, by the path's extension.
 *
 * @param gray - all channels are the same; one is kept
 */
export async function encodeFrame(
  sharp: typeof Sharp,
  { data, width, height }: Pick<Frame, 'data' | 'width' | 'height'>,
  { path, gray }: { readonly path: string; readonly gray: boolean },
): Promise<Uint8Array> {
  const extension = extname(path).toLowerCase();
  if (extension === '.bmp') return bitmap({ data, width, height });
  const channels = gray ? 1 : 3;
  const pixels = gray ? data.filter((_, i) => i % 3 === 0) : data;
  const image = sharp(pixels, { raw: { width, height, channels } });
  return extension === '.png'
    ? image.png({ compressionLevel: 3 }).toBuffer()
    : image.jpeg(JPEG).toBuffer();
}

const HEADER = 54;

/** A bitmap of 24 bits, rows from the bottom, padded to four bytes (Microsoft, "Bitmap Storage"). */
function bitmap({ data, width, height }: Pick<Frame, 'data' | 'width' | 'height'>): Uint8Array {
  const stride = Math.ceil((3 * width) / 4) * 4;
  const bytes = new Uint8Array(HEADER + stride * height);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, HEADER, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  view.setUint32(34, stride * height, true);
  for (let row = 0; row < height; row++) {
    const at = HEADER + (height - 1 - row) * stride;
    for (let column = 0; column < width; column++) {
      const i = 3 * (row * width + column);
      bytes[at + 3 * column] = data[i + 2]!;
      bytes[at + 3 * column + 1] = data[i + 1]!;
      bytes[at + 3 * column + 2] = data[i]!;
    }
  }
  return bytes;
}
