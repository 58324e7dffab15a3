/**
 * @file Decodes with FFmpeg's libraries inside this process, by way of the optional package `node-av`.
 *
 * Fastest of the routes: no pipe, and frames arrive with their exact times.
 */
import { resolve } from 'node:path';

import type * as constants from 'node-av/constants';
import type * as lib from 'node-av/lib';

import { isNoClip, orientationOf, rateOf, truncated, unreadable, UPRIGHT } from './stream.ts';
import type { DecodedPicture, Orientation, VideoStream } from './stream.ts';

type Lib = typeof lib;
type Constants = typeof constants;

/** The parts of `node-av` in use. */
export interface NodeAv {
  readonly lib: Lib;
  readonly constants: Constants;
}

/** Loads `node-av`; undefined where it is not installed or has no binary for this system. */
export async function loadNodeAv(): Promise<NodeAv | undefined> {
  try {
    const [lib, constants] = await Promise.all([
      import('node-av/lib'),
      import('node-av/constants'),
    ]);
    lib.Log.setLevel(constants.AV_LOG_QUIET); // damage is found through return codes
    return { lib, constants };
  } catch {
    return undefined;
  }
}

/**
 * Looks into a video file.
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
  // The prefix keeps names with a colon from being taken for an address.
  const opened = await container.openInput(`file:${resolve(path)}`);
  if (opened < 0) throw unreadable(path, lib.FFmpegError.strerror(opened));
  try {
    const found = await container.findStreamInfo();
    if (found < 0) throw unreadable(path, lib.FFmpegError.strerror(found));
    const format = container.iformat?.name ?? '';
    if (isNoClip(format)) throw unreadable(path, 'it is a picture, a playlist or a text');
    const index = container.findBestStream(constants.AVMEDIA_TYPE_VIDEO);
    const stream = container.streams[index];
    if (stream?.hasDisposition(constants.AV_DISPOSITION_ATTACHED_PIC) !== false) {
      throw unreadable(path, 'it holds no video');
    }
    return { container, stream };
  } catch (error) {
    await container.closeInput();
    throw error;
  }
}

/** Duration as the stream, or else the container, states it. */
function secondsOf({ constants }: NodeAv, { container, stream }: Input): number | undefined {
  if (stream.duration > 0n) {
    return (Number(stream.duration) * stream.timeBase.num) / stream.timeBase.den;
  }
  return container.duration > 0n ? Number(container.duration) / constants.AV_TIME_BASE : undefined;
}

/** When the video ends by Matroska's own statistics: its demuxer takes a file that breaks off for complete. */
function readStatedEnd({ stream }: Input): number | undefined {
  const text = stream.metadata?.get('DURATION');
  const parts = /^(\d+):(\d+):(\d+(?:\.\d+)?)/.exec(text ?? '');
  if (!parts) return undefined;
  return 3600 * Number(parts[1]) + 60 * Number(parts[2]) + Number(parts[3]);
}

/** Times of the first frames as the container states them, seconds, in the order of storage; NaN where it does not. */
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

async function* decode(av: NodeAv, path: string): AsyncGenerator<DecodedPicture> {
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
    if (!codec) throw unreadable(path, `there is no decoder for its codec`);
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
      if (ended && read !== constants.AVERROR_EOF) damage = 'it cannot be read to its end';
      // A cut packet may still hold whole frames: they are shown before the damage is told.
      const isCut = !ended && packet.hasFlags(constants.AV_PKT_FLAG_CORRUPT);
      const sent = decoder.sendPacketSync(ended ? null : packet);
      packet.unref();
      // Before the first picture a decoder may well lack what earlier packets had.
      const isRejected = sent < 0 && sent !== constants.AVERROR_EOF && shown > 0;
      for (;;) {
        const received = decoder.receiveFrameSync(frame);
        if (received === constants.AVERROR_EAGAIN || received === constants.AVERROR_EOF) break;
        if (received < 0 || (shown > 0 && isDamaged(av, frame))) {
          throw truncated(path, `frame ${shown} cannot be decoded`);
        }
        const pts = frame.bestEffortTimestamp;
        const timestamp = pts === constants.AV_NOPTS_VALUE ? undefined : Number(pts) * tick;
        yield lazyPicture(frame, timestamp, convert.toRgb);
        frame.unref();
        shown++;
      }
      if (isCut) tail = 'its last frame is incomplete';
      if (isRejected) damage = `what follows frame ${shown - 1} cannot be decoded`;
    }
    damage ??= tail;
    if (damage === undefined && packets < stated) {
      damage = `it states ${stated} frames and holds ${packets}`;
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
 * A decoded frame as a picture. Its pixels are converted when they are first asked for, before the next
 * frame takes the decoder's memory: readers that skip frames do not pay for them.
 */
function lazyPicture(
  frame: InstanceType<Lib['Frame']>,
  timestamp: number | undefined,
  toRgb: (frame: InstanceType<Lib['Frame']>) => Uint8Array,
): DecodedPicture {
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

/** Converts decoded frames to RGB, minding their own color matrix and range. */
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
