/**
 * @file What the headers of H.264 state and the decoder does not hand on: depth, rate, and which frames are two fields.
 *
 * @see ITU-T H.264, 7.3.2.1 (sequence parameter set), 7.3.3 (slice header), D.1.3 (picture timing), E.1 (VUI)
 */
import type { StreamColor } from './stream.ts';
import type { HdrTransfer } from './tone.ts';

/** A sequence parameter set, as far as it is used. */
export interface H264Sequence {
  /** Bits of a sample. */
  readonly bits: number;
  /** 0: gray, 1: 4:2:0, 2: 4:2:2, 3: 4:4:4. */
  readonly chromaFormat: number;
  /** Frames per second; undefined where it is not stated. */
  readonly rate: number | undefined;
  /** Width of a pixel, relative to its height; undefined where it is not stated. */
  readonly pixelAspect: number | undefined;
  /** As far as it is stated. */
  readonly color: StreamColor;
  /** Whether frames may be two fields. */
  readonly hasFields: boolean;
  /** Whether its macroblocks are coded as pairs, each as a frame or as fields. */
  readonly isMbaff: boolean;
  /** Bits of a picture's number. */
  readonly frameNumberBits: number;
  /** Bits of a picture's place in order; 0 where the order is derived otherwise. */
  readonly orderBits: number;
  /** Whether each plane is coded as a picture of its own. */
  readonly hasSeparatePlanes: boolean;
  /** Bits of the two delays in a picture timing message; undefined where there are none. */
  readonly delayBits: number | undefined;
  /** Whether messages state how a picture is to be shown. */
  readonly hasPictureStructure: boolean;
}

/** One unit of a stream. */
export interface NalUnit {
  /** Number of its kind (table 7-1). */
  readonly type: number;
  /** With its header byte, without the start code. */
  readonly bytes: Uint8Array;
}

/** Units that are separated by start codes. */
export function* annexBUnits(data: Uint8Array): Generator<NalUnit & { readonly start: number }> {
  let start = -1;
  for (let i = 0; i + 3 <= data.length;) {
    // Three bytes at a time: the third decides how far a start code can be.
    if (data[i + 2]! > 1) i += 3;
    else if (data[i + 2] === 1 && data[i + 1] === 0 && data[i] === 0) {
      if (start >= 0) yield unitOf(data, start, i);
      start = i + 3;
      i += 3;
    } else i++;
  }
  if (start >= 0 && start < data.length) yield unitOf(data, start, data.length);
}

function unitOf(
  data: Uint8Array,
  start: number,
  end: number,
): NalUnit & { readonly start: number } {
  let last = end;
  while (last > start && data[last - 1] === 0) last--;
  return { type: (data[start] ?? 0) & 31, bytes: data.subarray(start, last), start };
}

/** Units that are preceded by their lengths, as in MP4. */
export function* lengthPrefixedUnits(data: Uint8Array, lengthBytes: number): Generator<NalUnit> {
  for (let at = 0; at + lengthBytes < data.length;) {
    let length = 0;
    for (let i = 0; i < lengthBytes; i++) length = length * 256 + data[at + i]!;
    at += lengthBytes;
    if (length === 0 || at + length > data.length) return;
    yield { type: data[at]! & 31, bytes: data.subarray(at, at + length) };
    at += length;
  }
}

/** The parameter sets of a configuration record (ISO/IEC 14496-15, 5.3.3.1), and the length of lengths. */
export function avcRecord(record: Uint8Array): { lengthBytes: number; units: NalUnit[] } {
  const units: NalUnit[] = [];
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  let at = 6;
  for (let i = 0; i < (record[5]! & 31) && at + 2 < record.length; i++) {
    const length = view.getUint16(at);
    units.push({ type: 7, bytes: record.subarray(at + 2, at + 2 + length) });
    at += 2 + length;
  }
  for (let i = record[at++] ?? 0; i > 0 && at + 2 < record.length; i--) {
    const length = view.getUint16(at);
    units.push({ type: 8, bytes: record.subarray(at + 2, at + 2 + length) });
    at += 2 + length;
  }
  return { lengthBytes: (record[4]! & 3) + 1, units };
}

