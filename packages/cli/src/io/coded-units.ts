/** @file Coded action units of a folder of flow images: of its sheet, or of a file beside it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { TelltaleError } from '@telltale/core';
import { parseActionUnits, parseCsv } from '@telltale/core/datasets';
import type { Sample } from '@telltale/core/datasets';

/** The file beside `samples.csv` that may hold the units. */
export const UNITS_FILE = 'action-units.csv';

/** Units of a clip as they were coded. */
export interface CodedCells {
  /** The cell of units: `4+L14`. */
  readonly units: string;
  /** The cell of uncertain units. */
  readonly uncertain: string;
}

/**
 * Coded units by the id of the clip, of the file beside the sheet; undefined where there is none.
 *
 * @throws TelltaleError `DATASET_FILE_MISSING`, `DATASET_COLUMN_MISSING`
 */
export async function readCodedUnits(
  folder: string,
): Promise<ReadonlyMap<string, CodedCells> | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, UNITS_FILE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new TelltaleError(
      'DATASET_FILE_MISSING',
      `cannot read ${join(folder, UNITS_FILE)}: ${(error as Error).message}`,
      'Check the permissions of the file.',
      { cause: error },
    );
  }
  const [header, ...rows] = parseCsv(text);
  const names = header?.fields.map((name) => name.trim().toLowerCase()) ?? [];
  const missing = ['dataset', 'subject', 'clip', 'action_units'].filter(
    (name) => !names.includes(name),
  );
  if (missing.length > 0)
    throw new TelltaleError(
      'DATASET_COLUMN_MISSING',
      `${join(folder, UNITS_FILE)} has no column ${missing.join(', ')}`,
      'Its first line must name dataset, subject, clip and action_units; action_units_uncertain may follow.',
    );
  return new Map(
    rows.map(({ fields }) => {
      const cell = (name: string): string => fields[names.indexOf(name)]?.trim() ?? '';
      const id = `${cell('dataset')}/${cell('subject')}/${cell('clip')}`;
      return [id, { units: cell('action_units'), uncertain: cell('action_units_uncertain') }];
    }),
  );
}

/**
 * The samples with the units of the file beside the sheet; those that have units of their own keep them.
 *
 * @throws TelltaleError `DATASET_FILE_MISSING`, `DATASET_COLUMN_MISSING`
 */
export async function withCodedUnits(
  samples: readonly Sample[],
  folder: string,
): Promise<readonly Sample[]> {
  const beside = await readCodedUnits(folder);
  return samples.map((sample) => {
    const cells = beside?.get(sample.id);
    const own = sample.annotation?.actionUnits ?? [];
    if (cells === undefined || own.length > 0) return sample;
    const [read, others] = [cells.units, cells.uncertain].map((cell) => parseActionUnits(cell));
    const uncertainUnits = [...read!.uncertain, ...others!.certain, ...others!.uncertain];
    return {
      ...sample,
      annotation: { ...sample.annotation, actionUnits: [...read!.certain], uncertainUnits },
    };
  });
}
