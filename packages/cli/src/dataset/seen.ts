/**
 * @file What was seen of files, so that a file which has not changed need not be read again: the way of git's index.
 *
 * A file counts as unchanged where its size and both of its times, of the last change of the content and of the last
 * change of any kind, are those that were seen. A clock has ticks: a file that is changed twice within one may look
 * alike before and after. So what was looked at so soon after its change that it might change again without showing it
 * is read again, whatever its times say (Documentation/technical/racy-git.txt in git's sources).
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';

/** When something was changed and seen: milliseconds since 1970, with fractions where the file system has them. */
export interface SeenTimes {
  /** Bytes. */
  readonly size: number;
  /** Time of the last change of the content. */
  readonly changed: number;
  /** Time of the last change of content, name, rights or times, which no program can set. */
  readonly touched: number;
  /** When it was looked at. */
  readonly taken: number;
}

/** A file as it was seen. */
export interface SeenFile extends SeenTimes {
  /** SHA-256 of the content, hexadecimal. */
  readonly sha256: string;
}

/** What is asked of files, and what came of it. */
export interface SeenFiles {
  /** All that was asked for, by path. */
  readonly files: ReadonlyMap<string, SeenFile>;
  /**
   * Digest of a file's content, SHA-256, hexadecimal. The file is looked at before it is read: ask before you use it,
   * and what changes in between shows.
   *
   * @param most - bytes; a larger file is not read
   * @throws Error of the file system, or where the file is larger
   */
  readonly digest: (path: string, most?: number) => Promise<string>;
}

/** Ticks of the clocks of file systems, milliseconds: FAT's, the coarsest, and ten of a kernel's for all with fractions. */
const TICKS = { wholeSeconds: 2000, fractions: 100 };

/** SHA-256, hexadecimal. */
export function digestOf(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Digests of files, read anew only where they changed.
 *
 * @param known - what was seen before, by path
 */
export function openSeenFiles(known: ReadonlyMap<string, SeenFile> = new Map()): SeenFiles {
  const files = new Map<string, SeenFile>();
  return {
    files,
    async digest(path, most = Infinity) {
      const taken = Date.now();
      const times = await stat(path);
      if (times.size > most) throw new RangeError(`${path} has more than ${most} bytes`);
      const before = files.get(path) ?? known.get(path);
      const file =
        before !== undefined && isSame(before, times) && isSettled(before)
          ? before
          : { ...seenOf(times, taken), sha256: digestOf(await readFile(path)) };
      files.set(path, file);
      return file.sha256;
    },
  };
}

/**
 * Looks whether a file still has the content that was seen, reading it only where its times do not say so.
 *
 * @returns what is seen of it now, the same object where nothing was read; `undefined` where it is gone or another
 */
export function lookAgain(path: string, before: SeenFile): SeenFile | undefined {
  const taken = Date.now();
  const times = statSync(path, { throwIfNoEntry: false });
  if (times === undefined || times.size !== before.size || !times.isFile()) return undefined;
  if (isSame(before, times) && isSettled(before)) return before;
  const sha256 = digestOf(readFileSync(path));
  return sha256 === before.sha256 ? { ...seenOf(times, taken), sha256 } : undefined;
}

/** Whether something was last changed so long before it was looked at that another change must have shown since. */
export function isSettled({ changed, touched, taken }: SeenTimes): boolean {
  return [changed, touched].every((time) => time + tickOf(time) < taken);
}

/** A time in whole seconds may be from a clock that has no others. */
function tickOf(time: number): number {
  return time % 1000 === 0 ? TICKS.wholeSeconds : TICKS.fractions;
}

interface Times {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

/** Whether size and times are those that were seen. */
export function isSame(before: SeenTimes, { size, mtimeMs, ctimeMs }: Times): boolean {
  return before.size === size && before.changed === mtimeMs && before.touched === ctimeMs;
}

/** What `stat` says, as it is kept. */
export function seenOf({ size, mtimeMs, ctimeMs }: Times, taken: number): SeenTimes {
  return { size, changed: mtimeMs, touched: ctimeMs, taken };
}
