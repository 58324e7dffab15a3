/** @file What containers state of a track, and when its frames are shown. */
import type { Orientation } from './stream.ts';
import type { HdrTransfer } from './tone.ts';

/** Bit 4 of a VP8 frame is set where it is shown (RFC 6386, section 9.1). */
export function isShownVp8(data: Uint8Array): boolean {
  return ((data[0] ?? 0) & 0x10) !== 0;
}

/** By degrees clockwise. */
export const ORIENTATIONS: Readonly<Record<number, Orientation>> = {
  90: [0, 1, -1, 0],
  180: [-1, 0, 0, -1],
  270: [0, -1, 1, 0],
};

/** Bits of a sample by a codec string (RFC 6381) and the codec's headers. */
export function bitsOf(codec: string, description: Uint8Array | undefined): number {
  const parts = codec.split('.');
  if (parts[0] === 'vp09') return Number(parts[3] ?? 8) || 8;
  if (parts[0] === 'av01') return Number(parts[3] ?? 8) || 8;
  if (/^h[ev][cv]1$/.test(parts[0]!)) {
    // The configuration record states it (ISO/IEC 14496-15, 8.3.3.1); the profile Main 10 does, too.
    const stated = description?.[17];
    return stated === undefined ? (parts[1] === '2' ? 10 : 8) : 8 + (stated & 7);
  }
  return 8;
}

/** Whether a transfer function, by its name in WebCodecs, is one of high dynamic range. */
export function hdrOf(name: string | null | undefined): HdrTransfer | undefined {
  return name === 'hlg' || name === 'pq' ? name : undefined;
}

/** A packet, in order of decoding. */
export interface TrackPacket {
  /** Whether its frame is decoded without others. */
  readonly isKey: boolean;
  /** Presentation time of its frame, seconds. */
  readonly time: number;
  /** Seconds. */
  readonly duration: number;
}

/** When the frames of a track are shown. */
export interface ShownTimes {
  /** Seconds, ascending. */
  readonly times: readonly number[];
  /** When the last of them ends, seconds. */
  readonly end: number;
  /** What was subtracted from all of them, seconds. */
  readonly lead: number;
  /** Whether the clock starts again somewhere. */
  readonly hasJoints: boolean;
}

/**
 * When the frames of a track are shown.
 *
 * @param timeShown - by the edits of the track; undefined for a frame that none of them shows
 */
export async function shownTimes(
  packets: AsyncIterable<TrackPacket>,
  timeShown: (time: number) => number | undefined,
): Promise<ShownTimes> {
  const times: number[] = [];
  let start = -Infinity; // of the keyframe that decoding starts from
  let end = 0;
  let latest = -Infinity;
  let isTrimmed = false;
  let shift = 0;
  let hasJoints = false;
  for await (const { isKey, time, duration } of packets) {
    if (start === -Infinity && isKey) start = time;
    if (start === -Infinity || (time < start - 1e-9 && shift === 0 && !isKey)) continue;
    if (isKey && time < latest - 1e-6) {
      // The clock was reset.
      hasJoints = true;
      const last = times.reduce((most, each) => Math.max(most, each), 0);
      shift = last + (last - times[0]!) / Math.max(1, times.length - 1) - time;
    }
    if (isKey) latest = -Infinity;
    latest = Math.max(latest, time);
    const shown = timeShown(time);
    if (shown === undefined) {
      isTrimmed ||= times.length === 0;
      continue;
    }
    times.push(shown + shift);
    end = Math.max(end, shown + shift + duration);
  }
  times.sort((a, b) => a - b);
  const period = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / Math.max(1, times.length - 1);
  // A container may state a duration of frames that is not the one they have.
  end = Math.max(end, (times.at(-1) ?? 0) + period);
  // An edit that starts within a frame: the first whole frame is shown from the start, as FFmpeg does.
  const lead = isTrimmed && (times[0] ?? 0) < period ? (times[0] ?? 0) : 0;
  return { times: times.map((time) => time - lead), end: end - lead, lead, hasJoints };
}

/** What a container states of where it ends. */
export interface StatedEnd {
  /** Whether there is sound, too. */
  readonly hasSound: boolean;
  /** When the video ends by the header, seconds. */
  readonly statedEnd?: number | undefined;
  /** Whether `statedEnd` is that of the whole file, with its sound. */
  readonly isEndOfAll?: boolean;
  /** When the sound ends, seconds. */
  readonly soundEnd?: () => Promise<number>;
  /** Number of frames by the header. */
  readonly statedFrames?: number | undefined;
}

/** Why a file ends before it should; null where it is whole. */
export async function truncationOf(
  { statedEnd, statedFrames, hasSound, isEndOfAll, soundEnd }: StatedEnd,
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

/**
 * Why a file that FFmpeg reads ends before it should.
 *
 * @param video - `truncated`: by the number of frames that its header states; `mayHide`: whether that number includes
 *   frames that an edit list hides, which FFmpeg may pass over
 * @param cutOff - what ffmpeg reports of it
 */
export function truncationBy(
  { truncated, mayHide }: { readonly truncated: string | undefined; readonly mayHide: boolean },
  cutOff: string | undefined,
): string | undefined {
  if (cutOff === undefined) return mayHide ? undefined : truncated;
  return truncated ?? `ffmpeg reports "${cutOff}"`;
}
