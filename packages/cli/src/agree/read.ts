/** @file Files of coders: reports of telltale, tables, runs over many clips, folders with a file per clip. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';

import { TelltaleError } from '@telltale/core';
import type { CodedClip, CodedEvent, Coder } from '@telltale/core/agreement';
import { parseCsv } from '@telltale/core/datasets';
import { readReview, reviewedEvents, textOfCell } from '@telltale/core/report';

import { readNamed } from '../io/report-file.ts';
import { decodeText } from '../io/sheets-text.ts';
import { readEaf, readTextGrid } from './coder-files.ts';

/** How files are read. */
export interface ReadCoder {
  /** Which column is the label: the kind of a movement, or the class that was recognized. @defaultValue kind */
  readonly label?: 'kind' | 'verdict' | undefined;
  /** Labels that count; all where left out. */
  readonly only?: readonly string[] | undefined;
}

const FILES = /\.(?:json|csv|tsv|txt|eaf|textgrid)$/i;
/** Names of columns, lower case, the most specific first; times in seconds. */
const COLUMNS = {
  clip: ['clip', 'file', 'filename', 'video'],
  onset: [
    'onset_time',
    'onset',
    'start',
    'start_time',
    'begin',
    'begin time - ss.msec',
    'begin_time',
  ],
  apex: ['apex_time', 'apex'],
  offset: ['offset_time', 'offset', 'end', 'end_time', 'stop', 'end time - ss.msec'],
  label: ['label', 'annotation', 'kind', 'emotion', 'code', 'value'],
} as const;

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
  for (const name of names.filter((one) => FILES.test(one))) {
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

async function readOne(path: string, options: ReadCoder): Promise<CodedClip[]> {
  if (/\.json$/i.test(path)) return [await readNamed(path, (text) => clipOfReport(text, options))];
  if (/\.(?:eaf|textgrid)$/i.test(path)) {
    const text = decodeText(await readFile(path), path);
    const coded = /\.eaf$/i.test(path) ? readEaf(text, path) : readTextGrid(text, path);
    return [{ ...coded, clip: clipName(coded.clip === '' ? basename(path) : coded.clip) }];
  }
  return readTable(path, options);
}

/** A report, or a review that the page saved: then the events as the coder left them. */
function clipOfReport(text: string, { label = 'kind' }: ReadCoder): CodedClip {
  const { report, review, measurements } = readReview(text);
  const { clip } = report;
  return {
    ...{ clip: clipName(clip.name), duration: clip.duration },
    events: reviewedEvents(report, review, measurements).map((event): CodedEvent => ({
      onset: event.moments.onset.time,
      apex: event.moments.apex.time,
      offset: event.moments.offset.time,
      label: label === 'verdict' ? event.label || (event.verdict ?? event.kind) : event.kind,
    })),
  };
}

async function readTable(path: string, { label = 'kind' }: ReadCoder): Promise<CodedClip[]> {
  const [header, ...rows] = await tableOf(path);
  const names = (header?.fields ?? []).map((name) => name.trim().toLowerCase());
  const find = (aliases: readonly string[]): number => aliases.map((one) => names.indexOf(one)).find((i) => i >= 0) ?? -1; // prettier-ignore
  const at = {
    ...{ clip: find(COLUMNS.clip), onset: find(COLUMNS.onset), apex: find(COLUMNS.apex) },
    offset: find(COLUMNS.offset),
    label: label === 'verdict' ? find(['verdict', ...COLUMNS.label]) : find(COLUMNS.label),
  };
  if (at.onset < 0 || at.offset < 0) {
    throw new TelltaleError(
      'DATASET_COLUMN_MISSING',
      `${path} has no column for ${at.onset < 0 ? 'onset' : 'offset'}; it has ${names.map((name) => `"${name}"`).join(', ')}`,
      'Its first line must name the columns onset and offset (seconds), and clip, apex and label where known.',
    );
  }
  const own = clipName(basename(path));
  return rows.map(({ line, fields }): CodedClip => {
    const cell = (index: number): string => (index < 0 ? '' : (fields[index] ?? '').trim());
    const seconds = (index: number): number | undefined => secondsOf(cell(index));
    const [onset, apex, offset] = [seconds(at.onset), seconds(at.apex), seconds(at.offset)];
    if (onset === undefined || offset === undefined || offset < onset) {
      throw new TelltaleError(
        'DATASET_INVALID',
        `${path} line ${line}: "${cell(at.onset)}" to "${cell(at.offset)}" is not an interval`,
        'Give seconds (12.5), or minutes and seconds (0:12.5), the onset before the offset.',
      );
    }
    const code = textOfCell(cell(at.label));
    return {
      clip: at.clip < 0 ? own : clipName(cell(at.clip)),
      events: [{ onset, ...(apex !== undefined && { apex }), offset, label: code === '' ? 'event' : code }], // prettier-ignore
    };
  });
}

/** Seconds of `12.5`, `12,5`, `0:12.5` and `00:00:12.5`; undefined of anything else. */
function secondsOf(text: string): number | undefined {
  if (!/^(?:\d+:){0,2}\d+(?:[.,]\d+)?$/.test(text)) return undefined;
  return text.replace(',', '.').split(':').reduce((sum, part) => 60 * sum + Number(part), 0); // prettier-ignore
}

async function tableOf(path: string): Promise<ReturnType<typeof parseCsv>> {
  try {
    return parseCsv(decodeText(await readFile(path), path));
  } catch (error) {
    if (error instanceof TelltaleError && error.code === 'DATASET_INVALID') {
      throw new TelltaleError('DATASET_INVALID', `${path}: ${error.message}`, error.hint, { cause: error }); // prettier-ignore
    }
    throw error;
  }
}

/** Names of clips without extensions: a video, its report and its annotation belong together. */
export function clipName(name: string): string {
  const extension = extname(name);
  const isVideo = /^\.[a-z][a-z0-9]{1,7}$/i.test(extension);
  return textOfCell(name.slice(0, name.length - (isVideo ? extension.length : 0)));
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
