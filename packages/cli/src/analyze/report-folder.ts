/** @file Where the report of a clip goes: never over that of another clip. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';

import { TelltaleError } from '@telltale/core';
import type { Report } from '@telltale/core';
import { REPORT_FILES } from '@telltale/node/report';

/** Longest name of a folder, bytes: with what is added to temporary names, within what file systems allow. */
const LONGEST = 180;

/** What of a report identifies its clip. */
type Identity = Pick<Report, 'clip' | 'movement'>;

/**
 * The folder for the report of a clip, before the work: the given one, or `<clip>-<end>` in the current folder, with a
 * number behind it where that holds the report of another clip, or files of these names that are none.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE` where the given folder holds such files
 */
export async function reportFolder(
  path: string,
  { out, end }: { readonly out: string | undefined; readonly end: string },
): Promise<string> {
  const name = basename(resolve(path));
  if (out === undefined) {
    const folder = `${shortened(name.slice(0, name.length - extname(name).length))}-${end}`;
    return firstFree(folder, async (one) => [undefined, name].includes((await takenBy(one))?.clip));
  }
  const taken = await takenBy(out);
  if (taken === undefined || taken.clip === name) return out;
  throw new TelltaleError(
    'OUTPUT_UNWRITABLE',
    `the folder ${out} holds ${taken.what}, which the report of ${name} would replace`,
    'Give another folder with --out, or remove that one.',
  );
}

/** What a report in a folder would replace. */
interface Taken {
  /** Name of the clip of the report that is there; empty where it is none. */
  readonly clip: string;
  readonly what: string;
}

async function takenBy(folder: string): Promise<Taken | undefined> {
  for (const one of [folder, join(folder, 'subject-1')]) {
    const clip = (await reportIn(one))?.clip.name;
    if (clip !== undefined) return { clip, what: `the report of ${clip}` };
  }
  const file = REPORT_FILES.find((one) => existsSync(join(folder, one)));
  return file === undefined ? undefined : { clip: '', what: `a ${file} that is not of telltale` };
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
