/** @file Samples of a native frame, whose format is known by its size and by what the codec's headers state. */
import { samplesOf } from '@telltale/core/video';

import type { NativeFrame } from './native.ts';
import type { FrameHeader } from '@telltale/core/video';

import type { Source } from './source.ts';

/** Pixels with what its header needs. */
export interface NativePixels extends Pick<
  FrameHeader,
  'kind' | 'chroma' | 'bits' | 'isFullRange'
> {
  readonly data: Uint8Array;
}

const NAMED: Readonly<Record<string, readonly [number, number]>> = {
  ...{ I420: [1, 1], I422: [1, 0], I444: [0, 0] },
};

/**
 * Copies the samples of a frame.
 *
 * @param roomFor - where they are copied to
 * @returns why not, where its format is not known
 */
export function pixelsOf(
  frame: NativeFrame,
  source: Source,
  roomFor: (bytes: number) => Uint8Array,
): NativePixels | string {
  const { width, height, format } = frame;
  const size = frame.allocationSize();
  const copy = (): Uint8Array => {
    const data = roomFor(size);
    frame.copyTo(data);
    return data;
  };
  const known = Object.hasOwn(NAMED, format) ? NAMED[format] : undefined;
  if (known) {
    return { kind: 'planes', chroma: known, bits: 8, isFullRange: false, data: copy() };
  }
  if (format === 'NV12') {
    const data = roomFor(samplesOf({ width, height, chroma: [1, 1] }));
    frame.copyTo(data, { format: 'I420' });
    return { kind: 'planes', chroma: [1, 1], bits: 8, isFullRange: false, data };
  }
  if (format !== '' || source.color.matrix === 'rgb') return 'its pixel format is unusual';
  if (source.codec === 'png') return pngPixels(copy(), width * height);
  const bytes = source.bits > 8 ? 2 : 1;
  for (const chroma of [null, [1, 1], [1, 0], [0, 0]] as const) {
    if (bytes * samplesOf({ width, height, chroma }) !== size) continue;
    // With 8 bits, FFmpeg has formats of their own for full range (yuvj420p), and no other for gray.
    const isFullRange = bytes === 1 && chroma !== null;
    return { kind: 'planes', chroma, bits: source.bits, isFullRange, data: copy() };
  }
  return 'its pixel format is unusual';
}

function pngPixels(data: Uint8Array, pixels: number): NativePixels | string {
  const common = { chroma: null, bits: 8, isFullRange: true } as const;
  if (data.length === pixels) return { ...common, kind: 'planes', data };
  if (data.length === 3 * pixels) return { ...common, kind: 'rgb', data };
  if (data.length !== 4 * pixels) return 'its pixel format is unusual';
  const rgb = new Uint8Array(3 * pixels);
  for (let i = 0; i < pixels; i++) rgb.set(data.subarray(4 * i, 4 * i + 3), 3 * i);
  return { ...common, kind: 'rgb', data: rgb };
}
