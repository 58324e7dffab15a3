/** @file What a file contains, by its bytes, where it is not a video or not a whole one. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** So much is looked at of a file that cannot be read, bytes. */
const LOOKED_AT = 2 ** 20;
/** Most boxes of an MP4 file that are looked through. */
const MOST_BOXES = 100_000;

/** Kinds of files that are not videos, by their first bytes. */
const STARTS: readonly (readonly [start: RegExp, why: string])[] = [
  [/^version https:\/\/git-lfs/, 'it is a pointer of Git LFS; "git lfs pull" downloads the video'],
  [
    /^\s*<(?:!doctype html|html)/i,
    'it is a web page: the download needed a login or a confirmation',
  ],
  [/^(?:\xef\xbb\xbf)?#EXTM3U/, 'it is a playlist: give the video that it names'],
  [/^PK\x03\x04/, 'it is a ZIP archive: unpack it'],
  [/^(?:Rar!|7z\xbc\xaf)/, 'it is an archive: unpack it'],
  [/^\0+$/, 'it holds nothing but zeros: it was not copied or downloaded completely'],
];

/** The header of a track of video whose frames are encrypted: decoders make noise of them, or nothing. */
const ENCRYPTED = /encv.*sinf.*schm/s;

/** Why a file cannot be read, as far as its bytes show; undefined where they do not, or the file is missing. */
export function whatItIs(path: string): string | undefined {
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size } = statSync(path);
    if (size === 0) return 'it is empty';
    const bytes = Buffer.alloc(Math.min(size, LOOKED_AT));
    readSync(handle, bytes, 0, bytes.length, 0);
    const head = bytes.toString('latin1', 0, 4096);
    const known = STARTS.find(([start]) => start.test(head));
    if (known !== undefined) return known[1];
    if (!/^....(?:ftyp|mdat|moov|wide|skip|free)/s.test(head)) return undefined;
    const { header, headers } = boxesOf(handle, size);
    if (headers === 0) {
      return 'its index (the box moov) is missing: the recording was not finished, or the file is cut off. Programs such as untrunc rebuild it from a whole recording of the same camera';
    }
    return ENCRYPTED.test(header) ? 'it is encrypted' : undefined;
  } finally {
    closeSync(handle);
  }
}

/** Whether the video of an MP4 file is encrypted. */
export function isEncrypted(path: string): boolean {
  const handle = openSync(path, 'r');
  try {
    return ENCRYPTED.test(boxesOf(handle, statSync(path).size).header);
  } finally {
    closeSync(handle);
  }
}

/**
 * Whether a file has another recording behind its first one, as files that were joined byte by byte have, of containers
 * that are not meant for it.
 */
export function anotherIn(path: string): 'mp4' | 'matroska' | undefined {
  const handle = openSync(path, 'r');
  try {
    const { size } = statSync(path);
    const head = Buffer.alloc(64);
    readSync(handle, head, 0, 64, 0);
    if (/^....ftyp/s.test(head.toString('latin1'))) {
      return boxesOf(handle, size).headers > 1 ? 'mp4' : undefined;
    }
    const end = head.readUInt32BE(0) === EBML ? endOfSegment(head) : undefined;
    if (end === undefined || end + 4 > size) return undefined;
    readSync(handle, head, 0, 4, end);
    return head.readUInt32BE(0) === EBML ? 'matroska' : undefined;
  } finally {
    closeSync(handle);
  }
}

/** What a Matroska file begins with. */
const EBML = 0x1a45dfa3;

/** Where the segment of a Matroska file ends; undefined where it does not state it, as live recordings do not. */
function endOfSegment(head: Buffer): number | undefined {
  const sizeAt = (at: number): { size: number; next: number } => {
    const length = Math.clz32(head[at]!) - 23;
    let size = head[at]! & ((1 << (8 - length)) - 1);
    for (let i = 1; i < length; i++) size = 256 * size + head[at + i]!;
    return { size: size === 2 ** (7 * length) - 1 ? Infinity : size, next: at + length };
  };
  const first = sizeAt(4);
  const at = first.next + first.size;
  if (at + 12 > head.length || head.readUInt32BE(at) !== 0x18538067) return undefined;
  const segment = sizeAt(at + 4);
  return Number.isFinite(segment.size) ? segment.next + segment.size : undefined;
}

/** The first header of an MP4 file, as text, and the number of headers. */
function boxesOf(handle: number, size: number): { header: string; headers: number } {
  const head = Buffer.alloc(16);
  let [header, headers] = ['', 0];
  let at = 0;
  for (let i = 0; i < MOST_BOXES && at + 8 <= size; i++) {
    readSync(handle, head, 0, 16, at);
    const short = head.readUInt32BE(0);
    const length = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? size - at : short;
    if (length < 8) break;
    if (head.toString('latin1', 4, 8) === 'moov' && ++headers === 1) {
      const bytes = Buffer.alloc(Math.min(length, LOOKED_AT));
      readSync(handle, bytes, 0, bytes.length, at);
      header = bytes.toString('latin1');
    }
    at += length;
  }
  return { header, headers };
}
