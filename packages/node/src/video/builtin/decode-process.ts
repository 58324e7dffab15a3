/**
 * @file The process that reads a video file: mediabunny or a reader of this folder reads the container, FFmpeg's
 * libraries decode.
 *
 * A process of its own because the container and codec data are untrusted input to native code: a crash, a hang or the
 * end of memory ends this process and not the program, and its log shows damage that the decoder conceals.
 *
 * `decode-process FILE` writes an `Answer` (protocol.ts) and, once its parent sends a `Request`, frames, each a header and
 * its samples; `decode-process FILE frames` does not wait for it. Standard error is the log of the decoder, in a file.
 */
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import process from 'node:process';

import {
  createFieldReader,
  decodeSpans,
  FRAME_HEADER,
  readHeader,
  shownTimes,
  truncationOf,
  writeHeader,
} from '@telltale/core/video';

import { loadNative } from './native.ts';
import { pixelsOf } from './native-pixels.ts';
import type { Probe, Refusal, Request } from './protocol.ts';
import { readRaw } from './raw.ts';
import { recovered } from './recover.ts';
import { openAvi } from './source-avi.ts';
import { openH264 } from './source-h264.ts';
import { openMediabunny } from './source-mediabunny.ts';
import type { Source } from './source.ts';

async function run(file: string, isWaiting: boolean): Promise<void> {
  const source = await openSource(file);
  const answer = 'kind' in source ? source : await probe(source);
  await write(Buffer.from(`${JSON.stringify(answer)}\n`));
  if ('kind' in answer || 'kind' in source) return;
  const [{ spans }] = (isWaiting ? await once(process, 'message') : [{}]) as [Request];
  const { seek } = source;
  const frames =
    spans === undefined || seek === undefined
      ? framesOf(source)
      : decodeSpans(spans, {
          keyBefore: async (time) => (await seek.keyBefore(time + lead)) - lead,
          decodeFrom: (time) => framesOf(source, { from: time + lead }),
          timeOf: (bytes) => readHeader(new DataView(bytes.buffer, bytes.byteOffset)).time,
        });
  for await (const bytes of frames) await write(bytes);
}

async function openSource(file: string): Promise<Source | Refusal> {
  const handle = await open(file);
  const head = (await handle.read(Buffer.alloc(16), 0, 16, 0)).buffer.toString('latin1');
  await handle.close();
  if (head.startsWith('RIFF') && head.slice(8, 11) === 'AVI') return openAvi(file);
  const foreign = FOREIGN.find(([start]) => start.test(head));
  if (foreign !== undefined) return { kind: 'foreign', why: `it is in ${foreign[1]}` };
  const source = await openMediabunny(file);
  const isUnknown = 'kind' in source && source.kind === 'unknown';
  return isUnknown && /^\x00?\x00\x00\x01[^\xba\xb3]/.test(head) ? openH264(file) : source;
}

/** Containers that are not read here and that FFmpeg reads, by their first bytes. */
const FOREIGN: readonly (readonly [start: RegExp, name: string])[] = [
  [/^\x00\x00\x01[\xba\xb3]/, 'an MPEG file'],
  [/^\x30\x26\xb2\x75\x8e\x66\xcf\x11/, 'a WMV file'],
  [/^FLV/, 'an FLV file'],
  [/^\x06\x0e\x2b\x34/, 'an MXF file'],
  [/^\x1f\x07\x00[\x3f\xbf]/, 'a DV file'],
  [/^OggS/, 'an Ogg file'],
];

async function probe(source: Source): Promise<Probe | Refusal> {
  if (source.codec !== 'raw') {
    try {
      loadNative();
    } catch {
      return { kind: 'foreign', why: 'the codecs do not run on this system' };
    }
  }
  const shown = await shownTimes(source.places(), (time) => source.timeShown(time));
  const { times, end } = shown;
  lead = shown.lead;
  for await (const bytes of framesOf(source, { onRefused: (why) => (refused = why) })) {
    const header = new DataView(bytes.buffer, bytes.byteOffset);
    const [width, height] = [header.getUint32(0, true), header.getUint32(4, true)];
    if (width === 0) continue;
    const { orientation, pixelAspect, color, isRateAssumed, hasSound, mayJump = false } = source;
    const { videos = 1 } = source;
    // What is stated counts from the first frame, also where that is before 0.
    const length = end - Math.min(0, times[0] ?? 0);
    const truncated = await truncationOf(source, { count: times.length, end: length });
    return {
      ...{
        width,
        height,
        orientation,
        pixelAspect,
        color,
        times,
        isRateAssumed,
        truncated,
        hasSound,
        mayJump,
        videos,
        isSeekable: source.seek !== undefined && !mayJump && !shown.hasJoints,
      },
    };
  }
  return refused !== undefined
    ? { kind: 'foreign', why: refused }
    : { kind: 'unknown', why: 'no frame of it can be decoded' };
}

