/** @file Encodes images in memory. */
import type { Sharp } from 'sharp';

/** An image to encode: rows from the top, channels interleaved. */
export interface EncodableImage {
  /** `width × height × channels` values; 16 bits are supported for one channel, in PNG. */
  readonly data: Uint8Array | Uint8ClampedArray | Uint16Array;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** 1: gray. 3: RGB. 4: RGBA; alpha is dropped. */
  readonly channels: 1 | 3 | 4;
}

/** Options of {@link encodePng}. */
export interface PngOptions {
  /** Effort of zlib, 0 (fast) to 9 (small). @defaultValue 6 */
  readonly compressionLevel?: number;
}

/** Encodes an image as PNG, lossless: gray stays gray, 16 bits stay 16 bits. */
export async function encodePng(
  image: EncodableImage,
  { compressionLevel = 6 }: PngOptions = {},
): Promise<Uint8Array> {
  const opened = await opaque(image);
  return opened.png({ compressionLevel }).toBuffer();
}

/** Options of {@link encodeJpeg}. */
export interface JpegOptions {
  /** 1 to 100. @defaultValue 95 */
  readonly quality?: number;
}

/** Encodes an image of 8 bits as JPEG, without chroma subsampling. */
export async function encodeJpeg(
  image: EncodableImage,
  { quality = 95 }: JpegOptions = {},
): Promise<Uint8Array> {
  const opened = await opaque(image);
  return opened.jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer();
}

async function opaque({ data, width, height, channels }: EncodableImage): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  const image = sharp(data, { raw: { width, height, channels } }).removeAlpha();
  if (channels > 1) return image;
  return image.toColourspace(data instanceof Uint16Array ? 'grey16' : 'b-w');
}
