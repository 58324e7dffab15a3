/** @file Checks a licensed dataset: which edition it is, what is odd about it, what is missing. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import {
  definitionOf,
  differencesFrom,
  framesByNumber,
  identifyEdition,
  showDifferences,
  uncomparedWith,
} from '@telltale/core/datasets';
import type { DatasetDefinition, EditionVerdict, Finding, Reading } from '@telltale/core/datasets';
import { readImageHeader } from '@telltale/node';

import { countOf, openProgress } from '../terminal.ts';
import type { Progress } from '../terminal.ts';
import { checkTable } from './check-table.ts';
import type { CheckResult } from './check-table.ts';
import { findSheet, readDatasetFolder } from './content.ts';

/** Name of the file in which a synthetic dataset lists what it holds. */
const SYNTHETIC = 'telltale-synthetic.json';

/** What the command takes. */
export interface CheckOptions {
  /** Path of the annotation file, where it is not to be looked for. */
  readonly sheet?: string | undefined;
  /** Part of the paths of the frames to use. */
  readonly images?: string | undefined;
  /** Whether to compare with the counts of a synthetic dataset, in a file beside it. */
  readonly synthetic: boolean;
  readonly json: boolean;
  /** Whether every finding is listed, and not the first of each kind. */
  readonly all: boolean;
}

/**
 * Checks a dataset and writes what it found to standard output.
 *
 * @throws TelltaleError after the table: `COUNTS_MISMATCH` where published numbers are not met,
 *   `DATASET_FILE_MISSING` where there is no frame of any expression, `FRAME_UNREADABLE` where a frame is not an image, or not of the size in its header;
 *   `OPTION_INVALID` for an unknown name, and what reading the dataset throws
 */
export async function runCheck(
  name: string,
  folder: string,
  { options, signal }: { readonly options: CheckOptions; readonly signal: AbortSignal },
): Promise<void> {
  const definition = definitionOf(name);
  const progress = openProgress();
  let result: CheckResult;
  let hasFrames: boolean;
  try {
    [result, hasFrames] = await check(definition, resolve(folder), { options, signal, progress });
  } finally {
    progress.end();
  }
  process.stdout.write(
    options.json ? `${JSON.stringify(result, null, 2)}\n` : checkTable(result, options.all),
  );
  refuse(result, hasFrames);
}

/** Nothing where all numbers are met, frames are there, and all of them can be read. */
function refuse(result: CheckResult, hasFrames: boolean): void {
  const { dataset, folder, synthetic, findings } = result;
  if (result.differences.length > 0) {
    throw new TelltaleError(
      'COUNTS_MISMATCH',
      `${dataset} in ${folder} is not ${synthetic ? `what ${SYNTHETIC} lists` : `${result.edition!.name} as published`}: ${showDifferences(result.differences)}`,
      synthetic
        ? 'Generate it again with "telltale synth dataset".'
        : 'Something was removed, added or relabeled. Compare with the original sheet before you publish a number.',
    );
  }
  if (result.counts.clips + result.macro === 0) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `no expression was read from ${result.workbooks[0]?.path ?? folder}`,
      'The table above lists the rows that were left out, and why; docs/datasets.md describes what a row must have.',
    );
  }
  if (!hasFrames) {
    throw new TelltaleError(
      'DATASET_FILE_MISSING',
      `none of the expressions of ${dataset} has a frame in ${folder}`,
      'Unpack the frames into the folder, and give the folder that holds both them and the sheet.',
    );
  }
  const unreadable = findings.filter(({ kind }) => kind === 'unreadable');
  if (unreadable.length === 0) return;
  const more = unreadable.length > 1 ? `, and ${unreadable.length - 1} more like it` : '';
  throw new TelltaleError(
    'FRAME_UNREADABLE',
    `${unreadable[0]!.message}${more}`,
    'Copy these frames again from their source; --all lists every one.',
  );
}

