/** @file What of a folder matters to the reading of a dataset: the names of its pictures, its sheets and its folders. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { digestOf, isSame, isSettled, seenOf } from './seen.ts';
import type { SeenTimes } from './seen.ts';

const PICTURE = /\.(?:jpe?g|png|bmp)$/i;
const SHEET = /\.(?:xlsx|xlsm|xls|csv|tsv)$/i;

/** Names in one folder. */
export interface Listing {
  readonly pictures: readonly string[];
  readonly sheets: readonly string[];
  readonly folders: readonly string[];
  /** Those of the folders that are links to one. */
  readonly links: ReadonlySet<string>;
  /** Whether there is any link, to whatever. */
  readonly hasLinks: boolean;
}

/** Lists a folder; what is hidden, or was left there by a spreadsheet program or an archive of macOS, is left out. */
export function listFolder(place: string): Listing {
  const pictures: string[] = [];
  const sheets: string[] = [];
  const folders: string[] = [];
  const links = new Set<string>();
  let hasLinks = false;
  for (const entry of readdirSync(place, { withFileTypes: true })) {
    const { name } = entry;
    if (name.startsWith('.') || name.startsWith('~$') || name === '__MACOSX') continue;
    if (entry.isSymbolicLink()) {
      hasLinks = true;
      if (isFolder(join(place, name))) links.add(name);
    }
    if (links.has(name) || entry.isDirectory()) folders.push(name);
    else if (PICTURE.test(name)) pictures.push(name);
    else if (SHEET.test(name)) sheets.push(name);
  }
  return { pictures, sheets, folders: folders.sort(), links, hasLinks };
}

/** A folder as it was seen. */
export interface SeenFolder extends SeenTimes {
  /** SHA-256 of all names in it, hexadecimal. */
  readonly names: string;
  /** SHA-256 of what of it matters. */
  readonly listing: string;
  /** Whether there are links in it: what they lead to changes without the folder. */
  readonly hasLinks: boolean;
}

/** Looks at a folder. */
export function seeFolder(place: string): SeenFolder {
  const taken = Date.now();
  const times = seenOf(statSync(place), taken);
  const names = namesIn(place);
  const listing = listFolder(place);
  return { ...times, names, listing: listingDigest(listing), hasLinks: listing.hasLinks };
}

/**
 * Looks whether what matters of a folder is as it was. Its times do not suffice, for there are file systems on which a
 * folder does not change when a file is added to it; and names do not tell a folder from a file.
 *
 * @returns what is seen of it now, the same object where its times and names say enough; `undefined` where it is another
 * @throws Error of the file system
 */
export function lookAgainAtFolder(place: string, before: SeenFolder): SeenFolder | undefined {
  const isQuiet = !before.hasLinks && isSame(before, statSync(place)) && isSettled(before);
  if (isQuiet && namesIn(place) === before.names) return before;
  const now = seeFolder(place);
  return now.listing === before.listing ? now : undefined;
}

function namesIn(place: string): string {
  return digestOf(readdirSync(place).join('/'));
}

function listingDigest({ pictures, sheets, folders, links }: Listing): string {
  return digestOf(JSON.stringify([pictures, sheets, folders, [...links]]));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // a link to nothing, or to itself
  }
}
