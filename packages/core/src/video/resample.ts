/** @file Resamples images: frames with pixels that are not square, and frames whose size changes. */
import type { RgbImage } from '../base/image.ts';

/**
 * An image in another size: by cubic convolution (Keys 1981, a = −1/2), whose kernel is widened where the image gets
 * smaller, so that nothing aliases.
 *
 * @returns the same object where the size is the same; alpha is kept
 */
export function resampled(image: RgbImage, width: number, height: number): RgbImage {
  const wide = image.width === width ? image : resampledAlong(image, width, 'across');
  return wide.height === height ? wide : resampledAlong(wide, height, 'down');
}

/**
 * An image scaled to fit into another size, centered on black.
 *
 * @returns the same object where the size is the same
 */
export function fitted(image: RgbImage, width: number, height: number): RgbImage {
  if (image.width === width && image.height === height) return image;
  const scale = Math.min(width / image.width, height / image.height);
  const inner = resampled(
    image,
    Math.min(width, Math.max(1, Math.round(image.width * scale))),
    Math.min(height, Math.max(1, Math.round(image.height * scale))),
  );
  if (inner.width === width && inner.height === height) return inner;
  const { channels } = inner;
  const data = new Uint8Array(channels * width * height);
  const left = (width - inner.width) >> 1;
  const top = (height - inner.height) >> 1;
  for (let y = 0; y < inner.height; y++) {
    const row = inner.data.subarray(channels * y * inner.width, channels * (y + 1) * inner.width);
    data.set(row, channels * ((top + y) * width + left));
  }
  return { data, width, height, channels };
}

/** What a pixel of the result is made of. */
interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

function resampledAlong(
  { data, width, height, channels }: RgbImage,
  length: number,
  direction: 'across' | 'down',
): RgbImage {
  const across = direction === 'across';
  const [outWidth, outHeight] = across ? [length, height] : [width, length];
  const out = new Uint8Array(channels * outWidth * outHeight);
  const taps = tapsOf(across ? width : height, length);
  const step = across ? channels : channels * width;
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      const { first, weights } = taps[across ? x : y]!;
      const from = across ? channels * (y * width + first) : channels * (first * width + x);
      const to = channels * (y * outWidth + x);
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0.5;
        for (let i = 0; i < weights.length; i++) {
          sum += weights[i]! * data[from + i * step + channel]!;
        }
        out[to + channel] = Math.max(0, Math.min(255, Math.floor(sum)));
      }
    }
  }
  return { data: out, width: outWidth, height: outHeight, channels };
}

function tapsOf(from: number, to: number): Taps[] {
  const scale = from / to;
  const widening = Math.max(1, scale);
  return Array.from({ length: to }, (_, i) => {
    const center = (i + 0.5) * scale - 0.5;
    const first = Math.max(0, Math.ceil(center - 2 * widening));
    const last = Math.min(from - 1, Math.floor(center + 2 * widening));
    const weights = new Float64Array(last - first + 1);
    let sum = 0;
    for (let k = first; k <= last; k++) {
      const weight = cubic((k - center) / widening);
      weights[k - first] = weight;
      sum += weight;
    }
    for (let k = 0; k < weights.length; k++) weights[k]! /= sum;
    return { first, weights };
  });
}

function cubic(distance: number): number {
  const d = Math.abs(distance);
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
  return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
}
