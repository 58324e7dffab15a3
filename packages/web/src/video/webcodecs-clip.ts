/**
 * @file A file as a clip, decoded by the browser: mediabunny takes the container apart, WebCodecs decodes.
 *
 * Frames come exactly and in order, which a `<video>` element does not promise.
 */
import { openColors } from '@telltale/core/video';
import type { Frame } from '@telltale/core';
import type { ColorReading, Colors } from '@telltale/core/video';
import {
  ALL_FORMATS,
  BlobSource,
  EncodedPacketSink,
  Input,
  VideoSampleSink,
  type InputVideoTrack,
  type VideoSample,
} from 'mediabunny';

import { WebError } from '../errors.ts';
import type { OpenClip } from './open-clip.ts';
import { rotated } from './rotate.ts';
import { nearestIndex } from './times.ts';

/** A clip that the browser decodes. */
export interface TrackClip extends OpenClip {
  /** What decodes it. */
  readonly decoder: 'webcodecs';
  /** Seconds from the first frame, one per frame. */
  readonly times: readonly number[];
  /**
   * Starts at the keyframe before the requested frame. Starts at the first frame as long as no whole reading
   * has confirmed that the container's times are those of the frames.
   */
  framesFrom(index: number): AsyncIterable<Frame>;
}

/** What a file holds. */
export type InspectedVideo =
  | {
      /** A video that this browser decodes. */
      readonly kind: 'track';
      /** The video track that is decoded. */
      readonly track: InputVideoTrack;
      /** The opened file; dispose of it after use. */
      readonly input: Input;
      /** The file itself. */
      readonly file: Blob;
    }
  | {
      /** A video that this browser does not decode. */
      readonly kind: 'unsupported';
      /** Name of the codec or of the container. */
      readonly codec: string;
    };

/**
 * Reads the header of a file.
 *
 * @throws WebError `NOT_VIDEO`, `AUDIO_ONLY`
 */
export async function inspectVideo(file: Blob, name: string): Promise<InspectedVideo> {
  const container = await otherContainer(file);
  if (container !== undefined) return { kind: 'unsupported', codec: container };
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  if (!(await input.canRead().catch(() => false))) throw new WebError('NOT_VIDEO', { name });
  const track = await input.getPrimaryVideoTrack();
  if (track === null) {
    const isSound = (await input.getAudioTracks()).length > 0;
    throw new WebError(isSound ? 'AUDIO_ONLY' : 'NOT_VIDEO', { name });
  }
  if (typeof VideoDecoder !== 'undefined' && (await track.canDecode())) {
    return { kind: 'track', track, input, file };
  }
  const codec = (await track.getCodec()) ?? 'unknown';
  input.dispose();
  return { kind: 'unsupported', codec };
}

/** Containers that mediabunny does not read and FFmpeg does, by their first bytes. */
async function otherContainer(file: Blob): Promise<string | undefined> {
  const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const text = String.fromCharCode(...head);
  if (text.startsWith('RIFF') && text.slice(8, 11) === 'AVI') return 'AVI';
  if (text.startsWith('\x00\x00\x01\xba') || text.startsWith('\x00\x00\x01\xb3')) return 'MPEG';
  if (text.startsWith('\x30\x26\xb2\x75\x8e\x66\xcf\x11')) return 'WMV';
  if (text.startsWith('FLV')) return 'FLV';
  return undefined;
}

/**
 * Whether this browser hands out the decoder's planes of a track. Firefox converts frames of some decoders to RGB
 * itself, by a matrix that the file does not state, and the planes cannot be restored from that.
 */
export async function hasPlanes(track: InputVideoTrack): Promise<boolean> {
  for await (const sample of new VideoSampleSink(track).samples()) {
    const { format } = sample;
    sample.close();
    return isPlanar(format);
  }
  return false;
}

function isPlanar(format: string | null): format is 'I420' | 'NV12' {
  return format === 'I420' || format === 'NV12';
}

/**
 * Opens a video track as a clip.
 *
 * @throws WebError `FRAMES_EMPTY`
 */
export async function openTrackClip(
  { track, input }: { readonly track: InputVideoTrack; readonly input: Input },
  name: string,
): Promise<TrackClip> {
  const stamps: number[] = [];
  let end = 0;
  for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, {
    metadataOnly: true,
  })) {
    stamps.push(packet.timestamp);
    end = Math.max(end, packet.timestamp + packet.duration);
  }
  const stated = (await track.getDurationFromMetadata()) ?? 0;
  if (stated > end + SLACK) throw new WebError('VIDEO_BROKEN', { name });
  if (stamps.length === 0) throw new WebError('FRAMES_EMPTY', { name });
  stamps.sort((a, b) => a - b);
  const times = stamps.map((stamp) => stamp - stamps[0]!);
  const turns = (await track.getRotation()) / 90;
  // As stated in the file. Where nothing is stated, the browser guesses BT.709 and FFmpeg does not.
  const color = await track.getColorSpace();
  const [width, height] = [await track.getCodedWidth(), await track.getCodedHeight()];
  const isSideways = turns % 2 === 1;
  const reading: TrackReading = { turns, name, color, expected: times.length };
  let read = 0;
  return {
    name,
    width: isSideways ? height : width,
    height: isSideways ? width : height,
    rate: rateOf(times),
    decoder: 'webcodecs',
    expectedFrames: times.length,
    times,
    frames: () => framesOf(track, { ...reading, onEnd: (count) => (read = count) }),
    framesFrom: (index) =>
      index > 0 && read === times.length
        ? framesAfter(track, { ...reading, times, from: index, first: stamps[0]! })
        : framesOf(track, reading),
    close: () => input.dispose(),
  };
}

