/** @file How a process or worker that decodes passes frames on: each a header of fixed length and its samples. */
import { samplesOf } from './planes.ts';
import type { DecodedFrame } from './stream.ts';

/** What precedes the samples of a frame. */
export interface FrameHeader {
  /** Pixels; 0 for a damaged frame. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** `rgb`: three bytes per pixel. Else planes. */
  readonly kind: 'rgb' | 'planes';
  /** As of `Planes`. */
  readonly chroma: readonly [number, number] | null;
  /** Of a sample, 8 to 16. */
  readonly bits: number;
  /** Whether black is 0. */
  readonly isFullRange: boolean;
  /** The field that was recorded first. */
  readonly field: 'top' | 'bottom' | undefined;
  /** Whether there are no samples, because they are damaged. */
  readonly isDamaged: boolean;
  /** Whether another recording begins with it. */
  readonly isCut: boolean;
  /** Seconds; NaN where it is not known. */
  readonly time: number;
}

/** Bytes of a header. */
export const FRAME_HEADER = 24;

const FULL = 1;
const DAMAGED = 2;
const TOP = 4;
const BOTTOM = 8;
const RGB = 16;
const GRAY = 32;
const CUT = 64;

/** Writes a header to the start of a buffer. */
export function writeHeader(bytes: DataView, header: FrameHeader): void {
  const { width, height, chroma, bits, field } = header;
  bytes.setUint32(0, width, true);
  bytes.setUint32(4, height, true);
  bytes.setUint8(8, chroma?.[0] ?? 0);
  bytes.setUint8(9, chroma?.[1] ?? 0);
  bytes.setUint8(10, bits);
  const flags =
    (header.isFullRange ? FULL : 0) |
    (header.isDamaged ? DAMAGED : 0) |
    (header.isCut ? CUT : 0) |
    (field === 'top' ? TOP : field === 'bottom' ? BOTTOM : 0) |
    (header.kind === 'rgb' ? RGB : chroma === null ? GRAY : 0);
  bytes.setUint8(11, flags);
  bytes.setFloat64(16, header.time, true);
}

/** Reads what {@link writeHeader} wrote. */
export function readHeader(bytes: DataView): FrameHeader {
  const flags = bytes.getUint8(11);
  const isGray = (flags & (GRAY | RGB)) !== 0;
  return {
    width: bytes.getUint32(0, true),
    height: bytes.getUint32(4, true),
    kind: (flags & RGB) !== 0 ? 'rgb' : 'planes',
    chroma: isGray ? null : [bytes.getUint8(8), bytes.getUint8(9)],
    bits: bytes.getUint8(10),
    isFullRange: (flags & FULL) !== 0,
    field: (flags & TOP) !== 0 ? 'top' : (flags & BOTTOM) !== 0 ? 'bottom' : undefined,
    isDamaged: (flags & DAMAGED) !== 0,
    isCut: (flags & CUT) !== 0,
    time: bytes.getFloat64(16, true),
  };
}

/** The frame of a header and its samples, which are not copied. */
export function frameOf(header: FrameHeader, data: Uint8Array): DecodedFrame {
  const { width, height, kind, chroma, bits, field, isDamaged, time } = header;
  const samples = bits > 8 ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
  const pixels =
    kind === 'rgb'
      ? ({ data, width, height, channels: 3 } as const)
      : { width, height, chroma, bits, data: samples, isFullRange: header.isFullRange };
  return {
    ...(!Number.isNaN(time) && { timestamp: time }),
    ...(header.isCut && { isCut: true }),
    ...(isDamaged ? { isDamaged } : { pixels }),
    ...(field && { field }),
  };
}

/** Bytes of the samples behind a header. */
export function sampleBytes({ width, height, kind, chroma, bits, isDamaged }: FrameHeader): number {
  if (isDamaged) return 0;
  if (kind === 'rgb') return 3 * width * height;
  return samplesOf({ width, height, chroma }) * (bits > 8 ? 2 : 1);
}
