/** @file `telltale evaluate --task spotting` and `--task spot-then-recognize`: a database of long videos, scored. */
import { join, resolve } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import { definitionOf } from '@telltale/core/datasets';
import {
  spottedCsv,
  spottingLines,
  spottingMarkdown,
  spottingResult,
} from '@telltale/core/evaluate';
import type { SpottingResult } from '@telltale/core/evaluate';
import { spottingPage } from '@telltale/figures/evaluation';
import { parseHTML } from 'linkedom';
import { assertWritable, writeFolderWhole } from '@telltale/node/output';

import { version } from '../program.ts';
import { spotDatabase } from '../spot/dataset.ts';
import type { DatabaseOptions, DatabaseVideo } from '../spot/dataset.ts';
import { recognizeSpotted } from './spot-then-recognize.ts';

/** What the command takes. */
export interface SpottingOptions {
  readonly task: 'spotting' | 'spot-then-recognize';
  /** Where the dataset was unpacked. */
  readonly data: string;
  readonly dataset?: string | undefined;
  readonly out: string;
  readonly sheet?: string | undefined;
  readonly images?: string | undefined;
  readonly network?: string | undefined;
  readonly config?: string | undefined;
  readonly epochs?: number | undefined;
  readonly seed: number;
  readonly parallel?: number | undefined;
}

/** How the parts are done. */
export type SpottingHow = Pick<DatabaseOptions, 'signal' | 'launcher'>;

/**
 * Spots what is not spotted yet, recognizes where asked to, scores, writes `result.json`, `result.md`, `report.html`
 * and the predictions as CSV.
 *
 * @throws TelltaleError `OPTION_INVALID`, `DATASET_INVALID`, `CLIPS_FAILED`, `OUTPUT_UNWRITABLE`, `CANCELED`, and what
 *   reading the dataset throws
 */
export async function runSpotting(options: SpottingOptions, how: SpottingHow): Promise<void> {
  const { dataset, data, task, sheet, images } = options;
  if (dataset === undefined) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `--task ${task} is given without --dataset`,
      'Say which dataset lies in --data, such as casmesq or sammlv.',
    );
  }
  const definition = definitionOf(dataset);
  const out = resolve(options.out);
  await assertWritable(out, 'folder');
  const { parallel } = options;
  const database = await spotDatabase(definition, data, { out, sheet, images, parallel, ...how });
  const recognized =
    task === 'spotting'
      ? undefined
      : await recognizeSpotted(database.videos, { ...options, definition, out, parallel, ...how });
  const videos = recognized?.videos ?? database.videos;
  const result = spottingResult(videos, {
    telltale: version(),
    dataset: database.dataset,
    annotation: database.workbook,
    ...(recognized && { recognizer: recognized.recognizer }),
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
