/**
 * @file Decodes with the FFmpeg libraries in this process, through the optional package `node-av`.
 *
 * The faster of the two decoders: there is no pipe, and frames come with their exact times.
 */
import { resolve } from 'node:path';

import type * as constants from 'node-av/constants';
import type * as lib from 'node-av/lib';

import { isNoClip, orientationOf, rateOf, truncated, unreadable, UPRIGHT } from './stream.ts';
import type { DecodedFrame, Orientation, VideoStream } from './stream.ts';

type Lib = typeof lib;
type Constants = typeof constants;

/** The modules of `node-av` that are used. */
export interface NodeAv {
  readonly lib: Lib;
  readonly constants: Constants;
}

/** Loads `node-av`; undefined where it is not installed or has no binary for this platform. */
export async function loadNodeAv(): Promise<NodeAv | undefined> {
  try {
    const [lib, constants] = await Promise.all([
      import('node-av/lib'),
      import('node-av/constants'),
    ]);
    lib.Log.setLevel(constants.AV_LOG_QUIET); // damage is found by return codes
    return { lib, constants };
  } catch {
    return undefined;
  }
}

/**
 * Opens a video file and reads its properties.
 *
 * @throws TelltaleError `VIDEO_UNREADABLE`
 */
export async function openWithNodeAv(av: NodeAv, path: string): Promise<VideoStream> {
  const input = await openInput(av, path);
  try {
    const { stream } = input;
    const { width, height } = stream.codecpar;
    const frames = Number(stream.nbFrames);
    const seconds = secondsOf(av, input);
    const { num, den } = stream.avgFrameRate;
    const rate = rateOf(num / den, firstTimes(av, input));
    const expected = frames || (seconds && Math.round(seconds * rate));
    return {
      width,
      height,
      rate,
      ...(expected && { expectedFrames: expected }),
      orientation: readOrientation(av, input),
      decode: () => decode(av, path),
    };
  } finally {
    await input.container.closeInput();
  }
}

interface Input {
  readonly container: InstanceType<Lib['FormatContext']>;
  readonly stream: InstanceType<Lib['Stream']>;
}

async function openInput({ lib, constants }: NodeAv, path: string): Promise<Input> {
  const container = new lib.FormatContext();
  // Without the prefix, a name with a colon would be read as a URL.
  const opened = await container.openInput(`file:${resolve(path)}`);
  if (opened < 0) throw unreadable(path, lib.FFmpegError.strerror(opened));
  try {
    const found = await container.findStreamInfo();
    if (found < 0) throw unreadable(path, lib.FFmpegError.strerror(found));
    const format = container.iformat?.name ?? '';
    if (isNoClip(format)) throw unreadable(path, 'it is an image, a playlist or a text');
    const index = container.findBestStream(constants.AVMEDIA_TYPE_VIDEO);
    const stream = container.streams[index];
    if (stream?.hasDisposition(constants.AV_DISPOSITION_ATTACHED_PIC) !== false) {
      throw unreadable(path, 'it contains no video');
    }
    return { container, stream };
  } catch (error) {
    await container.closeInput();
    throw error;
  }
}

/** Duration as stated by the stream, else by the container, seconds. */
function secondsOf({ constants }: NodeAv, { container, stream }: Input): number | undefined {
  if (stream.duration > 0n) {
    return (Number(stream.duration) * stream.timeBase.num) / stream.timeBase.den;
  }
  return container.duration > 0n ? Number(container.duration) / constants.AV_TIME_BASE : undefined;
}

/** End of the video by the statistics tag of Matroska, seconds: its demuxer reads a file that is cut off as complete. */
function readStatedEnd({ stream }: Input): number | undefined {
  const text = stream.metadata?.get('DURATION');
  const parts = /^(\d+):(\d+):(\d+(?:\.\d+)?)/.exec(text ?? '');
  if (!parts) return undefined;
  return 3600 * Number(parts[1]) + 60 * Number(parts[2]) + Number(parts[3]);
}

/** Presentation times of the first frames, seconds, in the order of storage; NaN where the container has none. */
function firstTimes({ lib, constants }: NodeAv, { container, stream }: Input): number[] {
  const times: number[] = [];
  const packet = new lib.Packet();
  packet.alloc();
  while (times.length < 300 && container.readFrameSync(packet) >= 0) {
    if (packet.streamIndex === stream.index) {
      const pts = packet.pts === constants.AV_NOPTS_VALUE ? NaN : Number(packet.pts);
      times.push((pts * stream.timeBase.num) / stream.timeBase.den);
    }
    packet.unref();
  }
  packet.free();
  return times;
}

function readOrientation({ constants }: NodeAv, { stream }: Input): Orientation {
  const bytes = stream.codecpar.getCodedSideData(constants.AV_PKT_DATA_DISPLAYMATRIX);
  if (bytes === null || bytes.length < 36) return UPRIGHT;
  return orientationOf(Array.from({ length: 9 }, (_, i) => bytes.readInt32LE(4 * i)));
}

