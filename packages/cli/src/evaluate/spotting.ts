/** @file `telltale evaluate spotting` and `telltale evaluate spot-then-recognize`: a dataset of long videos, scored. */
import { join, resolve } from 'node:path';
import process from 'node:process';

import { definitionOf } from '@telltale/core/datasets';
import type { DatasetDefinition } from '@telltale/core/datasets';
import {
  spottedCsv,
  spottingLines,
  spottingMarkdown,
  spottingResult,
} from '@telltale/core/evaluate';
import type { SpottingResult } from '@telltale/core/evaluate';
import { spottingPage } from '@telltale/figures/evaluation';
import { parseHTML } from 'linkedom/worker';
import { assertWritable, writeFolderWhole } from '@telltale/node/output';

import { version } from '../overview.ts';
import { spotDatabase } from '../spot/dataset.ts';
import type { DatabaseOptions, DatabaseVideo, SpottedDatabase } from '../spot/dataset.ts';
import { recognizeSpotted } from './spot-then-recognize.ts';
import type { RecognizedVideos } from './spot-then-recognize.ts';

/** What the command takes. */
export interface SpottingOptions {
  /** Where the dataset was unpacked. */
  readonly data: string;
  readonly dataset: string;
  readonly out: string;
  readonly sheet?: string | undefined;
  readonly images?: string | undefined;
  readonly parallel?: number | undefined;
}

/** What the command that recognizes takes in addition. */
export interface SpotThenRecognizeOptions extends SpottingOptions {
  readonly network: string;
  readonly config?: string | undefined;
  readonly epochs?: number | undefined;
  readonly seed: number;
}

/** How videos and clips are processed. */
export type SpottingHow = Pick<DatabaseOptions, 'signal' | 'launcher'>;

/**
 * Spots the videos that are not spotted yet, scores, and writes `result.json`, `result.md`, `report.html` and the
 * predictions as CSV.
 *
 * @throws TelltaleError `OPTION_INVALID`, `DATASET_INVALID`, `CLIPS_FAILED`, `OUTPUT_UNWRITABLE`, `CANCELED`, and what
 *   reading the dataset throws
 */
export async function runSpotting(options: SpottingOptions, how: SpottingHow): Promise<void> {
  const spotted = await spotAll(options, how);
  await score(spotted, spotted.videos);
}

/**
 * As {@link runSpotting}, with the emotion of each spotted micro-expression.
 *
 * @throws TelltaleError as {@link runSpotting}
 */
export async function runSpotThenRecognize(
  options: SpotThenRecognizeOptions,
  how: SpottingHow,
): Promise<void> {
  const spotted = await spotAll(options, how);
  const { network, config, epochs, seed, data, sheet, images } = options;
  const { definition, out, parallel } = spotted;
  const { videos, recognizer } = await recognizeSpotted(spotted.videos, {
    ...{ network, config, epochs, seed, data, sheet, images },
    ...{ definition, out, parallel, ...how },
  });
  await score(spotted, videos, recognizer);
}

/** A spotted dataset and where its results go. */
interface Spotted extends SpottedDatabase {
  readonly definition: DatasetDefinition;
  /** Absolute path of the run. */
  readonly out: string;
  readonly parallel?: number | undefined;
}

async function spotAll(
  { dataset, data, sheet, images, ...options }: SpottingOptions,
  how: SpottingHow,
): Promise<Spotted> {
  const definition = definitionOf(dataset);
  const out = resolve(options.out);
  await assertWritable(out, 'folder');
  const { parallel } = options;
  const database = await spotDatabase(definition, data, { out, sheet, images, parallel, ...how });
  return { ...database, definition, out, parallel };
}

async function score(
  { dataset, workbook, definition, out }: Spotted,
  videos: readonly DatabaseVideo[],
  recognizer?: RecognizedVideos['recognizer'],
): Promise<void> {
  const result = spottingResult(videos, {
    telltale: version(),
    dataset,
    annotation: workbook,
    ...(recognizer && { recognizer }),
  });
  await writeSpotting(out, definition.name, { result, videos });
  process.stdout.write(scoreLines(result));
}

async function writeSpotting(
  folder: string,
  name: string,
  {
    result,
    videos,
  }: { readonly result: SpottingResult; readonly videos: readonly DatabaseVideo[] },
): Promise<void> {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const records = videos.map(({ record }) => record);
  const curves = new Map(records.map((record) => [record.id, record]));
  await writeFolderWhole(
    folder,
    new Map([
      ['result.json', `${JSON.stringify(result, null, 1)}\n`],
      ['result.md', spottingMarkdown(result)],
      ['report.html', spottingPage(result, { document, curves })],
      [`${name}.csv`, spottedCsv(records)],
    ]),
  );
  process.stderr.write(`${join(folder, 'report.html')}\n`);
}

/** F1, precision and recall of each method and kind, in columns. */
function scoreLines({ methods }: SpottingResult): string {
  const rows = methods.flatMap((method) =>
    spottingLines(method).map(([name, { hits, falseAlarms, misses, f1, precision, recall }]) => [
      `${method.name} ${name}`,
      ...[hits, falseAlarms, misses].map(String),
      ...[f1, precision, recall].map((value) => value.toFixed(4)),
    ]),
  );
  const table = [['', 'hits', 'false', 'missed', 'F1', 'precision', 'recall'], ...rows];
  const widths = table[0]!.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
  const lines = table.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  '),
  );
  const strs = methods[0]!.scores.recognition?.strs;
  return `${[...lines, ...(strs === undefined ? [] : [`STRS ${strs.toFixed(4)}`])].join('\n')}\n`;
}
