/**
 * @file The manifest of a prepared dataset: all that a run looked at and all that it left, so that the next run need
 * not read a sheet to find that there is nothing to do.
 *
 *     prepared/casme2.seen.json
 *
 * It says nothing that the cache does not say, and may be deleted at any time. Where anything in it is not as it was,
 * the whole is not believed, and the run goes the long way.
 */
import { readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { setImmediate as others } from 'node:timers/promises';

import { TelltaleError } from '@telltale/core/errors';
import { writeWhole } from '@telltale/node/output';

import { lookAgainAtFolder } from './listing.ts';
import type { SeenFolder } from './listing.ts';
import { digestOf, lookAgain } from './seen.ts';
import type { SeenFile } from './seen.ts';

const SCHEMA = 'telltale.seen/1';
/** Files that are looked at before others may work. */
const TOGETHER = 256;

/** Where a run works; absolute paths. */
export interface Places {
  /** Folder of the dataset. */
  readonly root: string;
  readonly cache: string;
}

/** What was seen by a run. */
export interface Manifest {
  /** What the run was asked, by which program; `undefined` where it left something to do. */
  readonly question: string | undefined;
  /** Clips that are prepared. */
  readonly clips: number;
  /** Folders of the dataset, by path relative to it. */
  readonly folders: ReadonlyMap<string, SeenFolder>;
  /** Sheets, frames, models, program, and what lies in the cache, by absolute path. */
  readonly files: ReadonlyMap<string, SeenFile>;
}

/** Path, relative to one of the places, and the members of a {@link SeenFile}. */
type Row = readonly [string, number, number, number, number, string];

interface Body {
  readonly question?: string | undefined;
  readonly clips: number;
  readonly folders: readonly (readonly [string, SeenFolder])[];
  readonly cache: readonly Row[];
  readonly root: readonly Row[];
  readonly elsewhere: readonly Row[];
}

/** Path of the manifest. @param name - of the dataset, as on the command line */
function manifestPath(cache: string, name: string): string {
  return join(cache, 'prepared', `${name}.seen.json`);
}

/** Reads a manifest; `undefined` where there is none, or it is damaged. */
export function readManifest(name: string, { root, cache }: Places): Manifest | undefined {
  try {
    const [head = '', text = ''] = readFileSync(manifestPath(cache, name), 'utf8').split('\n');
    const { schema, sha256 } = JSON.parse(head) as Readonly<Record<string, unknown>>;
    if (schema !== SCHEMA || sha256 !== digestOf(text)) return undefined;
    const { question, clips, folders, ...rows } = JSON.parse(text) as Body;
    const files = new Map<string, SeenFile>();
    const take = (base: string, part: readonly Row[]): void => {
      for (const [path, size, changed, touched, taken, digest] of part) {
        files.set(base + path, { size, changed, touched, taken, sha256: digest });
      }
    };
    take(cache + sep, rows.cache);
    take(root + sep, rows.root);
    take('', rows.elsewhere);
    return { question, clips, folders: new Map(folders), files };
  } catch {
    return undefined; // not there, not ours, or cut off
  }
}

/** Writes a manifest. Where it cannot be written, the next run goes the long way. */
export async function writeManifest(
  name: string,
  { root, cache }: Places,
  { question, clips, folders, files }: Manifest,
): Promise<void> {
  const rows = { cache: [] as Row[], root: [] as Row[], elsewhere: [] as Row[] };
  for (const [path, { size, changed, touched, taken, sha256 }] of files) {
    const to = path.startsWith(cache + sep) ? 'cache' : path.startsWith(root + sep) ? 'root' : 'elsewhere'; // prettier-ignore
    const base = to === 'elsewhere' ? 0 : (to === 'cache' ? cache : root).length + 1;
    rows[to].push([path.slice(base), size, changed, touched, taken, sha256]);
  }
  const body: Body = { question, clips, folders: [...folders], ...rows };
  const text = JSON.stringify(body);
  const head = JSON.stringify({ schema: SCHEMA, sha256: digestOf(text) });
  try {
    await writeWhole(manifestPath(cache, name), `${head}\n${text}\n`);
  } catch (error) {
    if (!(error instanceof TelltaleError)) throw error;
  }
}

/**
 * Looks whether everything is as it was. Files are only read where their times do not say so.
 *
 * @returns the manifest as one would write it now, the same object where nothing was read; `undefined` where anything is
 *   gone, new or another
 * @throws TelltaleError `CANCELED`
 */
export async function stillTrue(
  manifest: Manifest,
  root: string,
  signal: AbortSignal,
): Promise<Manifest | undefined> {
  const count = { looked: 0, renewed: 0 };
  const allOf = async <T>(
    before: ReadonlyMap<string, T>,
    look: (path: string, one: T) => T | undefined,
  ): Promise<ReadonlyMap<string, T> | undefined> => {
    const now = new Map<string, T>();
    for (const [path, one] of before) {
      if (count.looked++ % TOGETHER === 0) await others(); // so that Ctrl-C is heard
      signal.throwIfAborted();
      const found = orNothing(() => look(path, one));
      if (found === undefined) return undefined;
      if (found !== one) count.renewed++;
      now.set(path, found);
    }
    return now;
  };
  const files = await allOf(manifest.files, lookAgain);
  if (files === undefined) return undefined;
  const folders = await allOf(manifest.folders, (path, one) =>
    lookAgainAtFolder(join(root, path), one),
  );
  if (folders === undefined) return undefined;
  return count.renewed > 0 ? { ...manifest, files, folders } : manifest;
}

/** What cannot be looked at is not as it was. */
function orNothing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