async function* decode(av: NodeAv, path: string): AsyncGenerator<DecodedFrame> {
  const { lib, constants } = av;
  const input = await openInput(av, path);
  const { container, stream } = input;
  const decoder = new lib.CodecContext();
  const packet = new lib.Packet();
  const frame = new lib.Frame();
  const convert = createConverter(av);
  packet.alloc();
  frame.alloc();
  try {
    const codec = lib.Codec.findDecoder(stream.codecpar.codecId);
    if (!codec) throw unreadable(path, 'there is no decoder for its codec');
    decoder.allocContext3(codec);
    decoder.parametersToContext(stream.codecpar);
    decoder.pktTimebase = stream.timeBase;
    decoder.threadCount = 0;
    const opened = await decoder.open2(codec, null);
    if (opened < 0) throw unreadable(path, lib.FFmpegError.strerror(opened));

    const tick = stream.timeBase.num / stream.timeBase.den;
    const stated = Number(stream.nbFrames);
    let packets = 0;
    let shown = 0;
    let end = 0;
    let damage: string | undefined;
    let tail: string | undefined;
    for (let ended = false; !ended;) {
      const read = damage === undefined ? container.readFrameSync(packet) : constants.AVERROR_EOF;
      ended = read < 0;
      if (!ended && packet.streamIndex !== stream.index) {
        packet.unref();
        continue;
      }
      if (!ended) {
        packets++;
        if (packet.pts !== constants.AV_NOPTS_VALUE) {
          end = Math.max(end, Number(packet.pts + packet.duration) * tick);
        }
      }
      if (ended && read !== constants.AVERROR_EOF) damage = 'it cannot be read to the end';
      // A packet that is cut off may still contain whole frames: they are yielded before the error is thrown.
      const isCut = !ended && packet.hasFlags(constants.AV_PKT_FLAG_CORRUPT);
      const sent = decoder.sendPacketSync(ended ? null : packet);
      packet.unref();
      // Before the first frame, a decoder may lack references from earlier packets.
      const isRejected = sent < 0 && sent !== constants.AVERROR_EOF && shown > 0;
      for (;;) {
        const received = decoder.receiveFrameSync(frame);
        if (received === constants.AVERROR_EAGAIN || received === constants.AVERROR_EOF) break;
        if (received < 0 || (shown > 0 && isDamaged(av, frame))) {
          throw truncated(path, `frame ${shown} cannot be decoded`);
        }
        const pts = frame.bestEffortTimestamp;
        const timestamp = pts === constants.AV_NOPTS_VALUE ? undefined : Number(pts) * tick;
        yield lazyFrame(frame, timestamp, convert.toRgb);
        frame.unref();
        shown++;
      }
      if (isCut) tail = 'its last frame is incomplete';
      if (isRejected) damage = `the frames after frame ${shown - 1} cannot be decoded`;
    }
    damage ??= tail;
    if (damage === undefined && packets < stated) {
      damage = `it states ${stated} frames and contains ${packets}`;
    }
    const statedEnd = readStatedEnd(input);
    const spacing = stream.avgFrameRate.den / stream.avgFrameRate.num;
    if (damage === undefined && statedEnd !== undefined && end + 0.75 * spacing < statedEnd) {
      damage = `it states ${statedEnd.toFixed(2)} s and ends after ${end.toFixed(2)} s`;
    }
    if (damage !== undefined) throw truncated(path, damage);
  } finally {
    convert.free();
    frame.free();
    packet.free();
    decoder.freeContext();
    await container.closeInput();
  }
}

/**
 * A decoded frame whose pixels are converted when they are first read: readers that skip frames do not pay for them.
 * They must be read before the next frame is decoded into the same memory.
 */
function lazyFrame(
  frame: InstanceType<Lib['Frame']>,
  timestamp: number | undefined,
  toRgb: (frame: InstanceType<Lib['Frame']>) => Uint8Array,
): DecodedFrame {
  let rgb: Uint8Array | undefined;
  return {
    ...(timestamp !== undefined && { timestamp }),
    width: frame.width,
    height: frame.height,
    channels: 3,
    get data() {
      return (rgb ??= toRgb(frame));
    },
  };
}

function isDamaged({ constants }: NodeAv, frame: InstanceType<Lib['Frame']>): boolean {
  const { FF_DECODE_ERROR_CONCEALMENT_ACTIVE, FF_DECODE_ERROR_INVALID_BITSTREAM } = constants;
  const bad = FF_DECODE_ERROR_CONCEALMENT_ACTIVE | FF_DECODE_ERROR_INVALID_BITSTREAM;
  const { decodeErrorFlags, flags } = frame;
  return (decodeErrorFlags & bad) !== 0 || (flags & constants.AV_FRAME_FLAG_CORRUPT) !== 0;
}

/** Converts decoded frames to RGB with the color matrix and range of each frame. */
function createConverter({ lib, constants }: NodeAv): {
  toRgb: (frame: InstanceType<Lib['Frame']>) => Uint8Array;
  free: () => void;
} {
  const scaler = new lib.SoftwareScaleContext();
  scaler.allocContext();
  scaler.setOption('sws_flags', 'bicubic+accurate_rnd+full_chroma_int');
  const rgb = new lib.Frame();
  rgb.alloc();
  let prepared = false;
  return {
    toRgb(frame) {
      const { width, height } = frame;
      if (!prepared || rgb.width !== width || rgb.height !== height) {
        rgb.unref();
        Object.assign(rgb, { width, height, format: constants.AV_PIX_FMT_RGB24 });
        lib.FFmpegError.throwIfError(rgb.getBuffer(1), 'frame buffer');
        prepared = true;
      }
      lib.FFmpegError.throwIfError(scaler.scaleFrameSync(rgb, frame), 'color conversion');
      const data = rgb.toBuffer();
      return new Uint8Array(data.buffer, data.byteOffset, 3 * width * height);
    },
    free() {
      rgb.free();
      scaler.freeContext();
    },
  };
}
