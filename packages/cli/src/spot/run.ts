/** @file `telltale spot`: the intervals of one clip, or of every video of a database. */
import { basename, extname, resolve } from 'node:path';
import process from 'node:process';

import { spotClip, TelltaleError } from '@telltale/core';
import { definitionOf } from '@telltale/core/datasets';
import { spottedCsv, spottedTable, tableCsv } from '@telltale/core/evaluate';
import { eafText } from '@telltale/core/report';
import type { FaceChoice, UnitInterval } from '@telltale/core';
import type { SpottedTable, VideoRecord } from '@telltale/core/evaluate';
import { unitLabel } from '@telltale/core/units';
import { assertWritable, writeWhole } from '@telltale/node/output';

import { openPart, spotOf } from '../analyze/part-options.ts';
import type { PartChoice } from '../analyze/part-options.ts';
import { csvInLocale, csvStart } from '../io/csv-locale.ts';
import type { CsvLocale } from '../io/csv-locale.ts';
import { assertFree } from '../io/free.ts';
import type { Overwrite } from '../io/free.ts';
import { writeXlsx } from '../io/xlsx.ts';
import { launcherOf } from '../jobs/run.ts';
import type { LauncherChoice } from '../jobs/run.ts';
import { countOf, estimateTime, openProgress } from '../terminal.ts';
import { spotDatabase } from './dataset.ts';
import { spottedTiers, unitsJson, unitsTable } from './units.ts';
import { openFace, recordOf } from './video.ts';

/** Stages of a clip, and the part of the time that each usually takes: the movement of a face that is alone is measured in the first. */
const STAGES = [
  ['face', 0.95],
  ['movement', 0.05],
] as const;

/** What the command takes. */
export interface SpotRun extends LauncherChoice, PartChoice, Overwrite {
  readonly data?: string | undefined;
  readonly dataset?: string | undefined;
  readonly out?: string | undefined;
  /** Whose movements. */
  readonly face?: FaceChoice | undefined;
  /** How many times smaller a movement may be than by default. */
  readonly sensitivity?: number | undefined;
  readonly csvLocale: CsvLocale;
  readonly json: boolean;
  /** Whether intervals of each action unit are wanted. */
  readonly units: boolean;
  readonly sheet?: string | undefined;
  readonly images?: string | undefined;
  readonly parallel?: number | undefined;
}

/**
 * Spots, and prints or writes the intervals.
 *
 * @throws TelltaleError `OPTION_INVALID`, `OUTPUT_UNWRITABLE`, `CANCELED`, and what reading the clip or the dataset throws
 */
export async function runSpot(
  path: string | undefined,
  options: SpotRun,
  signal: AbortSignal,
): Promise<void> {
  if (path === undefined && options.data === undefined) {
    throw new TelltaleError(
      'OPTION_INVALID',
      'neither a clip nor --data is given',
      'Give a clip, or --data with --dataset and --out for all videos of a dataset.',
    );
  }
  if (path !== undefined) await spotOne(path, options, signal);
  else await spotAll(options.data!, options, signal);
}

async function spotOne(path: string, options: SpotRun, signal: AbortSignal): Promise<void> {
  if (options.out !== undefined) {
    assertForm(options.out, options);
    await assertWritable(options.out, 'file');
    await assertFree([options.out], options);
  }
  const { fps, from, to, rotate, face: subject } = options;
  const clip = await openPart(path, { fps, from, to, rotate });
  const progress = openProgress();
  const left = estimateTime(STAGES);
  try {
    const face = await openFace();
    try {
      const spotted = await spotClip(clip, face, {
        ...{ subject, spot: spotOf(options.sensitivity), units: options.units, signal },
        onProgress: (stage, done) =>
          progress.update(
            `${stage === 'face' ? '1 of 2, finding the face and its movement' : '2 of 2, measuring movement'}: frame ${countOf(done, clip.expectedFrames)}${left.text(stage, done, clip.expectedFrames)}`,
          ),
      });
      progress.end();
      const name = basename(resolve(path));
      const found = recordOf(
        {
          ...{ key: '', id: name, dataset: '', subject: '', video: name },
          framesPerSecond: clip.rate,
          numbers: spotted.times.map((_, frame) => frame),
        },
        spotted,
      );
      const record = { ...found, times: spotted.times.map((time) => Math.round(time * 1e6) / 1e6) };
      const { units } = spotted;
      if (options.out === undefined) process.stdout.write(textOf({ record, units }, options));
      else {
        if (extension(options.out) === '.xlsx') await writeWorkbook(options.out, { record, units });
        else await writeWhole(options.out, textOf({ record, units }, options));
        process.stdout.write(`${options.out}\n`);
      }
      process.stderr.write(`${summaryOf([record])}${unitsSummary(units)}\n`);
    } finally {
      await face.close();
    }
  } finally {
    progress.end();
    await clip.close();
  }
}

