/**
 * @file Files that are written whole or not at all.
 *
 * Everything telltale writes is first written under a temporary name beside
 * its destination and renamed once it is complete: a rename inside one folder
 * is atomic, so no reader ever sees half a report. Unfinished files are removed when
 * the process ends, unless it is killed: what a killed process left of an output is removed when that output is written
 * again on the same computer.
 */
import { rmSync } from 'node:fs';
import { access, constants, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core/errors';

/** Longest name that file systems take, bytes. */
const LONGEST = 255;
/** A longer name is shortened in the temporary one, bytes. */
const SHORT = 180;

/** Temporary files of writes under way; emptied by each write as it ends. */
const unfinished = new Set<string>();
let isWatched = false;

/** Notes a temporary file that is going to be written. What is unfinished when the process ends is removed. */
function begin(temporary: string): void {
  if (!isWatched) process.on('exit', removeUnfinished);
  isWatched = true;
  unfinished.add(temporary);
}

/** Removes every unfinished file; an `exit` handler, so it is synchronous. */
function removeUnfinished(): void {
  for (const path of unfinished) rmSync(path, { recursive: true, force: true });
  unfinished.clear();
}

/**
 * Checks before long work that its result can be written, without leaving a
 * trace: the nearest existing folder on the way to `path` must be writable.
 *
 * @param kind - what `path` is going to be
 * @throws TelltaleError `OUTPUT_UNWRITABLE`
 */
export async function assertWritable(path: string, kind: 'file' | 'folder'): Promise<void> {
  const target = resolve(path);
  const long = target.split(sep).find((part) => Buffer.byteLength(part) > LONGEST);
  if (long !== undefined) {
    throw unwritable(
      path,
      `${long} has ${Buffer.byteLength(long)} bytes, and names may have ${LONGEST}`,
    );
  }
  const there = await kindOf(target);
  if (there !== 'nothing' && there !== kind) {
    throw unwritable(path, `there is already a ${there} of that name`);
  }
  if (there !== 'nothing') await assertAccess(target, path);
  if (there === 'folder') return;
  let folder = dirname(target);
  for (;;) {
    const parent = await kindOf(folder);
    if (parent === 'folder') break;
    if (parent === 'file') throw unwritable(path, `${folder} is a file, not a folder`);
    folder = dirname(folder);
  }
  await assertAccess(folder, path);
}

/**
 * Runs `write` on a temporary path beside `path`, with the same extension, and
 * renames what it wrote to `path`. On failure nothing is left. For writers
 * that need a path rather than bytes, such as an encoder.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE`, and whatever `write` throws
 */
export async function writeThrough(
  path: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  await assertWritable(path, 'file');
  const target = resolve(path);
  const created = await makeFolder(dirname(target), path);
  const temporary = await temporaryFor(target);
  begin(temporary);
  try {
    await write(temporary);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (created !== undefined) await rm(created, { recursive: true, force: true });
    throw asUnwritable(error, path);
  } finally {
    unfinished.delete(temporary);
  }
}

/**
 * Writes one file whole or not at all, creating its folder where needed.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE`
 */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  await writeThrough(path, (temporary) => writeFile(temporary, content));
}

/** What a file is to hold: a long text may come in pieces, which are not all in memory at once. */
export type FileContent = Uint8Array | string | Iterable<string>;

/**
 * Writes several files of one folder together. All of them are complete under
 * temporary names before the first takes its place; a new folder appears with
 * all its files in one rename. Other files of an existing folder stay.
 *
 * @param files - contents by file name; a name may hold `/` for a folder below
 * @throws TelltaleError `OUTPUT_UNWRITABLE`
 */
