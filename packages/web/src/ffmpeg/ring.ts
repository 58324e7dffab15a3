/** @file The shared memory between the FFmpeg worker and the analysis: a ring of raw frames, Y'CbCr 4:2:0. */
import type { ColorReading } from '@telltale/core/video';

/** Places in the control words, and the number of frames in the ring. */
export const RING = { written: 0, read: 1, ended: 2, words: 4, slots: 6 } as const;

/** Sent by the worker with the first frame. */
export interface RingStart {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly codec: string;
  readonly color: ColorReading;
  readonly control: Int32Array<SharedArrayBuffer>;
  /** Seconds, one per slot. */
  readonly times: Float64Array<SharedArrayBuffer>;
  readonly slots: Uint8Array<SharedArrayBuffer>;
}

/** Sent by the worker at the end. */
export interface RingEnd {
  readonly ended: true;
  /** Exit status of FFmpeg. */
  readonly status: number;
  /** The last error that FFmpeg logged. */
  readonly log: string;
  /** Empty where FFmpeg found no video track. */
  readonly codec: string;
  readonly hasSound: boolean;
  /** False where the decoder itself could not be loaded. */
  readonly isLoaded?: boolean;
}

/** Bytes of one frame: luma, then both chroma planes at half the size. */
export function slotBytes(width: number, height: number): number {
  return width * height + 2 * ((width + 1) >> 1) * ((height + 1) >> 1);
}
