/**
 * @file A file as a clip, decoded by the browser: mediabunny takes the container apart, WebCodecs decodes.
 *
 * Frames come exactly and in order, which a `<video>` element does not promise.
 */
import { openColors } from '@telltale/core/video';
import type { Clip, Frame } from '@telltale/core';
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

import { nearest } from '../model/time.ts';
import { turned } from './pixels.ts';
import { PageError } from './problem.ts';

/** A clip that the browser decodes. */
export interface OpenedClip extends Clip {
  /** Seconds from the first frame, one per frame, in order of presentation. */
  readonly times: readonly number[];
  /**
   * Decodes from a frame on, beginning at the picture before it that stands alone. From the first frame where a whole
   * reading has not shown yet that the container's times are those of the frames.
   */
  framesFrom(index: number): AsyncIterable<Frame>;
  close(): void;
}

/** What a file turned out to be. */
export type Looked =
  | { readonly kind: 'clip'; readonly track: InputVideoTrack; readonly input: Input }
  | { readonly kind: 'foreign'; readonly codec: string };

/**
 * Looks into a file.
 *
 * @returns `foreign` where it is a video that this browser does not decode
 * @throws PageError `NOT_VIDEO`, `AUDIO_ONLY`
 */
export async function lookInto(file: Blob, name: string): Promise<Looked> {
  const container = await foreignContainer(file);
  if (container !== undefined) return { kind: 'foreign', codec: container };
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  if (!(await input.canRead().catch(() => false))) throw new PageError('NOT_VIDEO', { name });
  const track = await input.getPrimaryVideoTrack();
  if (track === null) {
    const isSound = (await input.getAudioTracks()).length > 0;
    throw new PageError(isSound ? 'AUDIO_ONLY' : 'NOT_VIDEO', { name });
  }
  if (typeof VideoDecoder !== 'undefined' && (await track.canDecode())) {
    return { kind: 'clip', track, input };
  }
  const codec = (await track.getCodec()) ?? 'unknown';
  input.dispose();
  return { kind: 'foreign', codec };
}

/** Containers that mediabunny does not read and FFmpeg does, told by their first bytes. */
async function foreignContainer(file: Blob): Promise<string | undefined> {
  const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const text = String.fromCharCode(...head);
  if (text.startsWith('RIFF') && text.slice(8, 11) === 'AVI') return 'AVI';
  if (text.startsWith('\x00\x00\x01\xba') || text.startsWith('\x00\x00\x01\xb3')) return 'MPEG';
  if (text.startsWith('\x30\x26\xb2\x75\x8e\x66\xcf\x11')) return 'WMV';
  if (text.startsWith('FLV')) return 'FLV';
  return undefined;
}

/**
 * Makes a clip of a video track.
 *
 * @throws PageError `FRAMES_EMPTY`
 */
export async function clipOfTrack(
  { track, input }: { readonly track: InputVideoTrack; readonly input: Input },
  name: string,
): Promise<OpenedClip> {
  const stamps: number[] = [];
  let end = 0;
  for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, {
    metadataOnly: true,
  })) {
    stamps.push(packet.timestamp);
    end = Math.max(end, packet.timestamp + packet.duration);
  }
  const stated = (await track.getDurationFromMetadata()) ?? 0;
  if (stated > end + SLACK) throw new PageError('VIDEO_BROKEN', { name });
  if (stamps.length === 0) throw new PageError('FRAMES_EMPTY', { name });
  stamps.sort((a, b) => a - b);
  const times = stamps.map((stamp) => stamp - stamps[0]!);
  const turns = (await track.getRotation()) / 90;
  // What the file says, not what the browser makes of its silence: it guesses BT.709, FFmpeg does not.
  const color = await track.getColorSpace();
  const [width, height] = [await track.getCodedWidth(), await track.getCodedHeight()];
  const isSideways = turns % 2 === 1;
  const manner: Manner = { turns, name, color, expected: times.length };
  let read = 0;
  return {
    name,
    width: isSideways ? height : width,
    height: isSideways ? width : height,
    rate: rateOf(times),
    expectedFrames: times.length,
    times,
    frames: () => framesOf(track, { ...manner, onEnd: (count) => (read = count) }),
    framesFrom: (index) =>
      index > 0 && read === times.length
        ? framesAfter(track, { ...manner, times, from: index, first: stamps[0]! })
        : framesOf(track, manner),
    close: () => input.dispose(),
  };
}

/** A clip that ends this much before what it states is cut off; seconds. */
const SLACK = 0.3;

/** Frames per second: the median spacing. */
export function rateOf(times: readonly number[]): number {
  const spacings = times.slice(1).map((time, i) => time - times[i]!);
  const middle = spacings.sort((a, b) => a - b)[spacings.length >> 1] ?? 0;
  return middle > 0 ? 1 / middle : 25;
}

/** How the frames of a track are to be read. */
interface Manner {
  /** Quarter turns clockwise. */
  readonly turns: number;
  readonly name: string;
  readonly color: ColorReading;
  /** Number of frames that the container holds. */
  readonly expected: number;
  /** Told the number of frames that came, where all were read. */
  readonly onEnd?: (count: number) => void;
}

async function* framesOf(
  track: InputVideoTrack,
  { turns, name, color, expected, onEnd }: Manner,
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
        const picture = await pixelsOf(sample, buffers, { turns, color });
        yield place(picture, index, time);
        index++;
      } finally {
        sample.close();
      }
    }
  } catch (cause) {
    if (cause instanceof Error && cause.name !== 'TelltaleError' && isDecoding(cause)) {
      throw new PageError('VIDEO_BROKEN', { name, frame: index }, { cause });
    }
    throw cause;
  }
  if (index === 0) throw new PageError('FRAMES_EMPTY', { name });
  // A few frames may rightly stay away, such as those that need what was before the start.
  if (index < 0.95 * expected - 2) throw new PageError('VIDEO_BROKEN', { name, frame: index });
  onEnd?.(index);
}

/** Frames from one on, told by their times. */
async function* framesAfter(
  track: InputVideoTrack,
  {
    turns,
    color,
    times,
    from,
    first,
  }: Manner & {
    readonly times: readonly number[];
    readonly from: number;
    /** Timestamp of the first frame, seconds. */
    readonly first: number;
  },
): AsyncGenerator<Frame> {
  const buffers: Buffers = { colors: await openColors() };
  // Half a spacing early, for times are sums of rounded numbers; what comes first is told by its own time.
  const start = first + (times[from - 1]! + times[from]!) / 2;
  for await (const sample of new VideoSampleSink(track).samples(start)) {
    try {
      const index = nearest(times, sample.timestamp - first);
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
interface LazyPicture {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  readonly pixels: () => Uint8Array;
}

/** The frame's pixels, converted when they are first looked at. */
function place(picture: LazyPicture, index: number, time: number): Frame {
  let data: Uint8Array | undefined;
  const { width, height, channels, pixels } = picture;
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
  { turns, color }: Pick<Manner, 'turns' | 'color'>,
): Promise<LazyPicture> {
  const { width, height } = sample.visibleRect;
  const isSideways = turns % 2 === 1;
  const size = { width: isSideways ? height : width, height: isSideways ? width : height };
  const { format } = sample;
  if (format === 'I420' || format === 'NV12') {
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
  return { ...size, channels: 4, pixels: () => turned({ data, width, height }, turns, 4).data };
}