async function spotAll(data: string, options: SpotRun, signal: AbortSignal): Promise<void> {
  const { dataset, out } = options;
  if (dataset === undefined || out === undefined) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `--data is given without ${dataset === undefined ? '--dataset' : '--out'}`,
      'Name the dataset with --dataset, such as sammlv, and the folder for the predictions with --out.',
    );
  }
  const definition = definitionOf(dataset);
  await assertWritable(out, 'folder');
  const { videos } = await spotDatabase(definition, data, {
    ...{ out, signal, sheet: options.sheet, images: options.images },
    ...{ parallel: options.parallel, launcher: launcherOf(options) },
  });
  const records = videos.map(({ record }) => record);
  const extension = options.json ? 'json' : 'csv';
  const path = resolve(out, `${definition.name}.${extension}`);
  const text = options.json
    ? `${JSON.stringify(records.map(withoutKey), null, 1)}\n`
    : csvOf(records, options);
  await writeWhole(path, text);
  process.stdout.write(`${path}\n`);
  for (const { video, note } of records) {
    if (note !== undefined) process.stderr.write(`${video}: ${note}\n`);
  }
  process.stderr.write(`${summaryOf(records)}\n`);
}

/** What was found in one clip. */
interface FoundInClip {
  readonly record: VideoRecord;
  readonly units?: readonly UnitInterval[] | undefined;
}

function textOf({ record, units }: FoundInClip, options: SpotRun): string {
  if (extension(options.out ?? '') === '.eaf')
    return eafText(spottedTiers(record, units ?? []), { now: new Date().toISOString() });
  if (options.json || extension(options.out ?? '') === '.json')
    return `${JSON.stringify({ ...withoutKey(record), ...(units && { units: unitsJson(units) }) })}\n`;
  return units ? inLocale(tableCsv(unitsTable(record, units)), options) : csvOf([record], options);
}

function csvOf(records: readonly VideoRecord[], options: Pick<SpotRun, 'csvLocale'>): string {
  return inLocale(spottedCsv(records), options);
}

function inLocale(csv: string, { csvLocale }: Pick<SpotRun, 'csvLocale'>): string {
  return csvStart(csvLocale) + csvInLocale(csv, csvLocale);
}

/** `.xlsx`, in lower case. */
function extension(path: string): string {
  return extname(path).toLowerCase();
}

/**
 * Checks before any work that the name of the file and the options mean the same format.
 *
 * @throws TelltaleError `OPTION_INVALID`
 */
function assertForm(out: string, { json, csvLocale }: SpotRun): void {
  const form = extension(out);
  if (json && (form === '.eaf' || form === '.xlsx'))
    throw new TelltaleError(
      'OPTION_INVALID',
      `--json writes JSON, and ${out} would be another format`,
      'Leave out --json, or give a file that ends in .json.',
    );
  if (csvLocale !== 'point' && ['.eaf', '.json', '.xlsx'].includes(form))
    throw new TelltaleError(
      'OPTION_INVALID',
      `--csv-locale ${csvLocale} is of CSV, and ${out} would be another format`,
      'Leave it out, or give a file that ends in .csv.',
    );
}

async function writeWorkbook(path: string, { record, units }: FoundInClip): Promise<void> {
  const sheet = (name: string, { columns, rows }: SpottedTable) => ({ name, header: columns, rows }); // prettier-ignore
  await writeXlsx(path, [
    sheet('intervals', spottedTable([record])),
    ...(units ? [sheet('units', unitsTable(record, units))] : []),
  ]);
}

/** ` Action units: AU4, AU12 left.` */
function unitsSummary(units: readonly UnitInterval[] | undefined): string {
  if (units === undefined) return '';
  const names = units.map(({ unit, side }) => unitLabel(unit, side));
  return ` Action units: ${names.length === 0 ? 'none' : names.join(', ')}.`;
}

/** The key has no meaning for users; JSON leaves out what is not there. */
function withoutKey(record: VideoRecord): Partial<VideoRecord> {
  return { ...record, key: undefined as never };
}

function summaryOf(records: readonly VideoRecord[]): string {
  const of = (kind: string): number =>
    records.flatMap(({ spotted }) => spotted).filter((one) => one.kind === kind).length;
  const where = records.length === 1 ? records[0]!.video : `${records.length} videos`;
  return `${where}: ${of('micro')} micro-expressions, ${of('macro')} longer ones.`;
}
