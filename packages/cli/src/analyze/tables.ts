/**
 * @file What a run writes beside the reports, built of them clip by clip: two tables as CSV and in one workbook, and the
 * index.
 *
 *     clips.csv          a row per clip, and per subject with --face all: numbers, or why it failed
 *     expressions.csv    a row per expression: the columns of report.csv, with the clip by its path
 *     results.xlsx       both
 *     index.html         the clips with images and small timelines, sortable
 */
import { createWriteStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { parseCsv } from '@telltale/core/datasets';
import { csvCell, textOfCell } from '@telltale/core/report';
import type { CaveatCode } from '@telltale/core/report';
import { runPageEnd, runPageRow, runPageStart } from '@telltale/figures/run';
import { writeThrough } from '@telltale/node/output';

import { csvInLocale, csvStart } from '../io/csv-locale.ts';
import type { CsvLocale } from '../io/csv-locale.ts';
import { writeXlsx } from '../io/xlsx.ts';
import type { Cell } from '../io/xlsx.ts';
import type { Failure } from '../jobs/job.ts';
import { version } from '../overview.ts';
import type { AnalyzedClip, AnalyzedSubject } from './clip-job.ts';

/** A clip of the tables. */
export interface TableClip {
  readonly id: string;
  /** Name of its folder in `clips/`. */
  readonly folder: string;
  /** Why it failed; absent where it was analyzed. */
  readonly failure?: Failure | undefined;
}

/** Names of the files that {@link writeTables} writes. */
export const RUN_FILES = ['index.html', 'results.xlsx', 'clips.csv', 'expressions.csv'] as const;

const CLIP_COLUMNS = [
  ...(['clip', 'status', 'frames', 'rate', 'duration', 'width', 'height', 'face_frames'] as const),
  ...(['faces', 'subjects', 'subject', 'micro', 'macro', 'blinks', 'verdicts', 'caveats'] as const),
  ...(['report', 'code', 'reason'] as const),
] as const;

/** Caveats that every report has; the index leaves them to the reports. */
const GENERAL: ReadonlySet<string> = new Set<CaveatCode>([
  ...([
    'no-lie-detector',
    'elsewhere',
    'recognizer',
    'no-recognizer',
    'spotting',
    'sizes',
  ] as const),
  ...(['ensemble', 'own-model'] as const),
]);

/** What {@link writeTables} writes. */
export interface RunTables {
  readonly clips: readonly TableClip[];
  readonly csvLocale: CsvLocale;
}

/**
 * Writes the tables and the index. Reports are read one at a time, so memory does not grow with their number.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE`
 */
export async function writeTables(
  run: string,
  name: string,
  { clips, csvLocale }: RunTables,
): Promise<void> {
  const columns = await columnsOf(run, clips);
  const clipRows = (): AsyncGenerator<Cell[]> => rowsOfClips(run, clips);
  const expressionRows = (): AsyncGenerator<Cell[]> => rowsOfExpressions(run, clips, columns);
  await writeText(join(run, 'clips.csv'), csvLines(CLIP_COLUMNS, clipRows(), csvLocale));
  await writeText(join(run, 'expressions.csv'), csvLines(columns, expressionRows(), csvLocale));
  await writeXlsx(join(run, 'results.xlsx'), [
    { name: 'clips', header: CLIP_COLUMNS, rows: clipRows() },
    { name: 'expressions', header: columns, rows: expressionRows() },
  ]);
  await writeText(join(run, 'index.html'), pageLines(run, name, clips));
}

/** Writes pieces of text whole or not at all. */
async function writeText(path: string, pieces: AsyncIterable<string>): Promise<void> {
  await writeThrough(path, (temporary) => pipeline(pieces, createWriteStream(temporary)));
}

/** A table as CSV, line by line. */
export async function* csvLines(
  header: readonly string[],
  rows: AsyncIterable<readonly Cell[]>,
  locale: CsvLocale = 'point',
): AsyncGenerator<string> {
  const line = (cells: readonly Cell[]): string => `${cells.map((cell) => csvCell(cell ?? '')).join(',')}\r\n`; // prettier-ignore
  yield csvStart(locale) + csvInLocale(line(header), locale);
  for await (const row of rows) yield csvInLocale(line(row), locale);
}

async function* rowsOfClips(run: string, clips: readonly TableClip[]): AsyncGenerator<Cell[]> {
  for (const { id, folder, failure } of clips) {
    if (failure !== undefined) {
      const empty = Array.from({ length: CLIP_COLUMNS.length - 4 }, () => undefined);
      yield [id, 'failed', ...empty, failure.code, failure.message];
      continue;
    }
    for (const { summary: one, ...result } of (await readClip(run, folder)).results) {
      yield [
        ...[id, 'done', one.frames, one.rate, one.duration, one.width, one.height, one.faceFrames],
        ...[one.faces, one.subjects, one.subject, one.micro, one.macro, one.blinks],
        ...[verdictsOf(one.verdicts), one.caveats.join(' ')],
        ...[`${pathOf(folder, result)}/report.html`, undefined, undefined],
      ];
    }
  }
}

/** Columns of all reports, in the order in which they first occur: recognizers and versions differ in theirs. */
async function columnsOf(run: string, clips: readonly TableClip[]): Promise<string[]> {
  const columns = new Set<string>();
  for (const { folder, failure } of clips) {
    if (failure !== undefined) continue;
    for (const result of (await readClip(run, folder)).results) {
      for (const name of await headerOf(join(run, pathOf(folder, result), 'report.csv'))) {
        columns.add(name);
      }
    }
  }
  return columns.size === 0 ? ['clip'] : [...columns];
}

async function headerOf(path: string): Promise<readonly string[]> {
  const file = await open(path);
  try {
    for await (const line of file.readLines()) return parseCsv(line)[0]?.fields ?? [];
    return [];
  } finally {
    await file.close();
  }
}

/** Path of the results of a subject in the run, `/` between parts. */
function pathOf(clip: string, { folder }: Pick<AnalyzedSubject, 'folder'>): string {
  return folder === '' ? `clips/${clip}` : `clips/${clip}/${folder}`;
}

async function* rowsOfExpressions(
  run: string,
  clips: readonly TableClip[],
  columns: readonly string[],
): AsyncGenerator<Cell[]> {
  for (const { id, folder, failure } of clips) {
    if (failure !== undefined) continue;
    for (const result of (await readClip(run, folder)).results) {
      const text = await readFile(join(run, pathOf(folder, result), 'report.csv'), 'utf8');
      const [header, ...rows] = parseCsv(text);
      const at = new Map(header!.fields.map((name, i) => [name, i]));
      for (const { fields } of rows) {
        yield columns.map((name): Cell => {
          if (name === 'clip') return id;
          const index = at.get(name);
          return index === undefined ? undefined : valueOf(fields[index] ?? '');
        });
      }
    }
  }
}

/** A cell of report.csv as what it was: a number, or a text without the apostrophe that keeps it one. */
function valueOf(field: string): Cell {
  if (field === '') return undefined;
  if (/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(field)) return Number(field);
  return textOfCell(field);
}

async function* pageLines(
  run: string,
  name: string,
  clips: readonly TableClip[],
): AsyncGenerator<string> {
  const failed = clips.filter(({ failure }) => failure !== undefined);
  let micro = 0;
  for (const { folder, failure } of clips) {
    if (failure !== undefined) continue;
    for (const { summary } of (await readClip(run, folder)).results) micro += summary.micro;
  }
  yield runPageStart({
    ...{ name, clips: clips.length, failed: failed.length, micro, version: version() },
  });
  for (const { id, folder, failure } of clips) {
    if (failure !== undefined) {
      yield runPageRow({ name: id, failure: failure.message });
      continue;
    }
    for (const result of (await readClip(run, folder)).results) {
      const { summary, thumbnail, timeline } = result;
      const { duration, micro, macro, blinks, verdicts, caveats, subject, subjects } = summary;
      const name = subjects > 1 ? `${id} (subject ${subject} of ${subjects})` : id;
      yield runPageRow({
        ...{ name, href: `${pathOf(folder, result)}/report.html`, timeline },
        ...(thumbnail !== undefined && { thumbnail }),
        ...{ duration, micro, macro, blinks, verdicts: verdictsOf(verdicts) },
        caveats: caveats.filter((code) => !GENERAL.has(code)).join(', '),
      });
    }
  }
  yield runPageEnd();
}

async function readClip(run: string, folder: string): Promise<AnalyzedClip> {
  return JSON.parse(
    await readFile(join(run, 'clips', folder, 'clip.json'), 'utf8'),
  ) as AnalyzedClip;
}

/** `2 negative, 1 unsure`. */
function verdictsOf(verdicts: Readonly<Record<string, number>>): string {
  return Object.entries(verdicts).map(([name, count]) => `${count} ${name}`).join(', '); // prettier-ignore
}
