/** @file Reports and coders' annotations to files of ELAN, Praat and players: one of a clip, or a folder with one each. */
import { mkdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

import { TelltaleError } from '@telltale/core';
import { clipName } from '@telltale/core/agreement';
import { parseCsv } from '@telltale/core/datasets';
import { eafText, textOfCell } from '@telltale/core/report';
import type { Tier, TieredClip } from '@telltale/core/report';
import { assertWritable, writeWhole } from '@telltale/node/output';

import { readCoder } from '../agree/read.ts';
import { assertFree } from '../io/free.ts';
import type { Overwrite } from '../io/free.ts';
import { readReportFile } from '../io/report-file.ts';
import { textGridText } from './textgrid.ts';
import { MACHINE, tiersOfCoder, tiersOfReport } from './tiers.ts';
import { webVttText } from './webvtt.ts';

/** Formats by their extensions. */
const FORMATS = { eaf: '.eaf', textgrid: '.TextGrid', vtt: '.vtt' } as const;

/** A format. */
export type Format = keyof typeof FORMATS;

/** Options of the command. */
export interface ConvertRun extends Overwrite {
  readonly out: string;
  readonly format?: Format | undefined;
  /** Path of the media. */
  readonly media?: string | undefined;
}

/**
 * Writes a file per clip.
 *
 * @throws TelltaleError what reading the sources throws, `OPTION_INVALID`, `OUTPUT_UNWRITABLE`
 */
export async function runConvert(
  paths: readonly string[],
  { out, format: wanted, media, overwrite }: ConvertRun,
): Promise<void> {
  const clips = await readClips(paths);
  const named = formatOf(out);
  const format = wanted ?? named;
  if (format === undefined) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `--out ${out} does not end in .eaf, .TextGrid or .vtt, and --format is not given`,
      'Name the file with one of these, or give --format and a folder for several clips.',
    );
  }
  if (clips.length === 0) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `there is nothing to convert in ${paths.join(', ')}: no clip and no annotation`,
      'Give reports, a run of telltale analyze with clips that were analyzed, or files of coders.',
    );
  }
  const isFile = named !== undefined;
  if (isFile && clips.length !== 1) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `--out ${out} is one file for ${clips.length} clips`,
      'Give a folder with --out, and --format: it gets a file per clip.',
    );
  }
  if (media !== undefined && clips.length !== 1) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `--media is one video for ${clips.length} clips`,
      'Leave it out: the files name the videos of their clips.',
    );
  }
  if (isFile && named !== format) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `--out ${out} is not a file of the format ${format}`,
      'Leave --format out, or give the file its extension.',
    );
  }
  await assertWritable(out, isFile ? 'file' : 'folder');
  const files = clips.map((clip) => ({
    clip,
    path: isFile ? out : join(out, `${fileName(clip.clip)}${FORMATS[format]}`),
  }));
  await assertFree(files.map(({ path }) => path), { overwrite }); // prettier-ignore
  for (const { clip, path } of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeWhole(path, textOf(clip, format, media));
    process.stdout.write(`${path}\n`);
  }
}

function textOf(clip: TieredClip, format: Format, media: string | undefined): string {
  if (format === 'textgrid') return textGridText(clip);
  if (format === 'vtt') return webVttText(clip);
  const name = media === undefined ? clip.clip : basename(media);
  const url = media === undefined ? undefined : pathToFileURL(resolve(media)).href;
  return eafText({ ...clip, clip: name }, { media: url, now: new Date().toISOString() });
}

function formatOf(path: string): Format | undefined {
  const extension = extname(path).toLowerCase();
  return (Object.keys(FORMATS) as Format[]).find((one) => FORMATS[one].toLowerCase() === extension); // prettier-ignore
}

