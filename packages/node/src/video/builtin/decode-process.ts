/**
 * @file The process that reads a video file: mediabunny or a reader of this folder reads the container, FFmpeg's
 * libraries decode.
 *
 * A process of its own because the container and codec data are untrusted input to native code: a crash, a hang or the
 * end of memory ends this process and not the program, and its log shows damage that the decoder conceals.
 *
 * `decode-process FILE` writes an `Answer` (protocol.ts); `decode-process FILE frames` then all frames, each a header and
 * its samples. Standard error is the log of the decoder, in a file.
 */
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import process from 'node:process';

import { loadNative } from './native.ts';
import { pixelsOf } from './native-pixels.ts';
import { createFieldReader } from './fields.ts';
import { FRAME_HEADER, writeHeader } from './protocol.ts';
import type { Probe, Refusal } from './protocol.ts';
import { readRaw } from './raw.ts';
import { recovered } from './recover.ts';
import { openAvi } from './source-avi.ts';
import { openH264 } from './source-h264.ts';
import { openMediabunny } from './source-mediabunny.ts';
import type { Source } from './source.ts';

async function run(file: string, withFrames: boolean): Promise<void> {
  const source = await openSource(file);
  const answer = 'kind' in source ? source : await probe(source);
  await write(Buffer.from(`${JSON.stringify(answer)}\n`));
  if (!withFrames || 'kind' in answer || 'kind' in source) return;
  for await (const bytes of framesOf(source)) await write(bytes);
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
  const { times, end } = await timesOf(source);
  for await (const bytes of framesOf(source, (why) => (refused = why))) {
    const header = new DataView(bytes.buffer, bytes.byteOffset);
    const [width, height] = [header.getUint32(0, true), header.getUint32(4, true)];
    if (width === 0) continue;
    const { orientation, pixelAspect, color, isRateAssumed, hasSound } = source;
    const truncated = await truncationOf(source, { count: times.length, end });
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

/** Times of the frames that are shown, in their order, and when the last of them ends. */
async function timesOf(source: Source): Promise<{ times: number[]; end: number }> {
  const times: number[] = [];
  let start = -Infinity; // of the keyframe that decoding starts from
  let end = 0;
  let latest = -Infinity;
  let isTrimmed = false;
  let shift = 0;
  for await (const { isKey, time, duration } of source.places()) {
    if (start === -Infinity && isKey) start = time;
    if (start === -Infinity || (time < start - 1e-9 && shift === 0 && !isKey)) continue;
    if (isKey && time < latest - 1e-6) {
      // The clock was reset.
      const last = times.reduce((most, each) => Math.max(most, each), 0);
      shift = last + (last - times[0]!) / Math.max(1, times.length - 1) - time;
    }
    if (isKey) latest = -Infinity;
    latest = Math.max(latest, time);
    const shown = source.timeShown(time);
    if (shown === undefined) {
      isTrimmed ||= times.length === 0;
      continue;
    }
    times.push(shown + shift);
    end = Math.max(end, shown + shift + duration);
  }
  times.sort((a, b) => a - b);
  const period = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / Math.max(1, times.length - 1);
  // An edit that starts within a frame: the first whole frame is shown from the start, as FFmpeg does.
  if (isTrimmed && (times[0] ?? 0) < period) lead = times[0] ?? 0;
  return { times: times.map((time) => time - lead), end: end - lead };
}

/** Why the file ends before it should. */
async function truncationOf(
  { statedEnd, statedFrames, hasSound, isEndOfAll, soundEnd }: Source,
  { count, end }: { readonly count: number; readonly end: number },
): Promise<string | null> {
  if (statedFrames !== undefined && count < statedFrames - 1) {
    return `it states ${statedFrames} frames and contains ${count}`;
  }
  const slack = hasSound ? 0.3 : 0.75 * (end / Math.max(1, count));
  if (statedEnd === undefined || statedEnd <= end + slack) return null;
  // Of a whole file the sound may be what is longer.
  if (isEndOfAll === true && hasSound && statedEnd <= ((await soundEnd?.()) ?? 0) + slack)
    return null;
  return `it states ${statedEnd.toFixed(2)} s and ends after ${end.toFixed(2)} s`;
}

/** All frames that are shown, each a header and its samples. */
async function* framesOf(
  source: Source,
  onRefused?: (why: string) => void,
): AsyncGenerator<Buffer> {
  const isFull = source.color.fullRange === true;
  if (source.codec === 'raw') {
    for await (const { data, time } of source.packets()) {
      const pixels = readRaw(data, source.raw!, source);
      yield bytesOf({ ...pixels, isFullRange: isFull, time, field: undefined }, source);
    }
    return;
  }
  const fieldOf = createFieldReader(source);
  for await (const { frame, packet } of recovered(source)) {
    const shown = source.timeShown(packet.time);
    try {
      if (shown === undefined) continue;
      const time = shown - lead;
      const pixels = frame && pixelsOf(frame, source);
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
  const bytes = Buffer.allocUnsafeSlow(FRAME_HEADER + (data?.length ?? 0));
  const isDamaged = data === undefined;
  const size = isDamaged ? { width: 0, height: 0 } : { width, height };
  writeHeader(new DataView(bytes.buffer, bytes.byteOffset), {
    ...{ ...size, kind, chroma, bits, isFullRange, field, isDamaged, time },
  });
  if (data !== undefined) bytes.set(data, FRAME_HEADER);
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