let refused: string | undefined;

/** What all times are reduced by, seconds. */
let lead = 0;

interface ReadingOptions {
  /** Called with the reason where the samples of a frame cannot be read. */
  readonly onRefused?: (why: string) => void;
  /** Starts at a keyframe at this time or before it. */
  readonly from?: number;
}

/** All frames that are shown, each a header and its samples. */
async function* framesOf(
  source: Source,
  { onRefused, from }: ReadingOptions = {},
): AsyncGenerator<Buffer, void> {
  const isFull = source.color.fullRange === true;
  if (source.codec === 'raw') {
    for await (const { data, time } of source.packets()) {
      const pixels = readRaw(data, source.raw!, source);
      yield bytesOf({ ...pixels, isFullRange: isFull, time, field: undefined }, source);
    }
    return;
  }
  const fieldOf = source.codec === 'h264' ? createFieldReader(source.description) : () => undefined;
  for await (const { frame, packet } of recovered(source, from)) {
    const shown = source.timeShown(packet.time);
    try {
      if (shown === undefined) continue;
      const time = shown - lead;
      const pixels = frame && pixelsOf(frame, source, roomFor);
      if (typeof pixels === 'string') {
        if (onRefused === undefined) continue;
        onRefused(pixels);
        return;
      }
      const size = frame ?? { width: 0, height: 0 };
      const field = frame && fieldOf(packet);
      const isFullRange = isFull || pixels?.isFullRange === true;
      yield bytesOf({ ...pixels, isFullRange, time, field }, size);
    } finally {
      frame?.close();
    }
  }
}

function bytesOf(
  pixels: {
    readonly kind?: 'rgb' | 'planes';
    readonly chroma?: readonly [number, number] | null;
    readonly bits?: number;
    readonly data?: Uint8Array;
    readonly isFullRange: boolean;
    readonly time: number;
    readonly field: 'top' | 'bottom' | undefined;
  },
  { width, height }: { readonly width: number; readonly height: number },
): Buffer {
  const { kind = 'planes', chroma = null, bits = 8, data, isFullRange, time, field } = pixels;
  const isDamaged = data === undefined;
  const bytes = data === room?.samples ? room!.bytes : Buffer.allocUnsafeSlow(FRAME_HEADER + (data?.length ?? 0)); // prettier-ignore
  const size = isDamaged ? { width: 0, height: 0 } : { width, height };
  writeHeader(new DataView(bytes.buffer, bytes.byteOffset), {
    ...{ ...size, kind, chroma, bits, isFullRange, field, isDamaged, isCut: false, time },
  });
  if (data !== undefined && data !== room?.samples) bytes.set(data, FRAME_HEADER);
  return bytes;
}

/** Where a frame is put together; it is used again once it was written, for otherwise most of the time would go into garbage. */
let room: { readonly bytes: Buffer; readonly samples: Uint8Array } | undefined;

/** Room for samples, behind room for a header: valid until the next call. */
function roomFor(length: number): Uint8Array {
  if (room?.samples.length !== length) {
    const bytes = Buffer.allocUnsafeSlow(FRAME_HEADER + length);
    room = { bytes, samples: bytes.subarray(FRAME_HEADER) };
  }
  return room.samples;
}

/** Resolves once the bytes may be overwritten. */
function write(bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

const [path, what] = process.argv.slice(2);
process.on('disconnect', () => process.exit()); // the parent is gone
if (path !== undefined && process.connected) {
  try {
    await run(path, what !== 'frames');
  } catch (error) {
    // The parent ended the pipe: it has seen enough.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
  process.exit();
}