interface CheckContext {
  readonly options: CheckOptions;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

async function check(
  definition: DatasetDefinition,
  folder: string,
  { options, signal, progress }: CheckContext,
): Promise<[result: CheckResult, hasFrames: boolean]> {
  const reading = await readDatasetFolder(definition, folder, {
    ...{ sheet: options.sheet, signal },
    ...(options.images !== undefined && { images: options.images }),
    onImages: (images) => progress.update(`looking through ${folder}: ${images} images`),
  });
  const published = identifyEdition(reading.annotations, definition.editions);
  const verdict = options.synthetic
    ? await againstSynthetic(definition, folder, published)
    : published;
  const broken = await checkFrames(reading, folder, { signal, progress });
  const fileOf = async (path: string): Promise<string> => {
    const listed = reading.content.workbooks.flatMap((one) =>
      one.given === true ? [] : [one.path],
    );
    const given =
      options.sheet === undefined ? undefined : await findSheet(folder, options.sheet, listed);
    return given?.path === path ? given.file : join(folder, path);
  };
  const books = reading.workbook === '' ? [] : reading.workbook.split(', ');
  const result: CheckResult = {
    schema: 'telltale.dataset-check/1',
    name: definition.name,
    dataset: definition.title,
    folder,
    workbooks: await Promise.all(
      books.map(async (path) => ({
        path,
        sha256: createHash('sha256')
          .update(await readFile(await fileOf(path)))
          .digest('hex'),
      })),
    ),
    sheet: reading.sheet,
    synthetic: options.synthetic,
    units: reading.units,
    ...verdict,
    // Corrections by row apply to rows of the original sheet, not to those of a synthetic one.
    findings: [...reading.findings, ...broken].filter(
      ({ kind }) => !(options.synthetic && kind === 'unapplied'),
    ),
  };
  return [result, reading.annotations.some((one) => one.folder !== '')];
}

/** The numbers that `telltale synth dataset` wrote beside the data, in the place of the published ones. */
async function againstSynthetic(
  { name }: DatasetDefinition,
  folder: string,
  found: EditionVerdict,
): Promise<EditionVerdict> {
  const path = join(folder, SYNTHETIC);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new TelltaleError(
      'DATASET_FILE_MISSING',
      `there is no ${path}`,
      'Leave --synthetic out: without that file it is not a synthetic dataset of telltale.',
      { cause: error },
    );
  }
  const { dataset, ...counts } = parseSynthetic(text, path);
  if (dataset !== name) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `${folder} is a synthetic ${dataset}, not ${name}`,
      `Check it with "telltale dataset check ${dataset}".`,
    );
  }
  const edition = { name: 'synthetic', ...counts, source: SYNTHETIC };
  const differences = differencesFrom(edition, found);
  return { ...found, edition, differences, uncompared: uncomparedWith(edition, found) };
}

interface SyntheticCounts {
  readonly dataset: string;
  readonly clips: number;
  readonly macro: number;
  readonly subjects: number;
  readonly classes: Readonly<Record<string, number>>;
}

function parseSynthetic(text: string, path: string): SyntheticCounts {
  try {
    const value = JSON.parse(text) as Partial<SyntheticCounts> | null;
    const { dataset, clips, macro, subjects, classes } = value ?? {};
    const numbers = [clips, macro, subjects, ...Object.values(classes ?? { none: undefined })];
    if (typeof dataset === 'string' && numbers.every(Number.isSafeInteger)) {
      return { dataset, clips: clips!, macro: macro!, subjects: subjects!, classes: classes! };
    }
  } catch {
    // reported below
  }
  throw new TelltaleError(
    'DATASET_INVALID',
    `${path} does not have {dataset, clips, macro, subjects, classes}`,
    'Generate the dataset again with "telltale synth dataset".',
  );
}

/** Reads the headers of the frames that matter: onset, apex and offset of every clip. */
async function checkFrames(
  { annotations, content }: Reading & Awaited<ReturnType<typeof readDatasetFolder>>,
  folder: string,
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: Progress },
): Promise<Finding[]> {
  const filesOf = new Map(content.folders.map(({ path, files }) => [path, files]));
  const numbers = new Map<string, ReadonlyMap<number, string>>();
  const findings: Finding[] = [];
  for (const [i, one] of annotations.entries()) {
    signal.throwIfAborted();
    progress.update(`checking clip ${countOf(i + 1, annotations.length)}`);
    if (one.folder === '') continue;
    if (!numbers.has(one.folder)) {
      numbers.set(one.folder, framesByNumber(filesOf.get(one.folder) ?? []));
    }
    const frames = numbers.get(one.folder)!;
    const sizes = new Set<string>();
    for (const number of new Set([one.onset, one.apex ?? one.onset, one.offset])) {
      const file = frames.get(number);
      if (file === undefined) continue; // reported as missing
      try {
        const { width, height } = await readImageHeader(join(folder, one.folder, file));
        sizes.add(`${width}×${height}`);
      } catch (error) {
        if (!(error instanceof TelltaleError)) throw error;
        const clip = `${one.subject}/${one.clip}`;
        findings.push({ kind: 'unreadable', clip, message: error.message });
      }
    }
    if (sizes.size > 1) {
      const message = `its frames have several sizes: ${[...sizes].join(', ')}`;
      findings.push({ kind: 'frames', clip: `${one.subject}/${one.clip}`, message });
    }
  }
  return findings;
}
