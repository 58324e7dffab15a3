/**
 * @file Finds the table in an annotation sheet: below text rows, between blank columns, above leftovers.
 */
import { TelltaleError } from '../base/errors.ts';
import type { Sheet, Workbook } from './annotation.ts';
import { cleanHeader, cleanText, LONGEST_CELL } from './cells.ts';
import type { Column, DatasetDefinition, SheetRow } from './definition.ts';

/** Usual names of columns, cleaned, the most specific first. */
const USUAL: Readonly<Record<Column, readonly string[]>> = {
  subject: ['subject', 'subid', 'sub', 'subjectid', 'subjectno', 'participant'],
  file: ['filename', 'foldname', 'file', 'video', 'clip', 'material'],
  onset: ['onsetframe', 'onsetf', 'onset'],
  apex: ['apexframe', 'apexf', 'apexf1', 'apex', 'apex1'],
  offset: ['offsetframe', 'offsetf', 'offset'],
  emotion: ['estimatedemotion', 'emotion', 'label'],
  fineEmotion: ['fineemotion', 'selfreport', 'selfreportedemotion', 'selfreports'],
  actionUnits: ['actionunits', 'actionunit', 'aus', 'au'],
  kind: ['expressiontype', 'type', 'micromacro', 'macromicro', 'kind'],
  objectiveClass: ['objectiveclass', 'objectiveclasses'],
  framesPerSecond: ['fps', 'framespersecond', 'framerate'],
  first: ['firstf', 'firstframe'],
  folder: [],
  dataset: [],
};
const COLUMNS = Object.keys(USUAL) as Column[];
/** Maximum row of a header. */
const DEEPEST_HEADER = 60;

/** The annotation sheet of a dataset. */
export interface FoundTable {
  /** Path of the annotation file. */
  readonly workbook: string;
  readonly sheet: string;
  /** Below the header, rows with nothing in them left out. */
  readonly rows: readonly SheetRow[];
}

/**
 * Finds the annotation sheet among the files of a folder; several where the parts of a dataset have their own.
 *
 * @throws TelltaleError `DATASET_FILE_MISSING` naming the expected files, `DATASET_COLUMN_MISSING`
 *   naming the columns, `DATASET_INVALID` for a cell of a size that no spreadsheet program writes
 */
export function findTables(
  definition: DatasetDefinition,
  workbooks: readonly Workbook[],
): FoundTable[] {
  const found: FoundTable[] = [];
  const given = workbooks.filter((workbook) => workbook.given === true);
  const candidates =
    given.length > 0 ? given : inOrder(workbooks, definition.workbooks, ({ path }) => baseOf(path));
  let problem = '';
  for (const workbook of candidates) {
    if (found.length > 0 && definition.together !== true) break;
    for (const sheet of allInOrder(workbook.sheets, definition.sheets ?? [], ({ name }) => name)) {
      refuseGiants(sheet, workbook.path);
      const header = findHeader(definition, sheet);
      if (typeof header !== 'string') {
        const rows = rowsBelow(sheet, header);
        found.push({ workbook: workbook.path, sheet: sheet.name, rows });
        break;
      }
      problem ||= `${workbook.path}, sheet "${sheet.name}": ${header}`;
    }
  }
  if (found.length > 0) return found;
  if (candidates.length > 0) {
    throw new TelltaleError(
      'DATASET_COLUMN_MISSING',
      problem === '' ? `${candidates[0]!.path} has no sheets` : problem,
      `The sheet of ${definition.title} must have the columns ${definition.required.join(', ')}; docs/datasets.md lists their accepted names.`,
    );
  }
  const seen = workbooks.map(({ path }) => path).slice(0, 5);
  throw new TelltaleError(
    'DATASET_FILE_MISSING',
    `there is no annotation file of ${definition.title}: looked for ${definition.workbooks.map(showPattern).join(', ')}; ` +
      (seen.length > 0
        ? `there is ${seen.join(', ')}`
        : 'there is no xlsx, xls, csv or tsv at all'),
    'Put the sheet that came with the dataset anywhere in its folder, under its own name.',
  );
}

interface Header {
  /** Index of the header's row; -1 where the columns go by position. */
  readonly row: number;
  readonly at: ReadonlyMap<Column, number>;
}

/** The header, or why there is none. */
function findHeader(definition: DatasetDefinition, sheet: Sheet): Header | string {
  let best: { missing: Column[]; row: number } | undefined;
  for (let row = 0; row < Math.min(sheet.rows.length, DEEPEST_HEADER); row++) {
    const names = sheet.rows[row]!.map(cleanHeader);
    const at = new Map<Column, number>();
    for (const column of COLUMNS) {
      const aliases = [...(definition.columns?.[column] ?? []), ...USUAL[column]];
      const alias = aliases.find((name) => names.includes(name));
      if (alias !== undefined) at.set(column, names.indexOf(alias));
    }
    const missing = definition.required.filter((column) => !at.has(column));
    if (missing.length === 0) return { row, at };
    if (at.size > 0 && missing.length < (best?.missing.length ?? Infinity)) best = { missing, row };
  }
  if (definition.order !== undefined) {
    const at = new Map<Column, number>();
    definition.order.forEach((column, i) => {
      if (column !== undefined) at.set(column, i);
    });
    return { row: -1, at };
  }
  if (best === undefined) return 'no row looks like a header';
  return `row ${best.row + 1} looks like the header and has no column for ${best.missing.join(', ')}`;
}

function rowsBelow(sheet: Sheet, { row: header, at }: Header): SheetRow[] {
  return sheet.rows.slice(header + 1).flatMap((fields, i): SheetRow[] => {
    const cells = Object.fromEntries(
      COLUMNS.map((column) => [column, cleanText(fields[at.get(column) ?? -1] ?? '')]),
    ) as Record<Column, string>;
    const isEmpty = Object.values(cells).every((cell) => cell === '');
    return isEmpty ? [] : [{ row: header + i + 2, record: i, cells }];
  });
}

function refuseGiants({ rows, name }: Sheet, path: string): void {
  rows.forEach((row, i) => {
    const giant = row.find((cell) => cell.length > LONGEST_CELL);
    if (giant === undefined) return;
    throw new TelltaleError(
      'DATASET_INVALID',
      `${path}, sheet "${name}", row ${i + 1}: a cell of ${giant.length} characters`,
      `No spreadsheet program writes cells of more than ${LONGEST_CELL} characters: get the sheet again from where it is published.`,
    );
  });
}

/** Those that match a pattern, in the order of the patterns. */
function inOrder<T>(
  items: readonly T[],
  patterns: readonly RegExp[],
  name: (item: T) => string,
): T[] {
  return [...new Set(patterns.flatMap((one) => items.filter((item) => one.test(name(item)))))];
}

function allInOrder<T>(
  items: readonly T[],
  patterns: readonly RegExp[],
  name: (item: T) => string,
): T[] {
  return [...new Set([...inOrder(items, patterns, name), ...items])];
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A pattern in readable form. */
function showPattern(pattern: RegExp): string {
  return pattern.source
    .replaceAll('xlsx?', 'xlsx|xls')
    .replaceAll(/\\?\.\*|\[\^?[^\]]*\][*+?]?/g, '*')
    .replaceAll(/[\^$\\]|\(\?:|[()?]/g, '')
    .replaceAll('|', ' or ');
}
