/** @file What one damaged packet spoils: its frame, and all that are predicted from it, up to the next keyframe. */

/** A packet of a video stream, in order of decoding. */
export interface PacketPlace {
  /** Presentation time of its frame, seconds. */
  readonly time: number;
  /** Whether its frame is decoded without others. */
  readonly isKey: boolean;
}

/** Times from the first, included, to the second, excluded; seconds. */
export type Span = readonly [from: number, to: number];

/**
 * The times that a damaged packet spoils.
 *
 * @param index - of the damaged packet
 */
export function damagedSpan(packets: readonly PacketPlace[], index: number): Span {
  let end = index + 1;
  while (end < packets.length && !packets[end]!.isKey) end++;
  let from = Infinity;
  for (let i = index; i < end; i++) from = Math.min(from, packets[i]!.time);
  // Frames that are shown before the keyframe and decoded after it refer to spoiled ones, too: they are before its time.
  return [from, packets[end]?.time ?? Infinity];
}

/** Whether a time lies in one of the spans. */
export function isInSpan(spans: readonly Span[], time: number): boolean {
  return spans.some(([from, to]) => time > from - 1e-6 && time < to - 1e-6);
}

/** Messages of decoders after which frames are missing, or concealed with what was there before. */
export const DAMAGE: RegExp = new RegExp(
  [
    'Invalid data|[Ee]rror (while|dc|y=|count|at MB|decoding|submitting|in the)|conceal|corrupt decoded',
    'partial file|prematurely|Truncat|[Ii]nvalid (NAL|level|code|mb|cbp|coefficient)|damaged|overread',
    'bad (vlc|cbpy|block)|illegal|slice below|[Mm]issing (reference|picture)|non-existing|Frame num gap',
    'decode_slice_header|unavailable for requested intra|negative number|Could not find ref|EOI missing',
    'CRC (mismatch|error)|EOB marker|cbp too large|out of range at',
  ].join('|'),
);

/** A clock that may jump and is so much later than the frame before, seconds, has jumped: as FFmpeg decides. */
export const JUMP = 10;
