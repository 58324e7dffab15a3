/**
 * @file What lies in the folder of a dataset: its sheets, opened, and its frames, by name only.
 */
import { readdirSync, statSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as others } from 'node:timers/promises';

import { isImageName } from '@telltale/core';
import { TelltaleError } from '@telltale/core/errors';
import { readDataset } from '@telltale/core/datasets';
import type {
  DatasetContent,
  DatasetDefinition,
  FrameFolder,
  Reading,
  ReadOptions,
  Workbook,
} from '@telltale/core/datasets';

import { readSheets } from '../io/sheets.ts';

const SHEET = /\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i;
const DEEPEST = 12;
/** Folders that are listed before others may work. */
const TOGETHER = 32;

/** Options of {@link readContent}. */
export interface ContentOptions {
  /** The annotation file, where it is not to be searched for; see {@link findSheet}. */
  readonly sheet?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of images that were found so far. */
  readonly onImages?: ((images: number) => void) | undefined;
  /** Path of a folder that is not part of the dataset. */
  readonly except?: string | undefined;
}

/**
 * Looks through a dataset's folder and opens the sheets that the definition may mean.
 *
 * @throws TelltaleError `DATASET_FILE_MISSING`, `DATASET_INVALID`, `CANCELED`
 */
export async function readContent(
  definition: DatasetDefinition,
  folder: string,
  options: ContentOptions = {},
): Promise<DatasetContent> {
  const { sheet, signal } = options;
  await assertFolder(folder);
  const found = await walk(folder, { ...options, definition });
  const read = async (path: string): Promise<Workbook['sheets']> => {
    signal?.throwIfAborted();
    return readSheets(path, { signal });
  };
  const workbooks: Workbook[] = [];
  const given = sheet === undefined ? undefined : await findSheet(folder, sheet, found.sheets);
  if (given !== undefined) {
    const sheets = await read(given.file);
    workbooks.push({ path: given.path, sheets: onlySheet(sheets, given), given: true });
  }
  for (const path of found.sheets) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const meant = given === undefined ? [...definition.workbooks, ...(definition.also ?? [])] : (definition.also ?? []); // prettier-ignore
    const isMeant = meant.some((pattern) => pattern.test(name));
    workbooks.push({ path, sheets: isMeant ? await read(join(folder, path)) : [] });
  }
  return { folders: found.folders, workbooks };
}

/** An annotation file that the user names. */
interface GivenSheet {
  /** Where it is. */
  readonly file: string;
  /** As messages show it. */
  readonly path: string;
  /** The sheet in it; all of them where left out. */
  readonly name?: string;
}

/**
 * The file that `--sheet` means: a path, or the end of one in the dataset's folder; behind `#` the sheet in it.
 *
 * @throws TelltaleError `FILE_MISSING`
 */
export async function findSheet(
  folder: string,
  given: string,
  listed: readonly string[],
): Promise<GivenSheet> {
  const hash = given.lastIndexOf('#');
  const both: (readonly [string, string?])[] = [[given]];
  if (hash > 0) both.push([given.slice(0, hash), given.slice(hash + 1)]);
  for (const [path, name] of both) {
    const shown = path.replaceAll('\\', '/');
    const which = name === undefined || name === '' ? {} : { name };
    if (await isFile(path)) return { file: path, path: shown, ...which };
    const end = `/${shown.toLowerCase()}`;
    const inside = listed.filter((one) => `/${one}`.toLowerCase().endsWith(end));
    if (inside.length === 1) return { file: join(folder, inside[0]!), path: inside[0]!, ...which };
  }
  throw new TelltaleError(
    'FILE_MISSING',
    `cannot open the sheet ${given}: it is neither here nor once in ${folder}`,
    listed.length === 0
      ? 'Check the path.'
      : `Give its path, or one of those in the folder: ${listed.slice(0, 6).join(', ')}.`,
  );
}

function onlySheet(sheets: Workbook['sheets'], { path, name }: GivenSheet): Workbook['sheets'] {
  if (name === undefined) return sheets;
  const wanted = sheets.filter(
    (one) => one.name.trim().toLowerCase() === name.trim().toLowerCase(),
  );
  if (wanted.length > 0) return wanted;
  throw new TelltaleError(
    'DATASET_INVALID',
    `${path} has no sheet "${name}"`,
    `It has ${sheets.map((one) => `"${one.name}"`).join(', ')}.`,
  );
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

/** Reads a dataset from its folder. @throws TelltaleError as {@link readContent} and `readDataset` */
export async function readDatasetFolder(
  definition: DatasetDefinition,
  folder: string,
  options: ContentOptions & ReadOptions = {},
): Promise<Reading & { readonly content: DatasetContent }> {
  const content = await readContent(definition, folder, options);
  return { ...readDataset(definition, content, options), content };
}

interface WalkOptions {
  readonly definition: DatasetDefinition;
}

async function walk(
  root: string,
  { definition: { avoid }, signal, onImages, except }: ContentOptions & WalkOptions,
): Promise<{ folders: FrameFolder[]; sheets: string[] }> {
  const folders: FrameFolder[] = [];
  const sheets: string[] = [];
  const visited = new Set<string>();
  let images = 0;
  // `real` is where the folder is once all links are followed.
  const visit = async (path: string, real: string, depth: number): Promise<void> => {
    const place = join(root, path);
    if (depth > DEEPEST || visited.has(real) || avoid?.test(path) === true) return;
    if (path !== '' && place === except) return; // where both are one, it is the dataset
    if (visited.size % TOGETHER === 0) await others();
    signal?.throwIfAborted();
    visited.add(real);
    const listing = listFolder(place);
    const below = (name: string): string => (path === '' ? name : `${path}/${name}`);
    sheets.push(...listing.sheets.map(below));
    if (listing.images.length > 0) folders.push({ path, files: listing.images });
    images += listing.images.length;
    onImages?.(images);
    for (const name of listing.folders) {
      const isLink = listing.links.has(name);
      await visit(below(name), isLink ? await realpath(join(place, name)) : join(real, name), depth + 1); // prettier-ignore
    }
  };
  await visit('', await realpath(root), 0);
  return { folders, sheets: sheets.sort() };
}

async function assertFolder(folder: string): Promise<void> {
  const kind = await stat(folder).catch(() => undefined);
  if (kind?.isDirectory() === true) return;
  throw new TelltaleError(
    'DATASET_FILE_MISSING',
    kind === undefined ? `there is no folder ${folder}` : `${folder} is a file, not a folder`,
    'Give the folder into which the dataset was unpacked.',
  );
}

/** Names in one folder. */
interface Listing {
  readonly images: readonly string[];
  readonly sheets: readonly string[];
  readonly folders: readonly string[];
  /** Those of the folders that are links to one. */
  readonly links: ReadonlySet<string>;
}

/** Lists a folder; what is hidden, or was left there by a spreadsheet program or an archive of macOS, is left out. */
function listFolder(place: string): Listing {
  const images: string[] = [];
  const sheets: string[] = [];
  const folders: string[] = [];
  const links = new Set<string>();
  for (const entry of readdirSync(place, { withFileTypes: true })) {
    const { name } = entry;
    if (name.startsWith('.') || name.startsWith('~$') || name === '__MACOSX') continue;
    if (entry.isSymbolicLink() && isFolder(join(place, name))) links.add(name);
    if (links.has(name) || entry.isDirectory()) folders.push(name);
    else if (isImageName(name)) images.push(name);
    else if (SHEET.test(name)) sheets.push(name);
  }
  return { images, sheets, folders: folders.sort(), links };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // a link to nothing, or to itself
  }
}
