/**
 * @file `frames.csv` and `landmarks.csv`, or the same as Parquet: a row for every frame of a clip, written while the clip
 * is read once more.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

import { frameColumns, landmarkColumns, measureFrames } from '@telltale/core';
import type { Analysis, Clip, FrameTableOptions } from '@telltale/core';
import { writeThrough } from '@telltale/node/output';

import type { NumberColumn } from '../io/parquet.ts';

/** Which tables are wanted. */
export interface FrameTables {
  /** `frames.csv`. */
  readonly frames?: boolean | undefined;
  /** `landmarks.csv`. */
  readonly landmarks?: boolean | undefined;
  /** Format of both, and end of their names. @defaultValue csv */
  readonly framesFormat?: 'csv' | 'parquet' | undefined;
}

/** Rows of a Parquet file that are kept in memory and written together. */
const GROUPS = { frames: 30_000, landmarks: 3000 } as const;
/** Columns of whole numbers, which no row lacks. */
const WHOLE: ReadonlySet<string> = new Set(['frame', 'face', 'cut']);

/** Names of the files that are written. */
export function frameFiles({ frames, landmarks, framesFormat = 'csv' }: FrameTables): string[] {
  const wanted = [...(frames === true ? ['frames'] : []), ...(landmarks === true ? ['landmarks'] : [])]; // prettier-ignore
  return wanted.map((name) => `${name}.${framesFormat}`);
}

/** What {@link writeFrames} works with. */
export interface WriteFramesOptions extends FrameTableOptions {
  readonly tables: FrameTables;
  /** The analysis of the clip. */
  readonly analysis: Analysis;
}

/**
 * Writes the tables that are wanted into a folder, whole or not at all. Reads the clip once, and not at all where none is.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE`, `CANCELED`, and what the clip throws
 */
export async function writeFrames(
  folder: string,
  clip: Clip,
  { tables, analysis, ...options }: WriteFramesOptions,
): Promise<void> {
  const { frames = false, landmarks = false, framesFormat: format = 'csv' } = tables;
  if (!frames && !landmarks) return;
  const first = { folder, name: 'frames', columns: frameColumns, format } as const;
  const second = { ...first, name: 'landmarks', columns: ['frame', 'time', ...landmarkColumns] } as const; // prettier-ignore
  await through(frames && first, (frameRow) =>
    through(landmarks && second, async (landmarkRow) => {
      for await (const { cells, points } of measureFrames(clip, analysis, options)) {
        await frameRow?.(cells);
        const empty = landmarkColumns.map(() => undefined);
        const values = points === undefined ? empty : Array.from(points, (value) => Number(value.toFixed(2))); // prettier-ignore
        await landmarkRow?.([...cells.slice(0, 2), ...values]);
      }
    }),
  );
}

type Cells = readonly (string | number | undefined)[];
type AddRow = (cells: readonly (number | undefined)[]) => Promise<void>;

interface Table {
  readonly folder: string;
  readonly name: keyof typeof GROUPS;
  readonly columns: readonly string[];
  readonly format: 'csv' | 'parquet';
}

/** Opens a table that takes its place when the work is done; none where it is not wanted. */
async function through(
  table: Table | false,
  work: (add: AddRow | undefined) => Promise<void>,
): Promise<void> {
  if (table === false) {
    await work(undefined);
    return;
  }
  const { folder, name, columns, format } = table;
  await writeThrough(join(folder, `${name}.${format}`), async (temporary) => {
    if (format === 'csv') return writeCsv(temporary, columns, work);
    const { openParquet } = await import('../io/parquet.ts');
    const typed = columns.map((column) => ({
      name: column,
      type: typeOf(column),
      nullable: !WHOLE.has(column) && column !== 'time',
    }));
    const file = openParquet(temporary, typed, GROUPS[name]);
    await work(file.row);
    await file.end();
  });
}

/** Landmarks have 32 bits where they are measured. */
function typeOf(column: string): NumberColumn['type'] {
  if (WHOLE.has(column)) return 'INT32';
  return /^[xy]_\d+$/.test(column) ? 'FLOAT' : 'DOUBLE';
}

async function writeCsv(
  path: string,
  columns: readonly string[],
  work: (add: AddRow) => Promise<void>,
): Promise<void> {
  const file: WriteStream = createWriteStream(path);
  const ended = finished(file);
  ended.catch(() => undefined); // awaited below
  const add = async (cells: Cells): Promise<void> => {
    if (!file.write(line(cells))) await Promise.race([once(file, 'drain'), ended]);
  };
  try {
    await add(columns);
    await work(add);
    file.end();
  } catch (error) {
    file.destroy();
    throw error;
  }
  await ended;
}

/** Numbers and names only: nothing needs quotes. */
function line(cells: Cells): string {
  return `${cells.map((cell) => cell ?? '').join(',')}\r\n`;
}
