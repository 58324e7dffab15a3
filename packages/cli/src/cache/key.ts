/**
 * @file The one rule for keys under which results are kept: clips that were prepared, videos that were spotted, folds.
 *
 * A key is the SHA-256 of all that a result depends on: the content that it was computed from, the options, and the code
 * that computed it. A result under another key is never used. `code.ts` lists which code counts.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { TelltaleError } from '@telltale/core/errors';

/** All that a result depends on. */
export interface KeyParts {
  /** What the result was computed from; files by their SHA-256. Plain JSON. */
  readonly content: unknown;
  /** What was chosen. Plain JSON. */
  readonly options: unknown;
  /** {@link codeDigest} of the code that computes it. */
  readonly code: string;
}

/** The key of a result, hexadecimal. */
export function cacheKey({ content, options, code }: KeyParts): string {
  return digestOf(JSON.stringify({ content, options, code }));
}

/** SHA-256, hexadecimal. */
export function digestOf(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** SHA-256 of a file's content, hexadecimal. */
export async function digestOfFile(path: string): Promise<string> {
  return digestOf(await readFile(path));
}

/** SHA-256 of the content of a file of any size, hexadecimal. */
export async function digestOfLargeFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(
    createReadStream(path, { highWaterMark: 2 ** 20 }),
    hash,
    signal ? { signal } : {},
  );
  return hash.digest('hex');
}

/**
 * SHA-256 over names and contents of a folder's files with one of these extensions, hexadecimal.
 *
 * @param options - `extensions`: lower case, with their dot
 */
export async function digestOfFolder(
  folder: string,
  { extensions, signal }: { readonly extensions: readonly string[]; readonly signal: AbortSignal },
): Promise<string> {
  const names = (await readdir(folder)).filter((name) => extensions.includes(extname(name).toLowerCase())); // prettier-ignore
  const hash = createHash('sha256');
  for (const name of names.sort()) {
    signal.throwIfAborted();
    hash.update(JSON.stringify([name, await digestOfFile(join(folder, name))]));
  }
  return hash.digest('hex');
}

/**
 * SHA-256 of the file of a frame, hexadecimal.
 *
 * @throws TelltaleError `FRAME_UNREADABLE`
 */
export async function digestOfFrame(path: string): Promise<string> {
  try {
    return await digestOfFile(path);
  } catch (error) {
    throw new TelltaleError(
      'FRAME_UNREADABLE',
      `cannot read the image ${path}: ${(error as Error).message}`,
      'Copy it again, and check that you may read it.',
      { cause: error },
    );
  }
}
