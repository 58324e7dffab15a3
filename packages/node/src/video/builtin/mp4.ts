/**
 * @file What mediabunny does not give of an MP4 or MOV file: mirroring, and edit lists with more than one edit.
 *
 * @see ISO/IEC 14496-12, 8.3.2 (track header), 8.6.6 (edit list)
 */
import type { FileHandle } from 'node:fs/promises';

import { orientationOf } from '../stream.ts';
import type { Orientation } from '../stream.ts';

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
  readonly id: number;
  readonly orientation: Orientation;
  readonly edits: readonly Edit[];
}

/** A header that is larger is not read, bytes. */
const MOST = 256 * 2 ** 20;

interface Box {
  readonly type: string;
  readonly body: Buffer;
}

/** The tracks of a file; none where it has no header of this kind. */
export async function mp4Tracks(file: FileHandle): Promise<Mp4Track[]> {
  const { size } = await file.stat();
  let at = 0;
  const head = Buffer.alloc(16);
  while (at + 8 <= size) {
    await file.read(head, 0, 16, at);
    const type = head.toString('latin1', 4, 8);
    const short = head.readUInt32BE(0);
    const length = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? size - at : short;
    if (length < 8) return [];
    if (type === 'moov') {
      const body = Buffer.alloc(Math.min(length, size - at, MOST) - (short === 1 ? 16 : 8));
      await file.read(body, 0, body.length, at + (short === 1 ? 16 : 8));
      return tracksOf(body);
    }
    at += length;
  }
  return [];
}

function* boxesIn(bytes: Buffer): Generator<Box> {
  let at = 0;
  while (at + 8 <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    if (length < 8 || at + length > bytes.length) return;
    yield {
      type: bytes.toString('latin1', at + 4, at + 8),
      body: bytes.subarray(at + 8, at + length),
    };
    at += length;
  }
}

function inner(bytes: Buffer | undefined, ...path: readonly string[]): Buffer | undefined {
  let body = bytes;
  for (const type of path) {
    if (body === undefined) return undefined;
    body = [...boxesIn(body)].find((box) => box.type === type)?.body;
  }
  return body;
}

/** Clock ticks per second of a header box, whose fields are longer in version 1. */
function timescaleOf(header: Buffer | undefined): number {
  if (header === undefined) return 1;
  return header.readUInt32BE(header.readUInt8(0) === 1 ? 20 : 12);
}

function tracksOf(moov: Buffer): Mp4Track[] {
  const movieScale = timescaleOf(inner(moov, 'mvhd'));
  const tracks: Mp4Track[] = [];
  for (const { type, body } of boxesIn(moov)) {
    if (type !== 'trak') continue;
    const header = inner(body, 'tkhd');
    if (header === undefined) continue;
    const isLong = header.readUInt8(0) === 1;
    const matrixAt = isLong ? 52 : 40;
    const matrix = Array.from({ length: 9 }, (_, i) => header.readInt32BE(matrixAt + 4 * i));
    tracks.push({
      id: header.readUInt32BE(isLong ? 20 : 12),
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
  list: Buffer | undefined,
  { movieScale, mediaScale }: { readonly movieScale: number; readonly mediaScale: number },
): Edit[] {
  if (list === undefined) return [];
  const isLong = list.readUInt8(0) === 1;
  const bytes = isLong ? 20 : 12;
  const edits: Edit[] = [];
  let start = 0;
  for (let i = 0; i < list.readUInt32BE(4) && 8 + (i + 1) * bytes <= list.length; i++) {
    const at = 8 + i * bytes;
    const ticks = isLong ? Number(list.readBigUInt64BE(at)) : list.readUInt32BE(at);
    const media = isLong ? Number(list.readBigInt64BE(at + 8)) : list.readInt32BE(at + 4);
    const duration = ticks / movieScale;
    edits.push({ start, duration, mediaTime: media < 0 ? -1 : media / mediaScale });
    start += duration;
  }
  return edits;
}
