/**
 * @file What lies in the folder of a dataset: its sheets, opened, and its pictures, by name only.
 */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { TelltaleError } from '@telltale/core';
import { readDataset } from '@telltale/core/datasets';
import type {
  DatasetContent,
  DatasetDefinition,
  FrameFolder,
  Reading,
  ReadOptions,
  Workbook,
} from '@telltale/core/datasets';

import { readSheets, SHEET_NAME } from '../io/sheets.ts';

const PICTURE = /\.(?:jpe?g|png|bmp)$/i;
const DEEPEST = 12;

/** Options of {@link readContent}. */
export interface ContentOptions {
  /** Path of the annotation file, where it is not to be looked for. */
  readonly sheet?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Hears how many pictures were seen so far. */
  readonly seen?: ((pictures: number) => void) | undefined;
}

/**
 * Looks through a dataset's folder and opens the sheets that the definition may mean.
 *
 * @throws TelltaleError `DATASET_FILE_MISSING`, `DATASET_INVALID`, `CANCELED`
 */
export async function readContent(
  definition: DatasetDefinition,
  folder: string,
  { sheet, signal, seen }: ContentOptions = {},
): Promise<DatasetContent> {
  await assertFolder(folder);
  const found = await walk(folder, { definition, signal, seen });
  const workbooks: Workbook[] = [];
  if (sheet !== undefined) {
    const name = sheet.replaceAll('\\', '/');
    return {
      folders: found.folders,
      workbooks: [{ path: name, sheets: await readSheets(sheet), given: true }],
    };
  }
  for (const path of found.sheets) {
    signal?.throwIfAborted();
    const name = path.slice(path.lastIndexOf('/') + 1);
    const isMeant = [...definition.workbooks, ...(definition.also ?? [])].some((pattern) =>
      pattern.test(name),
    );
    workbooks.push({ path, sheets: isMeant ? await readSheets(join(folder, path)) : [] });
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
  readonly signal: AbortSignal | undefined;
  readonly seen: ((pictures: number) => void) | undefined;
}

async function walk(
  root: string,
  { definition: { avoid }, signal, seen }: WalkOptions,
): Promise<{ folders: FrameFolder[]; sheets: string[] }> {
  const folders: FrameFolder[] = [];
  const sheets: string[] = [];
  const visited = new Set<string>();
  let pictures = 0;
  const visit = async (path: string, depth: number): Promise<void> => {
    signal?.throwIfAborted();
    const place = join(root, path);
    const real = await realpath(place);
    if (depth > DEEPEST || visited.has(real) || avoid?.test(path) === true) return;
    visited.add(real);
    const files: string[] = [];
    const below: string[] = [];
    for (const entry of await readdir(place, { withFileTypes: true })) {
      const { name } = entry;
      if (name.startsWith('.') || name.startsWith('~$') || name === '__MACOSX') continue;
      const isFolder = entry.isSymbolicLink()
        ? (await stat(join(place, name)).catch(() => undefined))?.isDirectory() === true
        : entry.isDirectory();
      if (isFolder) below.push(name);
      else if (PICTURE.test(name)) files.push(name);
      else if (SHEET_NAME.test(name)) sheets.push(path === '' ? name : `${path}/${name}`);
    }
    if (files.length > 0) folders.push({ path, files });
    pictures += files.length;
    seen?.(pictures);
    for (const name of below.sort()) await visit(path === '' ? name : `${path}/${name}`, depth + 1);
  };
  await visit('', 0);
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
