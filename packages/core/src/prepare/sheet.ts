/**
 * @file The sheet of a cache: what `flow-folder.ts` reads, with what else is known of each clip behind it.
 *
 * Several datasets may share a cache: a composite is prepared one dataset after the other.
 */
import { csvCell, textOfCell } from '../base/csv-cell.ts';
import { TelltaleError } from '../base/errors.ts';
import type { Annotation } from '../datasets/annotation.ts';
import { parseCsv } from '../datasets/csv.ts';
import { ANNOTATION_COLUMNS, annotationCells } from '../datasets/sample-annotation.ts';
import type { FlowRanges } from './clip.ts';
import { facePlanes, type FacePlane } from './options.ts';

/** One line of the sheet. */
export interface PreparedRow {
  /** The annotated expression. */
  readonly annotation: Annotation;
  /** Frame that was taken for the apex. */
  readonly apex: number;
  /** Whether the apex was found and not given. */
  readonly isFound: boolean;
  /** Path of the flow image, relative to the cache. */
  readonly flow: string;
  /** Paths of the face planes, relative to the folder. */
  readonly faces: Readonly<Partial<Record<FacePlane, string>>>;
  /** α of the magnified face, where there is one. */
  readonly alpha?: number | undefined;
  /** What 0 and 255 of the channels of the flow image stand for. */
  readonly ranges?: FlowRanges | undefined;
}

const COLUMNS = [
  ...['dataset', 'subject', 'clip', 'emotion', 'flow', ...facePlanes],
  ...ANNOTATION_COLUMNS,
  'alpha',
  ...['u_least', 'u_most', 'v_least', 'v_most', 'strain_least', 'strain_most'],
] as const;
/** Columns of version 0.1, of sheets without α, and without ranges: each is the beginning of the list. */
const OLD_COLUMNS = (['source', ANNOTATION_COLUMNS.at(-1)!, 'alpha'] as const).map((last) =>
  COLUMNS.slice(0, COLUMNS.indexOf(last) + 1),
);

/** The rows of one dataset as fields, in the order of the columns. */
function fieldsOf(row: PreparedRow): string[] {
  const { annotation, apex, isFound, flow, faces, alpha, ranges } = row;
  const { dataset, subject, clip, emotion } = annotation;
  const cells = annotationCells(annotation, { apex, isFound });
  return [
    ...[dataset, subject, clip, emotion, flow, ...facePlanes.map((plane) => faces[plane] ?? '')],
    ...ANNOTATION_COLUMNS.map((column) => cells[column]),
    faces.magnified === undefined || alpha === undefined ? '' : String(alpha),
    ...(ranges?.map(String) ?? new Array<string>(6).fill('')),
  ];
}

/** A sheet with these rows alone. */
export function sheetText(rows: readonly PreparedRow[]): string {
  return textOf(rows.map(fieldsOf));
}

/**
 * A sheet with these rows, and behind them those of the sheet that was there which belong to other datasets.
 *
 * @param before - text of the sheet that was there
 * @param dataset - whose rows are replaced
 * @throws TelltaleError `DATASET_INVALID` where the sheet that was there is no sheet of a cache
 */
export function mergeSheet(
  before: string | undefined,
  rows: readonly PreparedRow[],
  dataset: string,
): string {
  if (before === undefined) return sheetText(rows);
  const [header, ...others] = parseCsv(before);
  const columns = header?.fields.join();
  if (![COLUMNS, ...OLD_COLUMNS].some((known) => columns === known.join())) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `there is a samples.csv that "telltale dataset prepare" did not write: its columns are ${columns ?? 'none'}`,
      'Give another folder with --out.',
    );
  }
  // Older lines have no cells in the columns that came later.
  const kept = others
    .map(({ fields }) => COLUMNS.map((_, i) => textOfCell(fields[i] ?? '')))
    .filter(([name]) => name !== dataset);
  return textOf([...kept, ...rows.map(fieldsOf)].sort(byDataset));
}

/** In the order of the datasets' names; within one the order stays. */
function byDataset([a]: readonly string[], [b]: readonly string[]): number {
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}

function textOf(lines: readonly (readonly string[])[]): string {
  return [COLUMNS, ...lines].map((fields) => `${fields.map(cellOf).join(',')}\n`).join('');
}

/** A cell. Ranges are numbers: a minus in front of one starts no formula. */
function cellOf(field: string, column: number): string {
  const isNumber = column > COLUMNS.indexOf('alpha') && field !== '' && Number.isFinite(Number(field)); // prettier-ignore
  return csvCell(isNumber ? Number(field) : field);
}
