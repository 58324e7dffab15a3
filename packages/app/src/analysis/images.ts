/** @file Images of an analysis as addresses for pages and files. */
import { attentionOverlay, type ExpressionAttention } from '@telltale/core/expression';
import { flowColors } from '@telltale/core/motion';
import type { RgbImage } from '@telltale/core';
import type { AttentionImage } from '@telltale/figures';
import type { FlowField } from '@telltale/core/motion';

/** File format of an image. */
export type ImageKind = 'image/png' | 'image/jpeg';

/** The image as a `data:image/…` address. */
export async function addressOf(image: RgbImage, kind: ImageKind): Promise<string> {
  const { width, height } = image;
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')!.putImageData(new ImageData(rgbaOf(image), width, height), 0, 0);
  const blob = await canvas.convertToBlob({ type: kind, quality: 0.92 });
  return `data:${kind};base64,${base64Of(new Uint8Array(await blob.arrayBuffer()))}`;
}

/** The recognizer's attention over the face at the apex, with how much it adds. */
export async function attentionOf(
  apex: RgbImage,
  attention: ExpressionAttention,
): Promise<AttentionImage> {
  const overlay = await addressOf(attentionOverlay(apex, attention), 'image/png');
  return { overlay, share: attention.share };
}

/** The image as a bitmap, which can be transferred and drawn. */
export function bitmapOf(image: RgbImage): Promise<ImageBitmap> {
  const { width, height } = image;
  return createImageBitmap(new ImageData(rgbaOf(image), width, height));
}

/** The image with four bytes a pixel, opaque. */
export function rgbaOf({
  data,
  width,
  height,
  channels,
}: RgbImage): Uint8ClampedArray<ArrayBuffer> {
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

/** Flow that grows outward from the center, in colors: the legend of all flow images. */
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
