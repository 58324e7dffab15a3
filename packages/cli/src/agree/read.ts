/** @file Files of coders: reports of telltale, tables, runs over many clips, folders with a file per clip. */
import { Buffer } from 'node:buffer';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import { TelltaleError } from '@telltale/core';
import { clipName, CODER_FILES, codedTable, readCoderFile } from '@telltale/core/agreement';
import type { CodedClip, Coder, ParseXml } from '@telltale/core/agreement';
import { decodeText } from '@telltale/core/datasets';
import type { parseCsv } from '@telltale/core/datasets';
import { DOMParser } from 'linkedom/worker';
import type { parseHTML } from 'linkedom/worker';
import { readNamed } from '../io/report-file.ts';

/** How files are read. */
export interface ReadCoder {
  /** Which column is the label: the kind of a movement, or the class that was recognized. @defaultValue kind */
  readonly label?: 'kind' | 'verdict' | undefined;
  /** Labels that count; all where left out. */
  readonly only?: readonly string[] | undefined;
}

/** Reads XML as a browser does. */
const parseXml: ParseXml = (text) => {
  const parsed: unknown = new DOMParser().parseFromString(text, 'text/xml');
  return parsed as ReturnType<typeof parseHTML>['document'];
};

/**
 * Reads what a coder annotated.
 *
 * @param path - a report.json, a review of the page, a table, the folder of a run of `telltale analyze`, or a folder with a file per clip
 * @throws TelltaleError `FILE_MISSING`, `DATASET_INVALID` naming file and line, `DATASET_COLUMN_MISSING`,
 *   `REPORT_INVALID`
 */
export async function readCoder(path: string, options: ReadCoder = {}): Promise<Coder> {
  const kind = await stat(path).catch(() => undefined);
  if (kind === undefined) {
    throw new TelltaleError(
      'FILE_MISSING',
      `there is no file or folder ${path}`,
      'Check the path.',
    );
  }
  const name = nameOf(path);
  const clips = kind.isDirectory() ? await readFolder(path, options) : await readOne(path, options);
  const kept = clips.map(({ events, ...clip }) => ({
    ...clip,
    events: events.filter(({ label }) => options.only?.includes(label) ?? true),
  }));
  return { name, clips: mergeClips(kept) };
}

/** `coder A.csv` → `coder A`; `run/report.json` → `run`. */
function nameOf(path: string): string {
  const whole = resolve(path);
  const name = basename(whole);
  const stem = name.replace(/\.[^.]+$/, '');
  return /^(?:report|expressions|review|annotations?)$/i.test(stem) && name !== stem
    ? basename(join(whole, '..'))
    : stem;
}

async function readFolder(folder: string, options: ReadCoder): Promise<CodedClip[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  if (names.includes('expressions.csv') && names.includes('clips.csv'))
    return readRun(folder, options);
  if (names.includes('report.json')) return readOne(join(folder, 'report.json'), options);
  const clips: CodedClip[] = [];
  for (const name of names.filter((one) => CODER_FILES.test(one))) {
    clips.push(...(await readOne(join(folder, name), options)));
  }
  if (clips.length > 0) return clips;
  throw new TelltaleError(
    'DATASET_INVALID',
    `${folder} has no file with annotations`,
    'Give report.json files, CSV or TSV tables, EAF or TextGrid files, or the folder of a run of telltale analyze.',
  );
}

/** A run of `telltale analyze` over many clips: also the clips in which nothing was found. */
async function readRun(folder: string, options: ReadCoder): Promise<CodedClip[]> {
  const [header, ...rows] = await tableOf(join(folder, 'clips.csv'));
  const at = (name: string): number => header!.fields.indexOf(name);
  const done = rows.filter(({ fields }) => fields[at('status')] === 'done');
  const all = done.map(({ fields }): CodedClip => ({
    ...{ clip: clipName(fields[at('clip')]!), events: [] },
    duration: Number(fields[at('duration')]!.replace(',', '.')),
  }));
  return [...all, ...(await readOne(join(folder, 'expressions.csv'), options))];
}

async function readOne(path: string, { label }: ReadCoder): Promise<CodedClip[]> {
  const read = (bytes: Uint8Array): CodedClip[] =>
    readCoderFile(basename(path), bytes, { label, path, parseXml });
  if (/\.json$/i.test(path)) return readNamed(path, (text) => read(Buffer.from(text)));
  return read(await readFile(path));
}

async function tableOf(path: string): Promise<ReturnType<typeof parseCsv>> {
  return codedTable(decodeText(await readFile(path), path), path);
}

/** One entry for each clip. */
function mergeClips(clips: readonly CodedClip[]): CodedClip[] {
  const merged = new Map<string, CodedClip>();
  for (const one of clips) {
    const there = merged.get(one.clip);
    const duration = one.duration ?? there?.duration;
    const events = [...(there?.events ?? []), ...one.events];
    merged.set(one.clip, { clip: one.clip, events, ...(duration !== undefined && { duration }) });
  }
  return [...merged.values()];
}

/**
 * Gives the clips of coders one name where each coder has a single one: files of one clip are named after coders.
 */
export function alignSingleClips(coders: readonly Coder[]): Coder[] {
  const names = new Set(coders.flatMap(({ clips }) => clips.map(({ clip }) => clip)));
  if (names.size < 2 || coders.some(({ clips }) => clips.length !== 1)) return [...coders];
  return coders.map((coder) => ({ ...coder, clips: [{ ...coder.clips[0]!, clip: 'clip' }] }));
}
