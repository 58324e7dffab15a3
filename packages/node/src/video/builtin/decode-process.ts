/**
 * @file The process that reads a video file: mediabunny reads the container, FFmpeg's libraries decode.
 *
 * A process of its own because the container and codec data are untrusted input to native code: a crash, a hang or the
 * end of memory ends this process and not the program, and its log shows damage that the decoder conceals.
 *
 * `decode-process FILE` writes an `Answer` (protocol.ts); `decode-process FILE frames` then all frames, each a header and
 * its planes (Y, U, V in 4:2:0, rows without padding). Standard error is the log of the decoder.
 */
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import process from 'node:process';

import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';
import type { EncodedPacket, InputVideoTrack } from 'mediabunny';

import { loadNative } from './native.ts';
import type { NativeFrame } from './native.ts';
import { FRAME_HEADER } from './protocol.ts';
import type { Probe, Refusal } from './protocol.ts';

async function run(file: string, withFrames: boolean): Promise<void> {
  const input = new Input({ source: new FilePathSource(file), formats: ALL_FORMATS });
  const answer = await probe(file, input);
  await write(Buffer.from(`${JSON.stringify('kind' in answer ? answer : answer.probe)}\n`));
  if (!withFrames || 'kind' in answer) return;
  let shown = 0;
  for await (const frame of decoded(answer.track)) {
    // Frames before time 0 are only there to start the decoder from (an edit list of MP4).
    if (shown++ >= answer.early) await write(bytesOf(frame));
    frame.close();
  }
}

interface Readable {
  readonly probe: Probe;
  readonly track: InputVideoTrack;
  /** Number of decoded frames that are not shown. */
  readonly early: number;
}

async function probe(file: string, input: Input): Promise<Readable | Refusal> {
  const container = await foreignContainer(file);
  if (container !== undefined) return { kind: 'foreign', why: `it is in ${container}` };
  if (!(await input.canRead().catch(() => false))) {
    return { kind: 'unknown', why: 'its container is unknown' };
  }
  const track = await input.getPrimaryVideoTrack();
  if (track === null) return { kind: 'unreadable', why: 'it contains no video' };
  const codec = await track.getCodec();
  if (codec === null || !Object.hasOwn(CODECS, codec)) {
    return { kind: 'foreign', why: `there is no decoder for its codec` };
  }
  try {
    loadNative();
  } catch {
    return { kind: 'foreign', why: 'the codecs do not run on this system' };
  }
  const { times, early, end } = await timesOf(track);
  const color = await track.getColorSpace();
  for await (const frame of decoded(track)) {
    const { width, height } = frame;
    const isReadable = layoutOf(frame) !== undefined;
    frame.close();
    if (!isReadable) return { kind: 'foreign', why: 'its pixel format is unusual' };
    const found: Probe = {
      ...{ width, height, times, end },
      rotation: await track.getRotation(),
      matrix: color.matrix ?? null,
      fullRange: color.fullRange ?? null,
      statedEnd: (await track.getDurationFromMetadata()) ?? null,
      hasSound: (await input.getAudioTracks()).length > 0,
    };
    return { probe: found, track, early };
  }
  return { kind: 'unknown', why: 'no frame of it can be decoded' };
}

/** Containers that mediabunny does not read and FFmpeg does, by their first bytes. */
async function foreignContainer(file: string): Promise<string | undefined> {
  const handle = await open(file);
  const head = (await handle.read(Buffer.alloc(16), 0, 16, 0)).buffer.toString('latin1');
  await handle.close();
  if (head.startsWith('RIFF') && head.slice(8, 11) === 'AVI') return 'an AVI file';
  if (/^\x00\x00\x01[\xba\xb3]/.test(head)) return 'an MPEG file';
  if (head.startsWith('\x30\x26\xb2\x75\x8e\x66\xcf\x11')) return 'a WMV file';
  if (head.startsWith('FLV')) return 'an FLV file';
  return undefined;
}

/** mediabunny's names of the codecs, and FFmpeg's. */
const CODECS = { avc: 'h264', hevc: 'hevc', vp8: 'vp8', vp9: 'vp9', av1: 'av1' } as const;

/**
 * Times of the frames that come out of the decoder, in order of presentation.
 *
 * The native module does not report which packet a frame is of; but frames come in order, one per shown packet.
 */
