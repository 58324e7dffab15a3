/**
 * @file Whether a file holds more than one recording, as files that were joined byte by byte do (`cat a b`), of
 * containers that are not meant for it. The first one is read, by every decoder.
 *
 * @see RFC 8794 (EBML), RFC 9559 (Matroska)
 */
import { mp4Headers, viewOf } from './mp4.ts';
import type { FileBytes } from './mp4.ts';

/** What a clip reports that is followed by another in the same file. */
export const ANOTHER_FOLLOWS =
  'another recording follows in it, as in files that were joined byte by byte, which is not read; "ffmpeg -f concat" joins them';

/** What a file begins with that has another recording behind it. */
export interface FirstOfSeveral {
  /** Bytes of the first recording, where its container states them. FFmpeg reads on in Matroska. */
  readonly end?: number;
}

/** What a Matroska file begins with. */
const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;

/** The first of several recordings in an MP4, MOV, Matroska or WebM file; undefined where there is one. */
export async function firstOfSeveral(file: FileBytes): Promise<FirstOfSeveral | undefined> {
  const head = viewOf(await file.read(0, 64));
  if (head.byteLength < 12) return undefined;
  if (head.getUint32(4) === FTYP) return (await mp4Headers(file)).length > 1 ? {} : undefined;
  const end = head.getUint32(0) === EBML ? endOfSegment(head) : undefined;
  if (end === undefined || end + 4 > file.size) return undefined;
  const next = viewOf(await file.read(end, 4));
  return next.byteLength === 4 && next.getUint32(0) === EBML ? { end } : undefined;
}

const FTYP = 0x66747970;

/** Where the segment of a Matroska file ends; undefined where it does not state it, as live recordings do not. */
function endOfSegment(head: DataView): number | undefined {
  const sizeAt = (at: number): { size: number; next: number } => {
    const length = Math.clz32(head.getUint8(at)) - 23;
    if (length > 8 || at + length > head.byteLength) return { size: Infinity, next: at };
    let size = head.getUint8(at) & ((1 << (8 - length)) - 1);
    for (let i = 1; i < length; i++) size = 256 * size + head.getUint8(at + i);
    return { size: size === 2 ** (7 * length) - 1 ? Infinity : size, next: at + length };
  };
  const first = sizeAt(4);
  const at = first.next + first.size;
  if (!(at + 12 <= head.byteLength) || head.getUint32(at) !== SEGMENT) return undefined;
  const segment = sizeAt(at + 4);
  return Number.isFinite(segment.size) ? segment.next + segment.size : undefined;
}
