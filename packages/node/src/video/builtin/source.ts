/** @file What a container holds: packets in order of decoding, and what it states of them. */
import type { Orientation, StatedEnd, StreamColor, TrackPacket } from '@telltale/core/video';

/** A compressed frame. */
export interface Packet {
  readonly data: Uint8Array;
  readonly isKey: boolean;
  /** Presentation time, seconds. */
  readonly time: number;
  /** Whether its frame is only there to predict others from. @defaultValue false */
  readonly isHidden?: boolean;
}

/** Decoders of the native module, by FFmpeg's names, and samples that need none. */
export type Codec = 'h264' | 'hevc' | 'vp8' | 'vp9' | 'av1' | 'mjpeg' | 'png' | 'raw';

/** Samples that are stored as they are, as in AVI files of cameras. */
export interface RawLayout {
  /** Gray, blue-green-red with 3 or 4 bytes, or planes in 4:2:0. */
  readonly format: 'gray' | 'bgr' | 'bgrx' | 'i420' | 'yv12' | 'yuyv' | 'uyvy' | 'palette';
  /** Whether the last row comes first. */
  readonly isBottomUp: boolean;
  /** Bytes of a row. */
  readonly stride: number;
  /** Blue, green, red and nothing per entry. */
  readonly palette?: Uint8Array;
}

/** Starts at keyframes; times are those of packets, seconds. */
export interface Seek {
  /** The last keyframe at a time or before it. */
  keyBefore(time: number): Promise<number>;
  /** Packets from that keyframe on. */
  packetsFrom(time: number): AsyncIterable<Packet>;
}

/** The video stream of an opened file. */
export interface Source extends StatedEnd {
  readonly codec: Codec;
  /** Pixels, by the container. */
  readonly width: number;
  /** Pixels, by the container. */
  readonly height: number;
  /** Headers of the codec, where the container stores them apart. */
  readonly description?: Uint8Array | undefined;
  readonly raw?: RawLayout | undefined;
  /** Bits of a sample and sampling of chroma, where they are known. */
  readonly bits: number;
  readonly orientation: Orientation;
  /** Width of a pixel, relative to its height. */
  readonly pixelAspect: number;
  readonly color: StreamColor;
  readonly isRateAssumed: boolean;
  /** Video streams of the file. @defaultValue 1 */
  readonly videos?: number;
  /** Whether its clock may jump where recordings were joined. @defaultValue false */
  readonly mayJump?: boolean;
  /** Packets without their data, which is empty; ends where the file breaks off. */
  places(): AsyncIterable<TrackPacket>;
  /** All packets; ends where the file breaks off. */
  packets(): AsyncIterable<Packet>;
  /** Where decoding can start elsewhere than at the first packet; absent where it cannot. */
  readonly seek?: Seek | undefined;
  /** Whether a frame is shown, by its time; where several edits cut the recording, by all of them. */
  timeShown(time: number): number | undefined;
}