/** Bits of a unit without the bytes that only prevent start codes (7.4.1). */
class Bits {
  readonly #bytes: Uint8Array;
  #at = 0;
  constructor(unit: Uint8Array) {
    const bytes: number[] = [];
    // A header is short; the data of a slice is not needed.
    for (let i = 1; i < unit.length && bytes.length < 512; i++) {
      const isEscape = unit[i] === 3 && unit[i - 1] === 0 && unit[i - 2] === 0;
      if (!isEscape) bytes.push(unit[i]!);
    }
    this.#bytes = Uint8Array.from(bytes);
  }
  get left(): number {
    return 8 * this.#bytes.length - this.#at;
  }
  bit(): number {
    const byte = this.#bytes[this.#at >> 3];
    if (byte === undefined) throw new RangeError('a header is cut off');
    return (byte >> (7 - (this.#at++ & 7))) & 1;
  }
  flag(): boolean {
    return this.bit() === 1;
  }
  take(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.bit();
    return value;
  }
  /** Exponential-Golomb code (9.1). */
  unsigned(): number {
    let zeros = 0;
    while (this.bit() === 0) if (++zeros > 32) throw new RangeError('a header is damaged');
    return 2 ** zeros - 1 + this.take(zeros);
  }
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
  skipAligned(bytes: number): void {
    this.#at += 8 * bytes;
  }
}

/** Profiles whose sets state chroma and depth. */
const HIGH = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
/** Shapes of a pixel by their codes (table E-1). */
const ASPECTS = [0, 1, 12 / 11, 10 / 11, 16 / 11, 40 / 33, 24 / 11, 20 / 11, 32 / 11, 80 / 33, 18 / 11, 15 / 11, 64 / 33, 160 / 99, 4 / 3, 3 / 2, 2]; // prettier-ignore

/** Reads a sequence parameter set. @throws RangeError where it is damaged */
export function h264Sequence(unit: Uint8Array): H264Sequence {
  const bits = new Bits(unit);
  const profile = bits.take(8);
  bits.take(16);
  bits.unsigned();
  let [chromaFormat, depth, hasSeparatePlanes] = [1, 8, false];
  if (HIGH.has(profile)) {
    chromaFormat = bits.unsigned();
    if (chromaFormat === 3) hasSeparatePlanes = bits.flag();
    depth = 8 + bits.unsigned();
    bits.unsigned();
    bits.bit();
    if (bits.flag()) skipScaling(bits, chromaFormat === 3 ? 12 : 8);
  }
  const frameNumberBits = bits.unsigned() + 4;
  const order = bits.unsigned();
  const orderBits = order === 0 ? bits.unsigned() + 4 : 0;
  if (order === 1) {
    bits.bit();
    bits.signed();
    bits.signed();
    const cycle = bits.unsigned();
    for (let i = 0; i < cycle; i++) bits.signed();
  }
  bits.unsigned();
  bits.bit();
  bits.unsigned();
  bits.unsigned();
  const hasFields = !bits.flag();
  const isMbaff = hasFields && bits.flag();
  bits.bit();
  if (bits.flag()) for (let i = 0; i < 4; i++) bits.unsigned();
  const usability = bits.flag() ? vuiOf(bits) : {};
  return {
    ...{
      bits: depth,
      chromaFormat,
      hasFields,
      isMbaff,
      frameNumberBits,
      orderBits,
      hasSeparatePlanes,
    },
    rate: usability.rate,
    pixelAspect: usability.pixelAspect,
    color: usability.color ?? {},
    delayBits: usability.delayBits,
    hasPictureStructure: usability.hasPictureStructure ?? false,
  };
}

function skipScaling(bits: Bits, lists: number): void {
  for (let list = 0; list < lists; list++) {
    if (!bits.flag()) continue;
    let [last, next] = [8, 8];
    for (let i = 0; i < (list < 6 ? 16 : 64); i++) {
      if (next !== 0) next = (last + bits.signed() + 256) % 256;
      if (next !== 0) last = next;
    }
  }
}

/** By their codes (tables E-4 and E-5). */
const TRANSFERS: Readonly<Record<number, HdrTransfer>> = { 16: 'pq', 18: 'hlg' };
const MATRICES: Readonly<Record<number, string>> = { 0: 'rgb', 1: 'bt709', 9: 'bt2020-ncl' };

interface Usability {
  readonly color?: StreamColor;
  readonly rate?: number | undefined;
  readonly pixelAspect?: number | undefined;
  readonly delayBits?: number | undefined;
  readonly hasPictureStructure?: boolean;
}

function vuiOf(bits: Bits): Usability {
  let pixelAspect: number | undefined;
  if (bits.flag()) {
    const code = bits.take(8);
    const [width, height] = code === 255 ? [bits.take(16), bits.take(16)] : [ASPECTS[code] ?? 0, 1];
    if (width > 0 && height > 0) pixelAspect = width / height;
  }
  if (bits.flag()) bits.bit();
  let color: StreamColor = {};
  if (bits.flag()) {
    bits.take(3);
    color = { fullRange: bits.flag() };
    if (bits.flag()) {
      bits.take(8);
      const [transfer, matrix] = [bits.take(8), bits.take(8)];
      color = { ...color, transfer: TRANSFERS[transfer], matrix: MATRICES[matrix] ?? null };
    }
  }
  if (bits.flag()) {
    bits.unsigned();
    bits.unsigned();
  }
  let rate: number | undefined;
  if (bits.flag()) {
    const [tick, scale] = [bits.take(32), bits.take(32)];
    bits.bit();
    if (tick > 0 && scale > 0) rate = scale / (2 * tick);
  }
  let delayBits: number | undefined;
  for (let i = 0; i < 2; i++) if (bits.flag()) delayBits = hrdDelays(bits);
  if (delayBits !== undefined) bits.bit();
  return { rate, pixelAspect, color, delayBits, hasPictureStructure: bits.flag() };
}

function hrdDelays(bits: Bits): number {
  const buffers = bits.unsigned() + 1;
  bits.take(8);
  for (let i = 0; i < buffers; i++) {
    bits.unsigned();
    bits.unsigned();
    bits.bit();
  }
  bits.take(5);
  const removal = bits.take(5) + 1;
  const output = bits.take(5) + 1;
  bits.take(5);
  return removal + output;
}

/** Whether pictures state how far apart their fields are, by a picture parameter set (7.3.2.2). */
export function statesFieldOrder(unit: Uint8Array): boolean {
  const bits = new Bits(unit);
  bits.unsigned();
  bits.unsigned();
  bits.bit();
  return bits.flag();
}

/** Which fields a picture has: none, or the one that comes first. */
export type Fields = 'top' | 'bottom' | undefined;

/**
 * Whether the picture of an access unit is two fields, by the rules of FFmpeg's decoder: the picture timing message
 * where there is one, else how its macroblocks are coded.
 *
 * @param statesOrder - by {@link statesFieldOrder}
 * @param before - of the picture before, which decides where a message states an order of fields for a whole frame
 */
export function fieldsOf(
  units: Iterable<NalUnit>,
  { sequence, statesOrder }: { readonly sequence: H264Sequence; readonly statesOrder: boolean },
  before: Fields,
): Fields {
  if (!sequence.hasFields) return undefined;
  let structure: number | undefined;
  let isInterlacedClock: boolean | undefined;
  for (const { type, bytes } of units) {
    if (type === 6 && sequence.hasPictureStructure) {
      const found = pictureTiming(bytes, sequence.delayBits);
      structure = found?.structure ?? structure;
      isInterlacedClock = found?.isInterlaced ?? isInterlacedClock;
    }
    if (type !== 1 && type !== 5) continue;
    const bits = new Bits(bytes);
    bits.unsigned();
    bits.unsigned();
    bits.unsigned();
    if (sequence.hasSeparatePlanes) bits.take(2);
    bits.take(sequence.frameNumberBits);
    const isField = bits.flag();
    const isBottom = isField && bits.flag();
    const isCodedAsFields = isField || sequence.isMbaff;
    let isInterlaced = isCodedAsFields;
    let distance = 0;
    if (!isField && statesOrder && sequence.orderBits > 0) {
      if (type === 5) bits.unsigned();
      bits.take(sequence.orderBits);
      distance = bits.signed();
    }
    // Where nothing states an order, FFmpeg takes the bottom field as the first.
    const isTop = isField
      ? !isBottom
      : distance !== 0
        ? distance > 0
        : structure === 3 || structure === 5;
    const first = isTop ? 'top' : 'bottom';
    if (structure !== undefined) {
      if (structure === 0) isInterlaced = false;
      else if (structure <= 2) isInterlaced = true;
      else if (structure <= 4) isInterlaced = isCodedAsFields || before !== undefined;
      else isInterlaced = false;
      if (isInterlacedClock !== undefined && structure <= 4) isInterlaced = isInterlacedClock;
    }
    return isInterlaced ? first : undefined;
  }
  return undefined;
}

/** Clock timestamps per structure (table D-1). */
const CLOCKS = [1, 1, 1, 2, 2, 3, 3, 2, 3];

function pictureTiming(
  unit: Uint8Array,
  delayBits: number | undefined,
): { readonly structure: number; readonly isInterlaced: boolean | undefined } | undefined {
  try {
    const bits = new Bits(unit);
    while (bits.left > 16) {
      let [type, size] = [0, 0];
      for (let byte = 255; byte === 255; type += byte) byte = bits.take(8);
      for (let byte = 255; byte === 255; size += byte) byte = bits.take(8);
      if (type !== 1) {
        bits.skipAligned(size);
        continue;
      }
      if (delayBits !== undefined) bits.take(delayBits);
      const structure = bits.take(4);
      let isInterlaced: boolean | undefined;
      for (let i = 0; i < (CLOCKS[structure] ?? 0); i++) {
        if (!bits.flag()) continue;
        // 1: interlaced, 2: unknown (table D-2).
        const scan = bits.take(2);
        if (scan < 2) isInterlaced = (isInterlaced ?? false) || scan === 1;
        break;
      }
      return { structure, isInterlaced };
    }
  } catch {
    // A message that is cut off states nothing.
  }
  return undefined;
}
