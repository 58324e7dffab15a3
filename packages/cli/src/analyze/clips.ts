/** @file Which clips the words of a command line mean: files, folders of frames, folders to search, patterns. */
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { statSync, readdirSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core/errors';
import { isImageName } from '@telltale/core/image-names';

/** A clip of a run. */
export interface FoundClip {
  /** Unique in the run: its path below the folder that all clips share, `/` between parts. */
  readonly id: string;
  /** Name of its folder in the run: the id, or a short form of it with a hash. */
  readonly folder: string;
  /** Absolute path. */
  readonly path: string;
}

const VIDEO =
  /\.(?:mp4|m4v|mov|qt|avi|mkv|webm|mpe?g|mpv|m2v|mts|m2ts|ts|wmv|asf|flv|3gp|3g2|ogv|dv|vob|mxf|h264|264|avc|h265|265|hevc|mjpe?g|y4m)$/i;
const PATTERN = /[*?[\]{}]/;
const DEEPEST = 24;
/** Longest name of a clip's folder, characters: with a hash and an extension within what file systems allow. */
const LONGEST = 80;

/**
 * Whether a command line means many clips: several words, a pattern, or a folder that is not one of frames.
 *
 * Synchronous, because options are checked before a command runs.
 */
export function isMany(words: readonly string[]): boolean {
  const [only] = words;
  if (words.length !== 1 || only === undefined) return words.length > 1;
  try {
    if (!statSync(only).isDirectory()) return false;
  } catch {
    return PATTERN.test(only);
  }
  const entries = readdirSync(only, { withFileTypes: true });
  const images = entries.filter((entry) => !entry.isDirectory() && isImageName(entry.name));
  const isFrames = images.length > 1 || (images.length === 1 && entries.length === 1);
  return !isFrames || entries.some((entry) => entry.isFile() && isVideoName(entry.name));
}

/** Options of {@link findClips}. */
export interface FindOptions {
  /** A folder that is not searched: that of the run. */
  readonly except: string;
  readonly signal: AbortSignal;
}

/**
 * Finds the clips that words mean, in the order of their ids.
 *
 * @throws TelltaleError `FILE_MISSING` for a word without a clip, `CANCELED`
 */
export async function findClips(
  words: readonly string[],
  { except, signal }: FindOptions,
): Promise<FoundClip[]> {
  const paths = new Set<string>();
  const roots: string[] = [];
  for (const word of words) {
    const found = await clipsOf(word, { except: resolve(except), signal });
    if (found.paths.length === 0) throw noClip(word);
    roots.push(found.root);
    for (const path of found.paths) paths.add(path);
  }
  const root = sharedFolder(roots);
  const ids = [...paths].map((path) => ({ path, id: relative(root, path).split(sep).join('/') }));
  ids.sort((a, b) => (a.id < b.id ? -1 : 1));
  const plain = new Map<string, number>();
  for (const { id } of ids) {
    const key = id.toLowerCase(); // file systems may not distinguish case
    plain.set(key, (plain.get(key) ?? 0) + 1);
  }
  return ids.map(({ id, path }) => ({
    ...{ id, path },
    folder: isPlain(id) && plain.get(id.toLowerCase()) === 1 ? id : shortName(id),
  }));
}

async function clipsOf(
  word: string,
  options: FindOptions,
): Promise<{ readonly root: string; readonly paths: readonly string[] }> {
  const path = resolve(word);
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory() === true) return { root: path, paths: await search(path, options) };
  if (there !== undefined) return { root: dirname(path), paths: [path] };
  if (!PATTERN.test(word)) throw noClip(word);
  const { glob } = await import('tinyglobby');
  const pattern = word.replaceAll('\\', '/');
  const matches = await glob(pattern, {
    absolute: true,
    onlyFiles: false,
    expandDirectories: false,
  });
  const paths: string[] = [];
  for (const match of matches) {
    const one = resolve(match);
    if (one === options.except || one.startsWith(options.except + sep)) continue;
    const isFolder = (await stat(one)).isDirectory();
    if (isFolder) paths.push(...(await search(one, options)));
    else if (!isImageName(one)) paths.push(one);
  }
  // The part of the pattern before the first folder that is not fixed.
  const fixed = pattern.split('/').slice(0, -1);
  const first = fixed.findIndex((part) => PATTERN.test(part));
  const folder = (first < 0 ? fixed : fixed.slice(0, first)).join('/');
  return { root: resolve(folder === '' && pattern.startsWith('/') ? '/' : folder), paths };
}

