/** @file What a clip is to the analysis: frames of one size with their times, readable more than once. */
import type { Bounds, RgbImage, Shrink } from '../base/image.ts';

/**
 * One decoded frame. Its pixels may be gone once the next frame is requested, and may be converted only when they are
 * first looked at: copy what is kept, and leave alone what is not needed.
 */
export interface Frame extends RgbImage {
  /** From 0, without holes, in order of presentation. */
  readonly index: number;
  /**
   * Presentation time by the clock of the container, seconds; strictly increasing. The first frame has a time above 0
   * where the video starts later than the sound.
   */
  readonly time: number;
  /** Whether its pixels are not those that were recorded, because the file is damaged there: a gap. @defaultValue false */
  readonly isDamaged?: boolean;
  /** Whether it is not the continuation of the frame before it: another part of a joined file. @defaultValue false */
  readonly isCut?: boolean;
  /**
   * Brightness as it is stored, in no stated range: for a quick look that needs no conversion. Absent where the decoder
   * has none at hand for every pixel.
   */
  readonly luma?: StoredLuma | undefined;
  /**
   * Copies what can be looked at through `part` later, within a rectangle. Absent where parts cannot be had.
   *
   * @param bounds - pixels of the frame
   * @param scales - the fractions at which parts will be wanted, only 1 by default; of 1, all can be had
   * @param room - memory of a copy that is not needed any more
   */
  readonly keep?:
    ((bounds: Bounds, scales?: readonly Shrink[], room?: ArrayBuffer) => KeptFrame) | undefined;
}

/** A part of a frame that stays valid while others are read. */
export interface KeptFrame extends RgbImage {
  /** Index of the frame. */
  readonly index: number;
  /** Time of the frame, seconds. */
  readonly time: number;
  /** What was kept; parts within it are those of the frame. Its `data` cannot be read. */
  readonly bounds: Bounds;
  /** The fractions at which parts can be had; with 1, all. */
  readonly scales: readonly Shrink[];
  /** Its memory. */
  readonly room: ArrayBuffer;
}

/** Brightness as it is stored: that of a pixel is at `data[start + x * right + y * down]`. */
export interface StoredLuma {
  /** One number per pixel. */
  readonly data: Uint8Array | Uint16Array;
  /** Index of the first pixel's. */
  readonly start: number;
  /** From a pixel to the one on its right. */
  readonly right: number;
  /** From a pixel to the one below. */
  readonly down: number;
}

/** How a clip was recorded, and what was done to its frames before they were returned. */
export interface Recording {
  /** What decoded it. */
  readonly decoder?: string;
  /** Time of the first frame by the clock of the container, seconds. */
  readonly start?: number;
  /** Frames that were recorded as two fields and deinterlaced. */
  readonly deinterlaced?: number;
  /** Width of a pixel as stored, relative to its height; frames were resampled so that it is 1. */
  readonly pixelAspect?: number;
  /** High dynamic range that was mapped to standard range. */
  readonly toneMapped?: 'hlg' | 'pq';
  /** Whether the container states no frame rate, and one was assumed. */
  readonly isRateAssumed?: boolean;
  /** Frames that were scaled to the size of the first one. */
  readonly scaled?: number;
  /** Places where the clock of the container starts again, as in files that were joined. */
  readonly joints?: number;
  /** Video streams of the file, of which one was read; absent where there is one. */
  readonly videos?: number;
  /** Why the clip ends before it should; absent where it is whole. */
  readonly truncated?: string;
}

/** A clip that can be decoded from its start as often as needed, in constant memory. */
export interface Clip {
  /** Shown to the user: a file's or folder's name. */
  readonly name: string;
  /** Pixels, after the container's rotation is applied. */
  readonly width: number;
  /** Pixels, after the container's rotation is applied. */
  readonly height: number;
  /** Frames per second: the median spacing, or what the container states. */
  readonly rate: number;
  /** Number of frames where the container states it: an estimate, for progress only. */
  readonly expectedFrames?: number;
  /** Where this is a part of a clip: number of frames before it, known once the first of its frames was read. */
  readonly firstFrame?: number | undefined;
  /** Clockwise turn that was requested, in addition to what the container requests, degrees; absent where there is none. */
  readonly rotated?: 90 | 180 | 270;
  /** What is known of the recording so far; all of it after a whole reading. */
  readonly recording?: () => Recording;
  /**
   * Decodes from the first frame. Each call starts from the beginning and yields the same frames;
   * leaving the loop early frees the decoder.
   */
  frames(): AsyncIterable<Frame>;
  /**
   * Yields the same frames as `frames`, in order, but not all: those of some spans, where the clip can begin to be read
   * elsewhere than at its start, and others too where it cannot. Absent where a clip is always read from its start.
   *
   * @param spans - in any order; they may overlap
   */
  framesWithin?(spans: readonly FrameSpan[]): AsyncIterable<Frame>;
}

/** Some frames that follow each other: indices, both included. */
export type FrameSpan = readonly [first: number, last: number];

/** Frames of a clip in order, at least those of some spans. */
export function framesWithin(clip: Clip, spans: readonly FrameSpan[]): AsyncIterable<Frame> {
  return clip.framesWithin?.(spans) ?? clip.frames();
}
