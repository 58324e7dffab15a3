/** @file Pictures of an analysis as addresses that a page and a file can hold. */
import { flowColors } from '@telltale/core/motion';
import type { RgbImage } from '@telltale/core';
import type { FlowField } from '@telltale/core/motion';

/** How a picture is written. */
export type PictureKind = 'image/png' | 'image/jpeg';

/** The picture as a `data:image/…` address. */
export async function addressOf(picture: RgbImage, kind: PictureKind): Promise<string> {
  const { width, height } = picture;
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')!.putImageData(new ImageData(rgbaOf(picture), width, height), 0, 0);
  const blob = await canvas.convertToBlob({ type: kind, quality: 0.92 });
  return `data:${kind};base64,${base64Of(new Uint8Array(await blob.arrayBuffer()))}`;
}

/** The picture as a bitmap that can be handed over and drawn. */
export function bitmapOf(picture: RgbImage): Promise<ImageBitmap> {
  const { width, height } = picture;
  return createImageBitmap(new ImageData(rgbaOf(picture), width, height));
}

function rgbaOf({ data, width, height, channels }: RgbImage): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    for (let channel = 0; channel < 3; channel++)
      out[4 * i + channel] = data[channels * i + channel]!;
    out[4 * i + 3] = 255;
  }
  return out;
}

function base64Of(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; start += 0x8000) {
    pieces.push(String.fromCharCode(...bytes.subarray(start, start + 0x8000)));
  }
  return btoa(pieces.join(''));
}

/** Flow that grows outward from the middle, on the color wheel: it reads all other flow pictures. */
export function colorWheel(size: number): RgbImage {
  const middle = (size - 1) / 2;
  const along = (place: (i: number) => number): Float32Array =>
    Float32Array.from({ length: size * size }, (_, i) => (place(i) - middle) / middle);
  const flow: FlowField = {
    u: along((i) => i % size),
    v: along((i) => Math.floor(i / size)),
    width: size,
    height: size,
  };
  return flowColors(flow);
}
