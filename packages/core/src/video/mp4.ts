/**
 * @file What mediabunny does not give of an MP4 or MOV file: mirroring, and edit lists with more than one edit.
 *
 * @see ISO/IEC 14496-12, 8.3.2 (track header), 8.6.6 (edit list)
 */
import { orientationOf } from './stream.ts';
import type { Orientation } from './stream.ts';

/** One entry of an edit list. */
export interface Edit {
  /** When it is shown, seconds. */
  readonly start: number;
  /** Seconds; 0 in the only edit of a fragmented file: up to the end. */
  readonly duration: number;
  /** What it shows, seconds by the clock of the track; negative where it shows nothing. */
  readonly mediaTime: number;
}

/** Facts about a track. */
export interface Mp4Track {
  /** Its number in the file. */
  readonly id: number;
  /** Rotation and mirroring. */
  readonly orientation: Orientation;
  /** In their order. */
  readonly edits: readonly Edit[];
}

/** A header that is larger is not read, bytes. */
const MOST = 256 * 2 ** 20;

/** Bytes of a file. */
export interface FileBytes {
  /** Length of the file, bytes. */
  readonly size: number;
  /** Reads `length` bytes from a place on; fewer where the file ends. */
  readonly read: (at: number, length: number) => Promise<Uint8Array>;
}

interface Box {
  readonly type: string;
  readonly body: DataView;
}

/** Most boxes of a file that are looked through. */
const MOST_BOXES = 100_000;

/** Where the content of a box is, bytes. */
export interface BoxPlace {
  /** Its first byte in the file. */
  readonly at: number;
  /** Bytes. */
  readonly length: number;
}

/** The headers (`moov`) of a file: more than one where recordings were joined byte by byte. */
export async function mp4Headers({ size, read }: FileBytes): Promise<BoxPlace[]> {
  const headers: BoxPlace[] = [];
  let at = 0;
  for (let i = 0; i < MOST_BOXES && at + 8 <= size; i++) {
    const head = viewOf(await read(at, 16));
    if (head.byteLength < 8) break;
    const short = head.getUint32(0);
    if (short === 1 && head.byteLength < 16) break;
    const length = short === 1 ? Number(head.getBigUint64(8)) : short === 0 ? size - at : short;
    if (length < 8) break;
    if (typeAt(head, 4) === 'moov') {
      const skipped = short === 1 ? 16 : 8;
      headers.push({ at: at + skipped, length: Math.min(length, size - at) - skipped });
    }
    at += length;
  }
  return headers;
}

/** The tracks of a file; none where it has no header of this kind. */
export async function mp4Tracks(file: FileBytes): Promise<Mp4Track[]> {
  const [header] = await mp4Headers(file);
  if (header === undefined) return [];
  return tracksOf(viewOf(await file.read(header.at, Math.min(header.length, MOST))));
}

/** Looks at bytes as numbers. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function typeAt(bytes: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => bytes.getUint8(at + i)));
}

function* boxesIn(bytes: DataView): Generator<Box> {
  let at = 0;
  while (at + 8 <= bytes.byteLength) {
    const length = bytes.getUint32(at);
    if (length < 8 || at + length > bytes.byteLength) return;
    yield {
      type: typeAt(bytes, at + 4),
      body: new DataView(bytes.buffer, bytes.byteOffset + at + 8, length - 8),
    };
    at += length;
  }
}

function inner(bytes: DataView | undefined, ...path: readonly string[]): DataView | undefined {
  let body = bytes;
  for (const type of path) {
    if (body === undefined) return undefined;
    body = [...boxesIn(body)].find((box) => box.type === type)?.body;
  }
  return body;
}

/** Clock ticks per second of a header box, whose fields are longer in version 1. */
function timescaleOf(header: DataView | undefined): number {
  if (header === undefined) return 1;
  return header.getUint32(header.getUint8(0) === 1 ? 20 : 12);
}

function tracksOf(moov: DataView): Mp4Track[] {
  const movieScale = timescaleOf(inner(moov, 'mvhd'));
  const tracks: Mp4Track[] = [];
  for (const { type, body } of boxesIn(moov)) {
    if (type !== 'trak') continue;
    const header = inner(body, 'tkhd');
    if (header === undefined) continue;
    const isLong = header.getUint8(0) === 1;
    const matrixAt = isLong ? 52 : 40;
    const matrix = Array.from({ length: 9 }, (_, i) => header.getInt32(matrixAt + 4 * i));
    tracks.push({
      id: header.getUint32(isLong ? 20 : 12),
      orientation: orientationOf(matrix),
      edits: editsOf(inner(body, 'edts', 'elst'), {
        movieScale,
        mediaScale: timescaleOf(inner(body, 'mdia', 'mdhd')),
      }),
    });
  }
  return tracks;
}

function editsOf(
  list: DataView | undefined,
  { movieScale, mediaScale }: { readonly movieScale: number; readonly mediaScale: number },
): Edit[] {
  if (list === undefined) return [];
  const isLong = list.getUint8(0) === 1;
  const bytes = isLong ? 20 : 12;
  const edits: Edit[] = [];
  let start = 0;
  for (let i = 0; i < list.getUint32(4) && 8 + (i + 1) * bytes <= list.byteLength; i++) {
    const at = 8 + i * bytes;
    const ticks = isLong ? Number(list.getBigUint64(at)) : list.getUint32(at);
    const media = isLong ? Number(list.getBigInt64(at + 8)) : list.getInt32(at + 4);
    const duration = ticks / movieScale;
    edits.push({ start, duration, mediaTime: media < 0 ? -1 : media / mediaScale });
    start += duration;
  }
  return edits;
}

/** Whether edits show several parts of a track, so that times are shifted by one of several amounts. */
export function hasSeveralParts(edits: readonly Edit[] = []): boolean {
  return edits.filter(({ mediaTime }) => mediaTime >= 0).length > 1;
}

/**
 * When a frame is shown; undefined where no edit shows it.
 *
 * @param edits - of a track whose first edit that shows something was applied to the times already, without its end, as
 *   mediabunny does
 */
export function shownBy(edits: readonly Edit[]): (time: number) => number | undefined {
  const media = edits.filter(({ mediaTime }) => mediaTime >= 0);
  const first = media[0];
  const isEarly = (time: number): boolean => time <= -1e-6;
  if (first === undefined || first.duration === 0) {
    return (time) => (isEarly(time) ? undefined : time);
  }
  return (time) => {
    const mediaTime = time - first.start + first.mediaTime;
    for (const { start, duration, mediaTime: from } of media) {
      if (mediaTime > from - 1e-6 && mediaTime < from + duration - 1e-6) {
        return start + mediaTime - from;
      }
    }
    return undefined;
  };
}

/** Until when edits show a track, seconds; infinite where they do not end it. */
export function endOfEdits(edits: readonly Edit[] = []): number {
  const media = edits.filter(({ mediaTime }) => mediaTime >= 0);
  if (media.every(({ duration }) => duration === 0)) return Infinity;
  return Math.max(...media.map(({ start, duration }) => start + duration));
}
