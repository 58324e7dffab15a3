/** @file Frames of synthetic datasets as bytes, in the format in which the dataset stores them. */
import { extname } from 'node:path';

import type { RgbImage } from '@telltale/core';
import { encodeBmp, encodeJpeg, encodePng } from '@telltale/node/images';

/**
 * Encodes a frame as JPEG (quality 95), PNG or Windows bitmap, by the extension of the path.
 *
 * @param frame - RGB, 8 bits
 */
export function encodeFrame(frame: RgbImage, path: string): Promise<Uint8Array> {
  const extension = extname(path).toLowerCase();
  if (extension === '.bmp') return Promise.resolve(encodeBmp(frame));
  return extension === '.png' ? encodePng(frame, { compressionLevel: 3 }) : encodeJpeg(frame);
}
