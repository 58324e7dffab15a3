/** @file What a file contains, by its bytes, where it is not a video or not a whole one. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

import { firstOfSeveral, mp4Headers } from '@telltale/core/video';
import type { BoxPlace, FileBytes, FirstOfSeveral } from '@telltale/core/video';

/** So much is looked at of a file that cannot be read, bytes. */
const LOOKED_AT = 2 ** 20;

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
export async function whatItIs(path: string): Promise<string | undefined> {
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const file = await bytesOf(handle);
    if (file.size === 0) return 'it is empty';
    const head = latin(await file.read(0, LOOKED_AT)).slice(0, 4096);
    const known = STARTS.find(([start]) => start.test(head));
    if (known !== undefined) return known[1];
    if (!/^....(?:ftyp|mdat|moov|wide|skip|free)/s.test(head)) return undefined;
    const [header] = await mp4Headers(file);
    if (header === undefined) {
      return 'its index (the box moov) is missing: the recording was not finished, or the file is cut off. Programs such as untrunc rebuild it from a whole recording of the same camera';
    }
    return (await isEncrypted(file, header)) ? 'it is encrypted' : undefined;
  } finally {
    await handle.close();
  }
}

/** What is known of a file before it is decoded. */
export interface FileFacts {
  /** Whether it is an MP4 file whose video is encrypted. */
  readonly isEncrypted: boolean;
  /** The first of several recordings in it. */
  readonly first: FirstOfSeveral | undefined;
}

/** Looks into a file before it is decoded. */
export async function factsOf(path: string): Promise<FileFacts> {
  const handle = await open(path);
  try {
    const file = await bytesOf(handle);
    const first = await firstOfSeveral(file);
    const [header] = await mp4Headers(file);
    return { first, isEncrypted: header !== undefined && (await isEncrypted(file, header)) };
  } finally {
    await handle.close();
  }
}

async function isEncrypted({ read }: FileBytes, { at, length }: BoxPlace): Promise<boolean> {
  return ENCRYPTED.test(latin(await read(at, Math.min(length, LOOKED_AT))));
}

/** Bytes as text, one character each. */
function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** An opened file as the readers of containers take it. */
export async function bytesOf(handle: FileHandle): Promise<FileBytes> {
  const { size } = await handle.stat();
  return {
    size,
    async read(at, length) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
      return buffer.subarray(0, bytesRead);
    },
  };
}