/** The path of a clip in a run without its extension; what no file system takes is replaced. */
function fileName(clip: string): string {
  const parts = clipName(clip).split('/').filter((part) => part !== '' && part !== '.' && part !== '..'); // prettier-ignore
  const safe = parts.map((part) => part.replaceAll(/[<>:"|?*\\\u0000-\u001F]/gu, '_'));
  return safe.length === 0 ? 'clip' : join(...safe);
}

/** Everything that was annotated, by clip, in the order in which clips are first named. */
async function readClips(paths: readonly string[]): Promise<TieredClip[]> {
  const clips = new Map<string, TieredClip>();
  const single: boolean[] = [];
  const names = new Set<string>();
  const add = (clip: TieredClip, isOnly: boolean): void => {
    // Sources with one clip each are about the same one, whatever their files are called.
    const [first] = clips.keys();
    const key = isOnly && clips.size === 1 && single.every(Boolean) ? first! : clipName(clip.clip);
    const there = clips.get(key);
    clips.set(
      key,
      there === undefined
        ? clip
        : {
            ...(there.start + there.duration >= clip.start + clip.duration || there.start > 0 ? there : { ...clip, clip: there.clip }), // prettier-ignore
            tiers: [...there.tiers, ...clip.tiers],
          },
    );
  };
  for (const path of paths) {
    const read = await readSource(path, names);
    for (const clip of read) add(clip, read.length === 1);
    single.push(read.length === 1);
  }
  return [...clips.values()];
}

async function readSource(path: string, names: Set<string>): Promise<TieredClip[]> {
  const reports = await reportsOf(path);
  if (reports !== undefined) {
    const clips: TieredClip[] = [];
    for (const { file, id } of reports) {
      const report = await readReportFile(file);
      const tiered = tiersOfReport(report);
      const { subject } = report.face;
      const who = subject === undefined ? MACHINE : `${MACHINE} subject ${subject.number}`;
      const name = freeName(names, who, id ?? '');
      const tiers = tiered.tiers.map((tier) => named(tier, MACHINE, name));
      clips.push({ ...tiered, clip: id ?? tiered.clip, tiers });
    }
    return clips;
  }
  const coder = await readCoder(path);
  const name = freeName(names, coder.name, '');
  return coder.clips.map((clip) => {
    const end = clip.events.reduce((most, { offset }) => Math.max(most, offset), 0);
    return { clip: clip.clip, start: 0, duration: clip.duration ?? end, tiers: tiersOfCoder(name, clip) }; // prettier-ignore
  });
}

/** The same tier with another name of who annotated. */
function named(tier: Tier, from: string, to: string): Tier {
  return { ...tier, name: tier.name.replace(from, to), annotator: to };
}

/** A name that no source of the clip has yet. */
function freeName(names: Set<string>, name: string, clip: string): string {
  for (let i = 1; ; i++) {
    const free = i === 1 ? name : `${name} ${i}`;
    const key = `${clip}\n${free}`;
    if (names.has(key)) continue;
    names.add(key);
    return free;
  }
}

interface ReportFile {
  readonly file: string;
  /** Path of the clip in a run. */
  readonly id?: string;
}

/** The reports of a path: a report.json, the folder of one, or a run; undefined where it is something else. */
async function reportsOf(path: string): Promise<ReportFile[] | undefined> {
  if (/\.json$/i.test(path)) return [{ file: path }];
  const isThere = async (name: string): Promise<boolean> =>
    stat(join(path, name)).then((one) => one.isFile(), () => false); // prettier-ignore
  if (await isThere('report.json')) return [{ file: join(path, 'report.json') }];
  if (!(await isThere('clips.csv')) || !(await isThere('expressions.csv'))) return undefined;
  const [header, ...rows] = parseCsv(await readFile(join(path, 'clips.csv'), 'utf8'));
  const cell = (fields: readonly string[], name: string): string =>
    textOfCell(fields[header!.fields.indexOf(name)] ?? '');
  return rows
    .filter(({ fields }) => cell(fields, 'status') === 'done')
    .map(({ fields }) => ({
      file: join(path, dirname(cell(fields, 'report')), 'report.json'),
      id: cell(fields, 'clip'),
    }));
}
