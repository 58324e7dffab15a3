/**
 * @file What lies in the folder of a dataset: its sheets, opened, and its pictures, by name only.
 */
import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as others } from 'node:timers/promises';

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
import { listFolder } from './listing.ts';

const DEEPEST = 12;
/** Folders that are listed before others may work. */
const TOGETHER = 32;

/** Hears what the reading of a dataset depends on, each before it is used. */
export interface ContentWatch {
  /** A folder that is going to be listed, relative to the dataset's. */
  readonly folder: (path: string) => void;
  /** A sheet that is going to be read. */
  readonly sheet: (path: string) => Promise<unknown>;
}

/** Options of {@link readContent}. */
export interface ContentOptions {
  /** Path of the annotation file, where it is not to be looked for. */
  readonly sheet?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Hears how many pictures were seen so far. */
  readonly seen?: ((pictures: number) => void) | undefined;
  readonly watch?: ContentWatch | undefined;
  /** Path of a folder that is no part of the dataset. */
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
  const { sheet, signal, watch } = options;
  await assertFolder(folder);
  const found = await walk(folder, { ...options, definition });
  const read = async (path: string): Promise<Workbook['sheets']> => {
    signal?.throwIfAborted();
    try {
      await watch?.sheet(path);
    } catch (error) {
      await readSheets(path, { signal }); // says better what is wrong
      throw error;
    }
    return readSheets(path, { signal });
  };
  const workbooks: Workbook[] = [];
  if (sheet !== undefined) {
    const name = sheet.replaceAll('\\', '/');
    return {
      folders: found.folders,
      workbooks: [{ path: name, sheets: await read(sheet), given: true }],
    };
  }
  for (const path of found.sheets) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const isMeant = [...definition.workbooks, ...(definition.also ?? [])].some((pattern) =>
      pattern.test(name),
    );
    workbooks.push({ path, sheets: isMeant ? await read(join(folder, path)) : [] });
  }
  return { folders: found.folders, workbooks };
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
  { definition: { avoid }, signal, seen, watch, except }: ContentOptions & WalkOptions,
): Promise<{ folders: FrameFolder[]; sheets: string[] }> {
  const folders: FrameFolder[] = [];
  const sheets: string[] = [];
  const visited = new Set<string>();
  let pictures = 0;
  // `real` is where the folder is once all links are followed.
  const visit = async (path: string, real: string, depth: number): Promise<void> => {
    const place = join(root, path);
    if (depth > DEEPEST || visited.has(real) || avoid?.test(path) === true) return;
    if (path !== '' && place === except) return; // where both are one, it is the dataset
    if (visited.size % TOGETHER === 0) await others();
    signal?.throwIfAborted();
    visited.add(real);
    watch?.folder(path);
    const listing = listFolder(place);
    const below = (name: string): string => (path === '' ? name : `${path}/${name}`);
    sheets.push(...listing.sheets.map(below));
    if (listing.pictures.length > 0) folders.push({ path, files: listing.pictures });
    pictures += listing.pictures.length;
    seen?.(pictures);
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
