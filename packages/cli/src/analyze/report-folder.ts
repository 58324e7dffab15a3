/** @file Where the report of a clip goes: never over that of another clip. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';

import { TelltaleError } from '@telltale/core';
import type { Report } from '@telltale/core';

/** Longest name of a folder, bytes: with what is added to temporary names, within what file systems allow. */
const LONGEST = 180;

/** What of a report identifies its clip. */
type Identity = Pick<Report, 'clip' | 'movement'>;

/**
 * The folder for the report of a clip, before the work: the given one, or `<clip>-<end>` in the current folder, with a
 * number behind it where that holds the report of another clip.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE` where the given folder holds the report of another clip
 */
export async function reportFolder(
  path: string,
  { out, end }: { readonly out: string | undefined; readonly end: string },
): Promise<string> {
  const name = basename(resolve(path));
  const nameIn = async (folder: string): Promise<string | undefined> =>
    ((await reportIn(folder)) ?? (await reportIn(join(folder, 'subject-1'))))?.clip.name;
  if (out === undefined) {
    const folder = `${shortened(name.slice(0, name.length - extname(name).length))}-${end}`;
    return firstFree(folder, async (one) => [undefined, name].includes(await nameIn(one)));
  }
  const other = await nameIn(out);
  if (other === undefined || other === name) return out;
  throw new TelltaleError(
    'OUTPUT_UNWRITABLE',
    `the folder ${out} holds the report of ${other}, which the one of ${name} would replace`,
    'Give another folder with --out, or remove that one.',
  );
}

/**
 * The folder that a finished report is written to: the given one, with a number behind it where that holds the report of
 * another clip of the same name.
 */
export function folderFor(folder: string, report: Identity): Promise<string> {
  return firstFree(folder, async (one) => {
    const there = await reportIn(one);
    return there === undefined || identityOf(there) === identityOf(report);
  });
}

async function firstFree(
  folder: string,
  isFree: (folder: string) => Promise<boolean>,
): Promise<string> {
  for (let number = 1; ; number++) {
    const one = number === 1 ? folder : `${folder}-${number}`;
    if (await isFree(one)) return one;
  }
}

/** The same clip gives the same times and the same movement. */
function identityOf({ clip, movement }: Identity): string {
  return JSON.stringify([clip.name, clip.width, clip.height, movement.times, movement.values]);
}

async function reportIn(folder: string): Promise<Identity | undefined> {
  const path = join(folder, 'report.json');
  if (!existsSync(path)) return undefined;
  try {
    const { clip, movement } = JSON.parse(await readFile(path, 'utf8')) as Partial<Report>;
    return clip?.name !== undefined && movement !== undefined ? { clip, movement } : undefined;
  } catch {
    return undefined; // not a report of telltale
  }
}

/** A name that file systems take: its beginning, and a hash of all of it where it is too long. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= LONGEST) return name;
  let short = '';
  for (const character of name) {
    if (Buffer.byteLength(short + character) > LONGEST - 11) break;
    short += character;
  }
  return `${short}-${createHash('sha256').update(name).digest('hex').slice(0, 10)}`;
}