async function timesOf(
  track: InputVideoTrack,
): Promise<{ times: number[]; early: number; end: number }> {
  const isVp8 = (await track.getCodec()) === 'vp8';
  const stamps: number[] = [];
  let start = -Infinity; // of the keyframe that decoding starts from
  let end = 0;
  const sink = new EncodedPacketSink(track);
  for await (const packet of sink.packets(undefined, undefined, { metadataOnly: !isVp8 })) {
    if (start === -Infinity && packet.type === 'key') start = packet.timestamp;
    // Bit 4 of a VP8 frame is set where it is shown (RFC 6386, section 9.1).
    if (isVp8 && ((packet.data[0] ?? 0) & 0x10) === 0) continue;
    // Frames that precede the first keyframe need others that the file does not have.
    if (packet.timestamp < start - 1e-9) continue;
    stamps.push(packet.timestamp);
    end = Math.max(end, packet.timestamp + packet.duration);
  }
  stamps.sort((a, b) => a - b);
  const early = stamps.findIndex((stamp) => stamp > -1e-6);
  return { times: early < 0 ? [] : stamps.slice(early), early: Math.max(0, early), end };
}

async function* decoded(track: InputVideoTrack): AsyncGenerator<NativeFrame> {
  const { VideoDecoderNative } = loadNative();
  const config = await track.getDecoderConfig();
  const codec = CODECS[(await track.getCodec()) as keyof typeof CODECS];
  const frames: NativeFrame[] = [];
  const decoder = new VideoDecoderNative(
    (frame) => frames.push(frame),
    (message) => process.stderr.write(`${message}\n`),
  );
  const description = config?.description;
  decoder.configure({
    codec,
    width: config?.codedWidth ?? 0,
    height: config?.codedHeight ?? 0,
    ...(description && { extradata: bufferOf(description) }),
  });
  try {
    for await (const packet of packetsOf(track)) {
      const time = Math.round(packet.timestamp * 1e6);
      decoder.decode(Buffer.from(packet.data), packet.type === 'key', time, 0);
      yield* frames.splice(0);
    }
    decoder.flush(() => undefined);
    yield* frames.splice(0);
  } finally {
    for (const frame of frames) frame.close();
    decoder.close();
  }
}

/** Packets in order of decoding, up to where the file breaks off. */
async function* packetsOf(track: InputVideoTrack): AsyncGenerator<EncodedPacket> {
  try {
    yield* new EncodedPacketSink(track).packets();
  } catch (error) {
    process.stderr.write(`Truncated: ${(error as Error).message}\n`);
  }
}

function bufferOf(source: ArrayBufferLike | ArrayBufferView): Buffer {
  return ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source);
}

/** How the planes of a frame become 4:2:0 with 8 bits; undefined where they do not. */
function layoutOf(frame: NativeFrame): 'as it is' | 'full range' | 'converted' | undefined {
  const { width, height, format } = frame;
  const size = width * height + 2 * ((width + 1) >> 1) * ((height + 1) >> 1);
  if (format === 'I420') return 'as it is';
  if (format === 'I422' || format === 'I444' || format === 'NV12') return 'converted';
  if (format !== '') return undefined;
  // FFmpeg has formats of their own for full range (yuvj420p) and for 10 bits (yuv420p10), whose samples have two bytes.
  if (frame.allocationSize() === size) return 'full range';
  return frame.allocationSize() === 2 * size ? 'converted' : undefined;
}

function bytesOf(frame: NativeFrame): Buffer {
  const { width, height } = frame;
  const size = width * height + 2 * ((width + 1) >> 1) * ((height + 1) >> 1);
  const bytes = Buffer.allocUnsafeSlow(FRAME_HEADER + size);
  const layout = layoutOf(frame);
  bytes.writeUInt32LE(width, 0);
  bytes.writeUInt32LE(height, 4);
  bytes.writeUInt32LE(layout === 'full range' ? 1 : 0, 8);
  const planes = bytes.subarray(FRAME_HEADER);
  if (layout === 'converted') frame.copyTo(planes, { format: 'I420' });
  else frame.copyTo(planes);
  return bytes;
}

async function write(bytes: Buffer): Promise<void> {
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
}

const [path, what] = process.argv.slice(2);
process.on('disconnect', () => process.exit()); // the parent is gone
if (path !== undefined && process.connected) {
  try {
    await run(path, what === 'frames');
  } catch (error) {
    // The parent ended the pipe: it has seen enough.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
  process.exit();
}
