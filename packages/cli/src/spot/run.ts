/** @file `telltale spot`: the intervals of one clip, or of every video of a database. */
import { basename, resolve } from 'node:path';
import process from 'node:process';

import { spotClip, TelltaleError } from '@telltale/core';
import { definitionOf } from '@telltale/core/datasets';
import { spottedCsv, spottedTable } from '@telltale/core/evaluate';
import type { FaceChoice } from '@telltale/core';
import type { VideoRecord } from '@telltale/core/evaluate';
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
        ...{ subject, spot: spotOf(options.sensitivity), signal },
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
      if (options.out === undefined) process.stdout.write(textOf([record], options));
      else {
        if (isWorkbook(options.out)) await writeWorkbook(options.out, [record]);
        else await writeWhole(options.out, textOf([record], options));
        process.stdout.write(`${options.out}\n`);
      }
      process.stderr.write(`${summaryOf([record])}\n`);
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

function textOf([record]: readonly [VideoRecord], options: SpotRun): string {
  return options.json ? `${JSON.stringify(withoutKey(record))}\n` : csvOf([record], options);
}

function csvOf(records: readonly VideoRecord[], { csvLocale }: Pick<SpotRun, 'csvLocale'>): string {
  return csvStart(csvLocale) + csvInLocale(spottedCsv(records), csvLocale);
}

/** Whether a file is to be an Excel workbook. */
function isWorkbook(path: string): boolean {
  return /\.xlsx$/i.test(path);
}

async function writeWorkbook(path: string, records: readonly VideoRecord[]): Promise<void> {
  const { columns, rows } = spottedTable(records);
  await writeXlsx(path, [{ name: 'intervals', header: columns, rows }]);
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