/** A clip that ends this much before its stated duration is truncated; seconds. */
const SLACK = 0.3;

/** Frames per second: the median spacing. */
function rateOf(times: readonly number[]): number {
  const spacings = times.slice(1).map((time, i) => time - times[i]!);
  const middle = spacings.sort((a, b) => a - b)[spacings.length >> 1] ?? 0;
  return middle > 0 ? 1 / middle : 25;
}

/** How the frames of a track are read. */
interface TrackReading {
  /** Quarter turns clockwise. */
  readonly turns: number;
  readonly name: string;
  readonly color: ColorReading;
  /** Number of frames that the container holds. */
  readonly expected: number;
  /** Called with the number of frames after a whole reading. */
  readonly onEnd?: (count: number) => void;
}

async function* framesOf(
  track: InputVideoTrack,
  { turns, name, color, expected, onEnd }: TrackReading,
): AsyncGenerator<Frame> {
  const buffers: Buffers = { colors: await openColors() };
  let index = 0;
  let first = 0;
  let time = 0;
  try {
    for await (const sample of new VideoSampleSink(track).samples()) {
      try {
        if (index === 0) first = sample.timestamp;
        const stated = sample.timestamp - first;
        time = index === 0 ? 0 : Math.max(stated, time + 1e-6);
        const image = await pixelsOf(sample, buffers, { turns, color });
        yield place(image, index, time);
        index++;
      } finally {
        sample.close();
      }
    }
  } catch (cause) {
    if (cause instanceof Error && cause.name !== 'TelltaleError' && isDecoding(cause)) {
      throw new WebError('VIDEO_BROKEN', { name, frame: index }, { cause });
    }
    throw cause;
  }
  if (index === 0) throw new WebError('FRAMES_EMPTY', { name });
  // A few frames may be missing, such as those that refer to frames before the start.
  if (index < 0.95 * expected - 2) throw new WebError('VIDEO_BROKEN', { name, frame: index });
  onEnd?.(index);
}

/** Frames from one on, identified by their times. */
async function* framesAfter(
  track: InputVideoTrack,
  {
    turns,
    color,
    times,
    from,
    first,
  }: TrackReading & {
    readonly times: readonly number[];
    readonly from: number;
    /** Timestamp of the first frame, seconds. */
    readonly first: number;
  },
): AsyncGenerator<Frame> {
  const buffers: Buffers = { colors: await openColors() };
  // Half a spacing early, because times are sums of rounded numbers; the first frame is identified by its own time.
  const start = first + (times[from - 1]! + times[from]!) / 2;
  for await (const sample of new VideoSampleSink(track).samples(start)) {
    try {
      const index = nearestIndex(times, sample.timestamp - first);
      if (index < from) continue;
      yield place(await pixelsOf(sample, buffers, { turns, color }), index, times[index]!);
    } finally {
      sample.close();
    }
  }
}

function isDecoding(error: Error): boolean {
  return error.name === 'EncodingError' || /decod|packet|demux/i.test(error.message);
}

interface Buffers {
  readonly colors: Colors;
  rgba?: Uint8Array<ArrayBuffer>;
}
interface LazyImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  readonly pixels: () => Uint8Array;
}

/** A frame whose pixels are converted when they are first read. */
function place(image: LazyImage, index: number, time: number): Frame {
  let data: Uint8Array | undefined;
  const { width, height, channels, pixels } = image;
  return {
    index,
    time,
    width,
    height,
    channels,
    get data() {
      return (data ??= pixels());
    },
  };
}

async function pixelsOf(
  sample: VideoSample,
  buffers: Buffers,
  { turns, color }: Pick<TrackReading, 'turns' | 'color'>,
): Promise<LazyImage> {
  const { width, height } = sample.visibleRect;
  const isSideways = turns % 2 === 1;
  const size = { width: isSideways ? height : width, height: isSideways ? width : height };
  const { format } = sample;
  if (isPlanar(format)) {
    const room = buffers.colors.room({ bytes: sample.allocationSize(), width, height });
    const planes = { format, layout: await sample.copyTo(room), width, height };
    return {
      ...size,
      channels: 3,
      pixels: () => buffers.colors.convert(planes, { ...color, turns }),
    };
  }
  const bytes = sample.allocationSize({ format: 'RGBA' });
  if (buffers.rgba?.length !== bytes) buffers.rgba = new Uint8Array(bytes);
  const data = buffers.rgba;
  await sample.copyTo(data, { format: 'RGBA' });
  return { ...size, channels: 4, pixels: () => rotated({ data, width, height }, turns, 4).data };
}
