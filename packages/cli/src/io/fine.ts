/** @file Fine emotions of samples: from their own sheet, or joined from another CSV file. */
import { readFile } from 'node:fs/promises';

import { TelltaleError } from '@telltale/core';
import { parseCsv } from '@telltale/core/datasets';
import type { Sample } from '@telltale/core/datasets';

/** What `--fine` holds: nothing, the sheet's own column, or the path of a file. */
export type FineSource = string | boolean | undefined;

const KEYS = ['dataset', 'subject', 'clip'] as const;
const VALUES = ['emotion_fine', 'fine_emotion'] as const;

/**
 * The samples with their fine emotions. Samples that the file does not list keep those of their own sheet, or none.
 *
 * @param source - `true`: as the samples have them; a path: a CSV file with the columns dataset, subject, clip and
 *   emotion_fine
 * @throws TelltaleError `FILE_MISSING`; `DATASET_COLUMN_MISSING`; `DATASET_INVALID` where no row of the file is of a
 *   sample, or two rows are of one
 */
export async function withFineEmotions(
  samples: readonly Sample[],
  source: FineSource,
): Promise<readonly Sample[]> {
  if (typeof source !== 'string') return samples;
  const fineOf = parseFine(await readText(source), source);
  const found = samples.filter(({ id }) => fineOf.has(id));
  if (found.length === 0) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `${source} has the fine emotion of none of the ${samples.length} samples`,
      'Its columns dataset, subject and clip must be spelled as in samples.csv.',
    );
  }
  return samples.map((sample) => {
    const fineEmotion = fineOf.get(sample.id);
    return fineEmotion === undefined
      ? sample
      : { ...sample, annotation: { ...sample.annotation, fineEmotion } };
  });
}

function parseFine(text: string, path: string): ReadonlyMap<string, string> {
  const [header, ...rows] = parseCsv(text);
  const names = header?.fields.map((field) => field.trim().toLowerCase()) ?? [];
  const column = (wanted: readonly string[]): number => {
    const index = names.findIndex((name) => wanted.includes(name));
    if (index >= 0) return index;
    throw new TelltaleError(
      'DATASET_COLUMN_MISSING',
      `${path} has no column "${wanted[0]!}"; it has ${names.map((name) => `"${name}"`).join(', ')}`,
      'Its first line must name the columns dataset, subject, clip and emotion_fine.',
    );
  };
  const keys = KEYS.map((key) => column([key]));
  const value = column(VALUES);
  const found = new Map<string, string>();
  for (const { line, fields } of rows) {
    const fine = fields[value]?.trim() ?? '';
    if (fine === '') continue;
    const id = keys.map((index) => fields[index]?.trim() ?? '').join('/');
    if (found.has(id)) {
      throw new TelltaleError(
        'DATASET_INVALID',
        `${path} line ${line} gives the fine emotion of ${id} a second time`,
        'Keep one row for each clip.',
      );
    }
    found.set(id, fine);
  }
  return found;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new TelltaleError(
      'FILE_MISSING',
      `cannot read the fine emotions ${path}: ${(error as Error).message}`,
      'Give a CSV file with the columns dataset, subject, clip and emotion_fine, or --fine alone.',
      { cause: error },
    );
  }
}
