/**
 * @file AVI files, as cameras and capture programs write them: Motion JPEG, PNG, H.264 and samples as they are.
 *
 * The chunks are read one after another, without the index, which damaged files do not have.
 *
 * @see Microsoft, "AVI RIFF File Reference"; Matrox, "OpenDML AVI File Format Extensions", 1996
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

import { annexBUnits, h264Sequence, UPRIGHT } from '@telltale/core/video';

import type { Refusal } from './protocol.ts';
import type { Codec, Packet, RawLayout, Source } from './source.ts';

/** Codecs by the four characters of a stream, in upper case. */
const CODECS: Readonly<Record<string, Codec>> = {
  ...{ MJPG: 'mjpeg', AVRN: 'mjpeg', JPEG: 'mjpeg', MPNG: 'png', 'PNG ': 'png' },
  ...{ H264: 'h264', X264: 'h264', AVC1: 'h264' },
};
const RAW: Readonly<Record<string, RawLayout['format']>> = {
  ...{ Y800: 'gray', 'Y8  ': 'gray', GREY: 'gray', I420: 'i420', IYUV: 'i420', YV12: 'yv12' },
  ...{ YUY2: 'yuyv', YUYV: 'yuyv', UYVY: 'uyvy' },
};

interface Header {
  readonly stream: number;
  readonly width: number;
  readonly height: number;
  readonly codec: Codec;
  readonly raw: RawLayout | undefined;
  /** Seconds per frame. */
  readonly period: number;
  readonly statedFrames: number;
  readonly pixelAspect: number;
  readonly hasSound: boolean;
  readonly videos: number;
}

/** Opens the first video stream. */
export async function openAvi(path: string): Promise<Source | Refusal> {
  const file = await open(path);
  const header = await readAviHeader(file);
  if (header === undefined) return { kind: 'unreadable', why: 'it contains no video' };
  if ('foreign' in header) {
    return { kind: 'foreign', why: `there is no decoder for its codec ${header.foreign}` };
  }
  const { codec, raw, width, height, period, stream } = header;
  const packets = async function* (withData: boolean): AsyncGenerator<Packet> {
    const size = (await file.stat()).size;
    let index = 0;
    for await (const { at, length } of chunksOf(file, stream)) {
      const time = index++ * period;
      // A chunk without data repeats the frame before it.
      if (length === 0) continue;
      const isCut = at + length > size;
      if (isCut) process.stderr.write(`Truncated: frame ${index - 1} is cut off\n`);
      const needed = withData || codec === 'h264';
      // Of a frame that is cut off nothing is used: no decoder reads these bytes.
      const data = isCut ? Buffer.alloc(16, 0x55) : Buffer.alloc(needed ? length : 0);
      if (needed && !isCut) await file.read(data, 0, data.length, at);
      const isKey = codec !== 'h264' || index === 1 || hasKey(data);
      yield { data, isKey, time };
      if (isCut) return;
    }
  };
  const first = codec === 'h264' ? await firstOf(packets(true)) : undefined;
  return {
    ...{ codec, raw, width, height, bits: codec === 'h264' ? bitsIn(first?.data) : 8 },
    orientation: UPRIGHT,
    pixelAspect: header.pixelAspect,
    color: {
      fullRange: codec === 'mjpeg' || raw?.format === 'gray',
      isCentered: codec === 'mjpeg',
    },
    isRateAssumed: false,
    hasSound: header.hasSound,
    videos: header.videos,
    ...(header.statedFrames > 0 && { statedFrames: header.statedFrames }),
    timeShown: (time) => time,
    async *places() {
      for await (const { isKey, time } of packets(false)) yield { isKey, time, duration: period };
    },
    packets: () => packets(true),
  };
}

async function firstOf(packets: AsyncIterable<Packet>): Promise<Packet | undefined> {
  for await (const packet of packets) return packet;
  return undefined;
}

function hasKey(data: Uint8Array): boolean {
  for (const { type } of annexBUnits(data)) if (type === 5) return true;
  return false;
}

function bitsIn(data: Uint8Array = new Uint8Array(0)): number {
  for (const { type, bytes } of annexBUnits(data)) {
    if (type === 7) return h264Sequence(bytes).bits;
  }
  return 8;
}

interface Chunk {
  readonly id: string;
  readonly list: string;
  /** Place of its data, and length, bytes. */
  readonly at: number;
  readonly length: number;
}

/** The chunks from a place on; lists are entered. */
async function* walk(file: FileHandle, from = 0): AsyncGenerator<Chunk> {
  const { size } = await file.stat();
  const head = Buffer.alloc(12);
  for (let at = from; at + 8 <= size;) {
    await file.read(head, 0, 12, at);
    const id = head.toString('latin1', 0, 4);
    const length = head.readUInt32LE(4);
    if (id === 'RIFF' || id === 'LIST') {
      yield { id, list: head.toString('latin1', 8, 12), at: at + 12, length };
      at += 12;
    } else {
      yield { id, list: '', at: at + 8, length };
      at += 8 + length + (length & 1);
    }
  }
}

