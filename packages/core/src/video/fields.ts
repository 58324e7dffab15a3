/** @file What packets of H.264 state of their frames: whether these are two fields, and whether decoding can start there. */
import {
  annexBUnits,
  avcRecord,
  fieldsOf,
  h264Sequence,
  lengthPrefixedUnits,
  statesFieldOrder,
} from './h264.ts';
import type { Fields, H264Sequence, NalUnit } from './h264.ts';

/** Units of a packet, and those of the container's own headers. */
interface Reader {
  readonly headers: readonly NalUnit[];
  units(data: Uint8Array): Iterable<NalUnit>;
}

function readerOf(description: Uint8Array | undefined): Reader {
  // A configuration record starts with its version, start codes with a zero.
  if (description?.[0] !== 1) return { headers: [], units: annexBUnits };
  const { lengthBytes, units } = avcRecord(description);
  return { headers: units, units: (data) => lengthPrefixedUnits(data, lengthBytes) };
}

/**
 * Reads which field of a packet's frame comes first; undefined where it is one image. Packets of H.264 are to be given
 * in order of decoding.
 *
 * @param description - headers of the codec, where the container stores them apart
 */
export function createFieldReader(
  description: Uint8Array | undefined,
): (packet: { readonly data: Uint8Array; readonly isKey: boolean }) => Fields {
  const reader = readerOf(description);
  let sequence = sequenceIn(reader.headers);
  let statesOrder = orderIn(reader.headers) ?? false;
  let before: Fields;
  return ({ data, isKey }) => {
    try {
      if (isKey) {
        sequence = sequenceIn(reader.units(data)) ?? sequence;
        statesOrder = orderIn(reader.units(data)) ?? statesOrder;
      }
      if (sequence?.hasFields !== true) return undefined;
      before = fieldsOf(reader.units(data), { sequence, statesOrder }, before);
    } catch {
      // A header that is damaged states nothing new.
    }
    return before;
  };
}

/** A packet that a container calls a keyframe. */
export interface KeyPacket {
  /** Seconds. */
  readonly timestamp: number;
  /** Its bytes. */
  readonly data: Uint8Array;
}

/**
 * The last packet at a time or before it at which decoding can start; null where it starts at the first packet.
 *
 * @param keyAt - the last keyframe at a time or before it, by the container
 * @param isStart - from {@link createStartCheck}
 */
export async function startBefore<Packet extends KeyPacket>(
  time: number,
  keyAt: (time: number) => Promise<Packet | null>,
  isStart: (data: Uint8Array) => boolean,
): Promise<Packet | null> {
  for (let before = time; ;) {
    const key = await keyAt(before);
    if (key === null || isStart(key.data)) return key;
    before = key.timestamp - 1e-6;
  }
}

/**
 * Checks whether decoding can start at a packet that a container calls a keyframe. Containers call frames of H.264 so
 * from which others are refreshed gradually (ITU-T H.264, D.1.8), and decoders skip frames behind them.
 *
 * @param codec - by its name in WebCodecs or FFmpeg
 * @param description - headers of the codec, where the container stores them apart
 */
export function createStartCheck(
  codec: string,
  description: Uint8Array | undefined,
): (data: Uint8Array) => boolean {
  if (codec !== 'avc' && codec !== 'h264') return () => true;
  const reader = readerOf(description);
  return (data) => {
    for (const { type } of reader.units(data)) if (type === 5) return true;
    return false;
  };
}

/** The sequence parameter set of a stream's headers or of its first packet. */
export function sequenceOf(
  description: Uint8Array | undefined,
  first: Uint8Array,
): H264Sequence | undefined {
  const reader = readerOf(description);
  try {
    return sequenceIn(reader.headers) ?? sequenceIn(reader.units(first));
  } catch {
    return undefined;
  }
}

function orderIn(units: Iterable<NalUnit>): boolean | undefined {
  for (const { type, bytes } of units) if (type === 8) return statesFieldOrder(bytes);
  return undefined;
}

function sequenceIn(units: Iterable<NalUnit>): H264Sequence | undefined {
  for (const { type, bytes } of units) if (type === 7) return h264Sequence(bytes);
  return undefined;
}
