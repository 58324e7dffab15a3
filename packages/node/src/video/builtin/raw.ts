/** @file Samples that a container stores as they are, converted to planes or RGB. */
import type { FrameHeader } from '@telltale/core/video';

import type { RawLayout } from './source.ts';

/** Pixels with what its header needs. */
export interface RawPixels extends Pick<FrameHeader, 'kind' | 'chroma' | 'bits'> {
  readonly data: Uint8Array;
}

/** Reads a frame; undefined where it is too short. */
export function readRaw(
  bytes: Uint8Array,
  { format, isBottomUp, stride, palette }: RawLayout,
  { width, height }: { readonly width: number; readonly height: number },
): RawPixels | undefined {
  const halfWidth = (width + 1) >> 1;
  const chroma = halfWidth * ((height + 1) >> 1);
  const luma = width * height;
  if (format === 'i420' || format === 'yv12') {
    if (bytes.length < luma + 2 * chroma) return undefined;
    // A copy: `slice` of a Buffer is none.
    const data = Uint8Array.from(bytes.subarray(0, luma + 2 * chroma));
    if (format === 'yv12') {
      data.set(bytes.subarray(luma + chroma, luma + 2 * chroma), luma);
      data.set(bytes.subarray(luma, luma + chroma), luma + chroma);
    }
    return { kind: 'planes', chroma: [1, 1], bits: 8, data };
  }
  // Gray of cameras may come with rows that are padded, too.
  const gray = (width + 3) & ~3;
  const pitch = format === 'gray' && bytes.length >= gray * height ? gray : stride;
  if (bytes.length < pitch * (height - 1) + widthBytes(format, width)) return undefined;
  const row = (y: number): number => pitch * (isBottomUp ? height - 1 - y : y);
  if (format === 'gray') {
    const data = new Uint8Array(luma);
    for (let y = 0; y < height; y++) data.set(bytes.subarray(row(y), row(y) + width), y * width);
    return { kind: 'planes', chroma: null, bits: 8, data };
  }
  if (format === 'yuyv' || format === 'uyvy') {
    const data = new Uint8Array(luma + 2 * halfWidth * height);
    const [first, other] = format === 'yuyv' ? [0, 1] : [1, 0];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) data[y * width + x] = bytes[row(y) + 2 * x + first]!;
      for (let x = 0; x < halfWidth; x++) {
        const at = luma + y * halfWidth + x;
        data[at] = bytes[row(y) + 4 * x + other]!;
        data[at + halfWidth * height] = bytes[row(y) + 4 * x + 2 + other] ?? 128;
      }
    }
    return { kind: 'planes', chroma: [1, 0], bits: 8, data };
  }
  const data = new Uint8Array(3 * luma);
  const step = format === 'bgr' ? 3 : format === 'bgrx' ? 4 : 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = row(y) + step * x;
      const to = 3 * (y * width + x);
      const [source, from] = format === 'palette' ? [palette!, 4 * bytes[at]!] : [bytes, at];
      data[to] = source[from + 2]!;
      data[to + 1] = source[from + 1]!;
      data[to + 2] = source[from]!;
    }
  }
  return { kind: 'rgb', chroma: null, bits: 8, data };
}

function widthBytes(format: RawLayout['format'], width: number): number {
  if (format === 'bgr') return 3 * width;
  if (format === 'bgrx') return 4 * width;
  return format === 'yuyv' || format === 'uyvy' ? 2 * width : width;
}
