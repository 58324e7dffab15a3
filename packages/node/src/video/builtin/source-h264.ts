/** @file H.264 without a container: access units by the order of their units (ITU-T H.264, 7.4.1.2.3). */
import { readFile, stat } from 'node:fs/promises';

import { annexBUnits, ASSUMED_RATE, h264Sequence, UPRIGHT } from '@telltale/core/video';
import type { H264Sequence } from '@telltale/core/video';

import type { Refusal } from './protocol.ts';
import type { Packet, Source } from './source.ts';

/** A larger stream is not held in memory, bytes. */
const MOST = 2 ** 30;

/** Opens a stream of units. */
export async function openH264(path: string): Promise<Source | Refusal> {
  if ((await stat(path)).size > MOST) {
    return { kind: 'foreign', why: 'it is a stream of more than 1 GiB without a container' };
  }
  const data = await readFile(path);
  let sequence: H264Sequence | undefined;
  for (const { type, bytes } of annexBUnits(data)) {
    if (type !== 7) continue;
    try {
      sequence = h264Sequence(bytes);
      break;
    } catch {
      // The next one may be whole.
    }
  }
  if (sequence === undefined) return { kind: 'unknown', why: 'its container is unknown' };
  const period = 1 / (sequence.rate ?? ASSUMED_RATE);
  const units = [...accessUnits(data)];
  const packets = (withData: boolean): Packet[] =>
    units.map(({ from, to, isKey }, i) => ({
      data: data.subarray(from, withData ? to : from),
      isKey,
      time: i * period,
    }));
  return {
    codec: 'h264',
    ...{ width: 0, height: 0, bits: sequence.bits },
    orientation: UPRIGHT,
    pixelAspect: sequence.pixelAspect ?? 1,
    color: sequence.color,
    isRateAssumed: sequence.rate === undefined,
    hasSound: false,
    timeShown: (time) => time,
    async *places() {
      await Promise.resolve();
      for (const { isKey, time } of packets(false)) yield { isKey, time, duration: period };
    },
    async *packets() {
      await Promise.resolve();
      yield* packets(true);
    },
  };
}

interface AccessUnit {
  readonly from: number;
  readonly to: number;
  readonly isKey: boolean;
}

function* accessUnits(data: Uint8Array): Generator<AccessUnit> {
  let from = -1;
  let isKey = false;
  let hasSlice = false;
  for (const { type, bytes, start } of annexBUnits(data)) {
    const isSlice = type === 1 || type === 5;
    // The first macroblock of a picture has the number 0, whose code is one bit.
    const isFirst = isSlice && (bytes[1] ?? 0) >= 0x80;
    const begins = hasSlice && (isFirst || (type >= 6 && type <= 9));
    const at = Math.max(0, start - 3);
    if (begins) {
      yield { from, to: at, isKey };
      [isKey, hasSlice, from] = [false, false, at];
    }
    if (from < 0) from = at;
    if (isSlice) hasSlice = true;
    if (type === 5) isKey = true;
  }
  if (hasSlice) yield { from, to: data.length, isKey };
}
