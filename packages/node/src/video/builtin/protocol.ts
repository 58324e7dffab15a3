/** @file What the process that decodes writes to its parent: one line of JSON, then frames. */
import type { Orientation, StreamColor } from '../stream.ts';

/** What a video file holds, as far as it is used. */
export interface Probe {
  /** Pixels of the decoded frames, before rotation. */
  readonly width: number;
  /** Pixels of the decoded frames, before rotation. */
  readonly height: number;
  readonly orientation: Orientation;
  /** Width of a pixel, relative to its height. */
  readonly pixelAspect: number;
  readonly color: StreamColor;
  /** Presentation times of the frames that are shown, seconds, ascending. */
  readonly times: readonly number[];
  /** Whether the times are a guess, because nothing states a rate. */
  readonly isRateAssumed: boolean;
  /** Why the video ends before it should; `null` where it is whole. */
  readonly truncated: string | null;
  readonly hasSound: boolean;
}

/** Why there is nothing to decode. */
export interface Refusal {
  /** `foreign`: a video that another decoder reads. `unknown`: not a known container. */
  readonly kind: 'foreign' | 'unknown' | 'unreadable';
  readonly why: string;
}

/** The first line. */
export type Answer = Probe | Refusal;

/** What precedes the samples of a frame. */
export interface FrameHeader {
  /** Pixels; 0 for a damaged frame. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** `rgb`: three bytes per pixel. Else planes. */
  readonly kind: 'rgb' | 'planes';
  readonly chroma: readonly [number, number] | null;
  readonly bits: number;
  readonly isFullRange: boolean;
  readonly field: 'top' | 'bottom' | undefined;
  readonly isDamaged: boolean;
  /** Seconds. */
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
    time: bytes.getFloat64(16, true),
  };
}
