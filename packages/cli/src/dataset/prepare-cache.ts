/**
 * @file The cache of prepared clips on disk.
 *
 *     samples.csv                            the sheet: images of the first size
 *     clips/casme2/sub01_EP02_01f-<key>/     flow.png, apex.png, onset.png, magnified.png, clip.json
 *     112/samples.csv, 112/clips/…           the same for each further size: a dataset folder of its own
 *     prepared/casme2.json                   what was read, by which options, and what failed
 *
 * A clip's folder appears whole, by one rename, under a name that holds the key of everything it depends on. So what
 * is there is done, and what is no longer true is never looked at.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Framing } from '@telltale/core/face';
import type { FacePlane, FlowRanges } from '@telltale/core/prepare';
import { writeFolderWhole } from '@telltale/node/output';

import { digestOf, digestOfFile } from '../cache/key.ts';

const SCHEMA = 'telltale.clip/4';

/** A clip's `clip.json`. */
export interface KeptClip {
  readonly schema: typeof SCHEMA;
  readonly key: string;
  /** Frame that was taken for the apex. */
  readonly apex: number;
  /** Whether the apex was found and not given. */
  readonly isFound: boolean;
  readonly headMoved: boolean;
  /** What the face detector was shown when it found the face: the whole frame, or the frame padded or tiled. */
  readonly framing: Framing;
  /** What 0 and 255 of the channels of the flow image stand for, as in the sheet. */
  readonly ranges: FlowRanges;
  /** SHA-256 of each image, hexadecimal, by plane. */
  readonly images: Readonly<Partial<Record<FacePlane | 'flow', string>>>;
}

/** Digits of the key that a folder's name holds: 64 bits. */
const DIGITS = 16;

/** Folder of a clip's images, relative to the cache, `/` between its parts. */
export function clipFolder(
  dataset: string,
  clip: { readonly subject: string; readonly clip: string },
  key: string,
): string {
  const name = `${clip.subject}_${clip.clip}`.replaceAll(/[^\w.-]+/g, '_').slice(0, 80);
  return `clips/${dataset}/${name}-${key.slice(0, DIGITS)}`;
}

/** The part of the cache that holds images of one size. */
export function sizeFolder(size: number, first: number): string {
  return size === first ? '' : `${size}/`;
}

/**
 * What is kept of a clip; `undefined` where nothing is, or not all of it as it was written.
 */
export async function readKept(folder: string, key: string): Promise<KeptClip | undefined> {
  try {
    const text = await readFile(join(folder, 'clip.json'), 'utf8');
    const kept = JSON.parse(text) as Omit<KeptClip, 'schema'> & { readonly schema: string };
    if (kept.schema !== SCHEMA || kept.key !== key) return undefined;
    for (const [plane, sha256] of Object.entries(kept.images)) {
      if ((await digestOfFile(join(folder, `${plane}.png`))) !== sha256) return undefined;
    }
    return { ...kept, schema: SCHEMA };
  } catch {
    return undefined; // not there, or damaged: it is prepared again
  }
}

/**
 * Keeps a clip: all of its files appear together.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE`
 */
export async function keepClip(
  folder: string,
  clip: Omit<KeptClip, 'schema' | 'images'>,
  images: ReadonlyMap<FacePlane | 'flow', Uint8Array>,
): Promise<void> {
  const kept: KeptClip = {
    schema: SCHEMA,
    ...clip,
    images: Object.fromEntries([...images].map(([plane, bytes]) => [plane, digestOf(bytes)])),
  };
  const files = new Map<string, Uint8Array | string>(
    [...images].map(([plane, bytes]) => [`${plane}.png`, bytes]),
  );
  files.set('clip.json', `${JSON.stringify(kept)}\n`);
  await rm(folder, { recursive: true, force: true }); // what `readKept` would not have
  try {
    await writeFolderWhole(folder, files);
  } catch (error) {
    // Another run on the same cache may have been faster: it made the same.
    if ((await readKept(folder, clip.key)) === undefined) throw error;
  }
}