export async function writeFolderWhole(
  folder: string,
  files: ReadonlyMap<string, FileContent>,
): Promise<void> {
  await assertWritable(folder, 'folder');
  const target = resolve(folder);
  const isNew = (await kindOf(target)) === 'nothing';
  const created = await makeFolder(dirname(target), folder);
  const staging = await temporaryFor(isNew ? target : join(target, 'report'));
  begin(staging);
  try {
    await mkdir(staging);
    for (const [name, content] of files) {
      await mkdir(dirname(join(staging, name)), { recursive: true });
      await writeFile(join(staging, name), content);
    }
    if (isNew) await rename(staging, target);
    else await moveInto(staging, target, files.keys());
  } catch (error) {
    if (created !== undefined) await rm(created, { recursive: true, force: true });
    throw asUnwritable(error, folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
    unfinished.delete(staging);
  }
}

async function moveInto(from: string, to: string, names: Iterable<string>): Promise<void> {
  const moves = [...names].map((name) => [join(from, name), join(to, name)] as const);
  for (const [, target] of moves) await assertWritable(target, 'file');
  for (const [staged, target] of moves) {
    await mkdir(dirname(target), { recursive: true });
    await rename(staged, target);
  }
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'nothing'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return 'nothing'; // ENOTDIR too: the caller then meets the file on its way up
  }
}

async function assertAccess(existing: string, path: string): Promise<void> {
  try {
    await access(existing, constants.W_OK);
  } catch (error) {
    throw asUnwritable(error, path);
  }
}

/** Returns the first folder it had to make, so that a failure can take it back. */
async function makeFolder(folder: string, path: string): Promise<string | undefined> {
  try {
    return await mkdir(folder, { recursive: true });
  } catch (error) {
    throw asUnwritable(error, path);
  }
}

/** This computer, in the names of temporary files: process numbers of another mean nothing here. */
let here: string | undefined;

const hereInNames = (): string => (here ??= digestOf(hostname()).slice(0, 8));

/** Hexadecimal. Node takes longer to load its cryptography than many commands take, and most do not write. */
function digestOf(text: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(text).digest('hex');
}

/** A temporary path beside an output. What a process that is gone left of the same output is removed. */
async function temporaryFor(target: string): Promise<string> {
  const { folder, before, after } = temporaryNames(target);
  for (const name of await temporaryIn(folder)) {
    if (!name.startsWith(before) || !name.endsWith(after)) continue;
    const id = name.slice(before.length, name.length - after.length);
    if (/^\d+$/.test(id) && !isRunning(Number(id))) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
  return join(folder, `${before}${process.pid}${after}`);
}

/** Temporary files of this computer that were in a folder when this process first wrote to it. */
function temporaryIn(folder: string): Promise<string[]> {
  const known = found.get(folder);
  if (known !== undefined) return known;
  const names = readdir(folder)
    .then((all) =>
      all.filter((name) => name.startsWith('.') && name.includes(`.${hereInNames()}-`)),
    )
    .catch(() => []);
  found.set(folder, names);
  return names;
}

/** One listing for each folder: thousands of files may go into one. */
const found = new Map<string, Promise<string[]>>();

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0); // sends nothing
    return true;
  } catch (error) {
    // It may be another user's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Where temporary files of an output are, and what is before and behind the process in their names. */
function temporaryNames(target: string): {
  readonly folder: string;
  readonly before: string;
  readonly after: string;
} {
  const end = extname(target);
  const extension = Buffer.byteLength(end) <= 20 ? end : '';
  const name = basename(target, extension);
  // With what is added, the name is still one that file systems take.
  const short = Buffer.byteLength(name) <= SHORT ? name : digestOf(name).slice(0, 20); // prettier-ignore
  return {
    folder: dirname(target),
    before: `.${short}.${hereInNames()}-`,
    after: `.part${extension}`,
  };
}

/** Errors of the file system become `OUTPUT_UNWRITABLE`; others pass. */
function asUnwritable(error: unknown, path: string): unknown {
  const isSystem =
    error instanceof Error && 'syscall' in error && 'code' in error && 'errno' in error;
  if (!isSystem || error instanceof TelltaleError) return error;
  return unwritable(path, error.message, error);
}

function unwritable(path: string, why: string, cause?: Error): TelltaleError {
  const isFull = ['ENOSPC', 'EDQUOT'].includes(
    (cause as NodeJS.ErrnoException | undefined)?.code ?? '',
  );
  return new TelltaleError(
    'OUTPUT_UNWRITABLE',
    isFull ? `cannot write ${path}: the disk is full` : `cannot write ${path}: ${why}`,
    isFull
      ? 'Make room, then run the same command again.'
      : 'Give another place with --out, in a folder that you may write to.',
    cause && { cause },
  );
}
