/** @file The record of one spotted video, and the predictions of a dataset as CSV. */
import { csvCell } from '../../base/csv-cell.ts';
import type { SpottedInterval } from './intervals.ts';

/** One video, spotted. Plain JSON. */
export interface VideoRecord {
  /** Format of the record and its version. */
  readonly schema: 'telltale.spotted/1';
  /** Hash of everything that it depends on. */
  readonly key: string;
  /** Unique over all datasets. */
  readonly id: string;
  /** Name of the dataset. */
  readonly dataset: string;
  /** Unique over all datasets. */
  readonly subject: string;
  /** The folder of its frames, or its file, for display. */
  readonly video: string;
  /** Frame rate of the video, hertz. */
  readonly framesPerSecond: number;
  /** Number of each frame, from its name; ascending. */
  readonly numbers: readonly number[];
  /** Seconds of each frame; absent where frames follow each other at the frame rate. */
  readonly times?: readonly number[];
  /** Movement of each frame; null where no face was detected. */
  readonly curve: readonly (number | null)[];
  /** Threshold of the curve. */
  readonly threshold: number;
  /** In frame numbers, in order of onset; without blinks. */
  readonly spotted: readonly SpottedInterval[];
  /** Why nothing was spotted, where the reason is not the lack of movement. */
  readonly note?: string;
}

const COLUMNS = [
  ...['dataset', 'subject', 'video', 'kind', 'onset', 'apex', 'offset'],
  ...['onset_seconds', 'apex_seconds', 'offset_seconds', 'score'],
];

/** A table of intervals. */
export interface SpottedTable {
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** Cells in the order of the columns; empty texts where there is no value. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/**
 * Predictions, one interval per row; frames by their numbers, seconds from the first frame. Columns without any value,
 * such as the dataset of a single clip, are left out.
 */
export function spottedTable(videos: readonly VideoRecord[]): SpottedTable {
  const rows = videos.flatMap((one) => {
    const { dataset, subject, video, spotted, numbers, framesPerSecond, times } = one;
    const name = subject.startsWith(`${dataset}/`) ? subject.slice(dataset.length + 1) : subject;
    const index = new Map(numbers.map((number, i) => [number, i]));
    const seconds = (frame: number | undefined): number | '' => {
      const at = frame === undefined ? undefined : index.get(frame);
      return at === undefined ? '' : Number((times?.[at] ?? at / framesPerSecond).toFixed(3));
    };
    return spotted.map(({ kind, onset, apex, offset, score }) => [
      ...[dataset, name, video, kind, onset, apex ?? '', offset],
      ...[seconds(onset), seconds(apex), seconds(offset), Number(score.toFixed(4))],
    ]);
  });
  // Whether a table has a column does not depend on whether something was spotted.
  const used = COLUMNS.map((column, i) => {
    if (column === 'dataset' || column === 'subject')
      return videos.some((one) => one[column] !== '');
    return rows.length === 0 || rows.some((row) => row[i] !== '');
  });
  const kept = <T>(cells: readonly T[]): T[] => cells.filter((_, i) => used[i]);
  return { columns: kept(COLUMNS), rows: rows.map(kept) };
}

/** {@link spottedTable} as CSV. */
export function spottedCsv(videos: readonly VideoRecord[]): string {
  return tableCsv(spottedTable(videos));
}

/** A table as CSV. */
export function tableCsv({ columns, rows }: SpottedTable): string {
  return [columns, ...rows].map((cells) => `${cells.map(csvCell).join(',')}\n`).join('');
}