/** The chunks of one stream's frames. */
async function* chunksOf(file: FileHandle, stream: number): AsyncGenerator<Chunk> {
  const wanted = new RegExp(`^${String(stream).padStart(2, '0')}d[bc]$`);
  for await (const chunk of walk(file)) {
    if (wanted.test(chunk.id)) yield chunk;
    else if (chunk.id !== 'RIFF' && chunk.id !== 'LIST' && !/^[\x20-\x7e]{4}$/.test(chunk.id)) {
      process.stderr.write('Truncated: its chunks are not in order\n');
      return;
    }
  }
}

async function readAviHeader(
  file: FileHandle,
): Promise<Header | { readonly foreign: string } | undefined> {
  let stream = -1;
  let kind = '';
  let found: Omit<Header, 'pixelAspect' | 'hasSound' | 'videos'> | undefined;
  let foreign: string | undefined;
  let [pixelAspect, hasSound, videos] = [1, false, 0];
  let timing = { period: 1 / 25, frames: 0 };
  for await (const { id, list, at, length } of walk(file)) {
    if (list === 'movi') break;
    if (!['strh', 'strf', 'vprp'].includes(id) || length < 16) continue;
    const data = Buffer.alloc(Math.min(length, 4096));
    await file.read(data, 0, data.length, at);
    if (id === 'strh') {
      stream++;
      kind = data.toString('latin1', 0, 4);
      if (kind === 'auds') hasSound = true;
      if (kind === 'vids') videos++;
      const [scale, rate] = [data.readUInt32LE(20), data.readUInt32LE(24)];
      const period = scale > 0 && rate > 0 ? scale / rate : 1 / 25;
      timing = { period, frames: data.readUInt32LE(32) };
    } else if (kind !== 'vids' || (found !== undefined && found.stream !== stream)) {
      continue;
    } else if (id === 'strf') {
      const layout = layoutOf(data);
      if ('foreign' in layout) foreign ??= layout.foreign;
      else found = { stream, ...layout, period: timing.period, statedFrames: timing.frames };
    } else if (length >= 32) {
      const [den, num] = [data.readUInt16LE(20), data.readUInt16LE(22)];
      const [width, height] = [data.readUInt32LE(24), data.readUInt32LE(28)];
      if (den * num * width * height > 0) pixelAspect = (num * height) / (den * width);
    }
  }
  if (found !== undefined) return { ...found, pixelAspect, hasSound, videos };
  return foreign === undefined ? undefined : { foreign };
}

/** Reads a BITMAPINFOHEADER, and the palette behind it. */
function layoutOf(
  data: Buffer,
): Pick<Header, 'width' | 'height' | 'codec' | 'raw'> | { readonly foreign: string } {
  const [width, signed] = [data.readInt32LE(4), data.readInt32LE(8)];
  const depth = data.readUInt16LE(14);
  const code = data.readUInt32LE(16);
  const name = data.toString('latin1', 16, 20).toUpperCase();
  const size = { width, height: Math.abs(signed) };
  const codec = Object.hasOwn(CODECS, name) ? CODECS[name] : undefined;
  if (codec !== undefined) return { ...size, codec, raw: undefined };
  const isRgb = code === 0 || name === 'DIB ' || name === 'RGB ' || name === 'RAW ';
  if (isRgb && [8, 24, 32].includes(depth)) {
    const format = depth === 8 ? 'palette' : depth === 24 ? 'bgr' : 'bgrx';
    const stride = ((width * depth + 31) >> 5) * 4;
    const palette = depth === 8 ? { palette: paletteOf(data) } : {};
    return { ...size, codec: 'raw', raw: { format, isBottomUp: signed > 0, stride, ...palette } };
  }
  const raw = Object.hasOwn(RAW, name) ? RAW[name] : undefined;
  if (raw === undefined) return { foreign: JSON.stringify(name.replace(/[^\x20-\x7e]/g, '?')) };
  const stride = raw === 'yuyv' || raw === 'uyvy' ? 2 * width : width;
  return { ...size, codec: 'raw', raw: { format: raw, isBottomUp: false, stride } };
}

/** 256 entries; gray where the file has none. */
function paletteOf(data: Buffer): Uint8Array {
  const palette = Uint8Array.from({ length: 1024 }, (_, i) => (i % 4 === 3 ? 0 : i >> 2));
  const start = data.readUInt32LE(0);
  palette.set(data.subarray(start, start + 1024));
  return palette;
}