/** Videos and folders of frames below a folder, the folder itself included. */
async function search(root: string, { except, signal }: FindOptions): Promise<string[]> {
  const found: string[] = [];
  const visited = new Set<string>();
  const visit = async (folder: string, depth: number): Promise<void> => {
    signal.throwIfAborted();
    const real = await realpath(folder);
    if (depth > DEEPEST || visited.has(real) || folder === except) return;
    visited.add(real);
    let images = 0;
    let videos = 0;
    const folders: string[] = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue;
      const path = join(folder, entry.name);
      const kind = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
      if (kind?.isDirectory() === true) folders.push(path);
      else if (kind?.isFile() !== true) continue;
      else if (isImageName(entry.name)) images += 1;
      else if (isVideoName(entry.name) && (await isVideo(path))) {
        videos += 1;
        found.push(path);
      }
    }
    if (images > 1 && videos === 0) found.push(folder);
    for (const one of folders) await visit(one, depth + 1);
  };
  await visit(root, 0);
  return found;
}

function isVideoName(name: string): boolean {
  return VIDEO.test(name) && !name.startsWith('.');
}

/** Whether a file has the content of a video where its name alone is not enough: `.ts` is a program as well. */
async function isVideo(path: string): Promise<boolean> {
  if (!/\.m?ts$/i.test(path)) return true;
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return true; // reported when it is analyzed
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(377), 0, 377, 0);
    // Packets of 188 bytes, or of 192 with a time in front, each with the sync byte 0x47.
    return bytesRead === 377 && ((buffer[0] === 0x47 && buffer[188] === 0x47) || (buffer[4] === 0x47 && buffer[196] === 0x47)); // prettier-ignore
  } finally {
    await file.close();
  }
}

/** The deepest folder that holds all of these. */
function sharedFolder(folders: readonly string[]): string {
  return folders.reduce((shared, folder) => {
    let one = shared;
    while (folder !== one && !folder.startsWith(one.endsWith(sep) ? one : one + sep))
      one = dirname(one);
    return one;
  });
}

/** Whether an id can be the name of a folder as it is, on every file system. */
function isPlain(id: string): boolean {
  return (
    /^[\p{L}\p{N}_][\p{L}\p{N}_ .()+-]*$/u.test(id) &&
    Buffer.byteLength(id) <= LONGEST &&
    !/[. ]$/.test(id)
  );
}

/** A part of the id that can be read, and a hash of all of it. */
function shortName(id: string): string {
  // Loaded here: a command line with a mistake needs no cryptography, which takes longer to load than all else.
  const { createHash } = process.getBuiltinModule('node:crypto');
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 10);
  const extension = extname(id);
  const text = id.slice(0, id.length - extension.length).replaceAll(/[^\p{L}\p{N}_.-]+/gu, '_');
  let short = '';
  for (const character of text.slice(-LONGEST)) {
    if (Buffer.byteLength(short + character) > LONGEST - 12) break;
    short += character;
  }
  return `${short.replace(/^[._-]+/, '')}-${hash}`;
}

function noClip(word: string): TelltaleError {
  return new TelltaleError(
    'FILE_MISSING',
    `there is no clip in ${word}`,
    `Give videos, folders of frames, folders that hold them, or a pattern such as "${basename(word) === '' ? 'clips' : 'clips'}/**/*.mp4".`,
  );
}
