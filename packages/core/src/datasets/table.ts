/**
 * @file Finds the table in an annotation sheet: below text rows, between blank columns, above leftovers.
 */
import { TelltaleError } from '../base/errors.ts';
import type { Sheet, Workbook } from './annotation.ts';
import { cleanText, LONGEST_CELL, subjectNumber, wholeNumber } from './cells.ts';
import { COLUMNS, columnsOf, namesOf, timesAmong, USUAL } from './column-names.ts';
import type { Column, DatasetDefinition, EditionChoice, SheetRow } from './definition.ts';

/** Maximum row of a header. */
const DEEPEST_HEADER = 60;
/** Maximum number of further sheets that are named. */
const SHOWN_OTHERS = 6;
const LATEST: EditionChoice = {
  take: 'latest',
  why: 'of files with the expected names, the one with the highest version or date in its name is taken',
};

/** The annotation sheet of a dataset. */
export interface FoundTable {
  /** Path of the annotation file. */
  readonly workbook: string;
  readonly sheet: string;
  /** Below the header, rows with nothing in them left out. */
  readonly rows: readonly SheetRow[];
  /** Number of rows that the spreadsheet program does not show. */
  readonly hiddenRows: number;
  readonly isHidden: boolean;
  /** The encoding, where it is a guess. */
  readonly encoding?: string | undefined;
}

/** The sheets that are read, and those that could be. */
export interface FoundTables {
  readonly tables: readonly FoundTable[];
  /** Further sheets with the columns: other editions, other sheets of the same file. */
  readonly others: readonly FoundTable[];
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
): FoundTables {
  const tables: FoundTable[] = [];
  const others: FoundTable[] = [];
  const given = workbooks.filter((workbook) => workbook.given === true);
  const candidates = given.length > 0 ? given : byEdition(definition, workbooks);
  let problem = '';
  for (const workbook of candidates) {
    const sheets = workbook.sheets.filter(
      ({ name }) => definition.avoidSheets?.test(name) !== true || workbook.sheets.length === 1,
    );
    let isFirst = tables.length === 0 || definition.together === true;
    const ordered = allInOrder(sheets, definition.sheets ?? [], ({ name }) => name);
    // What was hidden is read only where nothing that is shown has the columns.
    ordered.sort((a, b) => Number(a.hidden === true) - Number(b.hidden === true));
    for (const sheet of ordered) {
      refuseGiants(sheet, workbook.path);
      const header = findHeader(definition, sheet);
      if (typeof header === 'string') {
        problem ||= `${workbook.path}, sheet "${sheet.name}": ${header}`;
        continue;
      }
      // Columns that go by position are those of one sheet only; any other sheet would seem to have them.
      if (header.row < 0 && !isFirst) continue;
      refuseUncomputed(sheet, workbook.path);
      const rows = rowsBelow(sheet, header);
      isFirst ||= isPart(sheet.name, tables.at(-1), workbook.path);
      const hidden = new Set(sheet.hiddenRows);
      (isFirst ? tables : others).push({
        ...{ workbook: workbook.path, sheet: sheet.name, rows },
        hiddenRows: rows.filter(({ row }) => hidden.has(row)).length,
        isHidden: sheet.hidden === true,
        encoding: sheet.encoding,
      });
      isFirst = false;
    }
  }
  if (tables.length > 0) return { tables, others };
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

/** Whether a sheet goes with the one before it, because each sheet of the file holds one subject: `sub01`, `sub02`. */
function isPart(name: string, before: FoundTable | undefined, path: string): boolean {
  const isSubject = (one: string): boolean => /^\D/.test(one) && subjectNumber(cleanText(one)) !== undefined; // prettier-ignore
  return before?.workbook === path && isSubject(name) && isSubject(before.sheet);
}

interface Header {
  /** Index of the header's row; -1 where the columns go by position. */
  readonly row: number;
  readonly at: ReadonlyMap<Column, number>;
  /** Columns of further tables to the right of the first. */
  readonly beside?: readonly ReadonlyMap<Column, number>[];
}

/** The header, or why there is none. */
function findHeader(definition: DatasetDefinition, sheet: Sheet): Header | string {
  let best: { missing: Column[]; row: number } | undefined;
  const last = Math.min(sheet.rows.length, DEEPEST_HEADER);
  for (let row = 0; row < last; row++) {
    const names = sheet.rows[row]!.map(namesOf);
    const at = columnsOf(definition, names);
    const missing = definition.required.filter((column) => !at.has(column));
    if (missing.length === 0) {
      const times = timesAmong(at, sheet.rows[row]!);
      if (times.length > 0) {
        return `the ${times.length > 1 ? 'columns' : 'column'} "${times.join('", "')}" of row ${row + 1} ${times.length > 1 ? 'hold' : 'holds'} times; frame numbers are needed: multiply by the frames per second`;
      }
      const beside = tablesBeside(definition, names, at);
      const shifted = isShifted(sheet, row) ? moved(at) : at;
      return { row, at: shifted, ...(beside.length > 0 && { beside }) };
    }
    if (at.size > 0 && missing.length < (best?.missing.length ?? Infinity)) best = { missing, row };
  }
  for (let row = 0; row + 1 < last; row++) {
    const at = columnsOf(definition, namesOfTwo(sheet.rows[row]!, sheet.rows[row + 1]!));
    if (definition.required.every((column) => at.has(column))) return { row: row + 1, at };
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

/** The columns of tables that stand to the right of the first, under the same names. */
function tablesBeside(
  definition: DatasetDefinition,
  names: readonly (readonly string[])[],
  first: ReadonlyMap<Column, number>,
): Map<Column, number>[] {
  const tables: Map<Column, number>[] = [];
  let at = first;
  for (;;) {
    const next = columnsOf(definition, names, Math.max(...definition.required.map((column) => at.get(column)!)) + 1); // prettier-ignore
    if (!definition.required.every((column) => next.has(column))) return tables;
    tables.push(next);
    at = next;
  }
}

/** Whether rows have one more cell in front than the header, their number, as `write.table` of R leaves it. */
function isShifted({ rows }: Sheet, header: number): boolean {
  const below = rows.slice(header + 1).filter((row) => row.some((cell) => cell.trim() !== ''));
  const width = rows[header]!.length;
  return (
    below.length > 0 &&
    below.every((row, i) => row.length === width + 1 && wholeNumber(cleanText(row[0]!)) === i + 1)
  );
}

function moved(at: ReadonlyMap<Column, number>): Map<Column, number> {
  return new Map([...at].map(([column, index]) => [column, index + 1]));
}

/**
 * The names of a header of two rows: `Onset` above `Frame`, or `Frames` above `Onset`. An empty cell of the upper row
 * continues the one to its left. No names where the lower row has numbers: it is data.
 */
function namesOfTwo(upper: readonly string[], lower: readonly string[]): string[][] {
  if (lower.some((cell) => wholeNumber(cleanText(cell)) !== undefined)) return [];
  let group = '';
  return Array.from({ length: Math.max(upper.length, lower.length) }, (_, i) => {
    const [above, below] = [upper[i] ?? '', lower[i] ?? ''];
    if (above.trim() !== '') group = above;
    return [...namesOf(`${group} ${below}`), ...namesOf(below), ...namesOf(above)];
  });
}

function rowsBelow(sheet: Sheet, { row: header, at, beside = [] }: Header): SheetRow[] {
  if (beside.length > 0) return [at, ...beside].flatMap((one) => rowsBelow(sheet, { row: header, at: one })); // prettier-ignore
  return sheet.rows.slice(header + 1).flatMap((fields, i): SheetRow[] => {
    const cells = Object.fromEntries(
      COLUMNS.map((column) => [column, cleanText(fields[at.get(column) ?? -1] ?? '')]),
    ) as Record<Column, string>;
    const isEmpty = Object.values(cells).every((cell) => cell === '');
    const isHeader = [cells.onset, cells.offset].every((cell) => isColumnName(cell));
    return isEmpty || isHeader ? [] : [{ row: header + i + 2, record: i, cells }];
  });
}

/** A second line of the header (in another language), or the header again where tables were joined. */
function isColumnName(cell: string): boolean {
  const names = namesOf(cell);
  return [...USUAL.onset, ...USUAL.offset].some((alias) => names.includes(alias));
}

/** Annotation files, the best first: by the patterns of names, then by the version or date in the name. */
function byEdition(
  { workbooks: patterns, edition = LATEST }: DatasetDefinition,
  workbooks: readonly Workbook[],
): Workbook[] {
  const sign = edition.take === 'latest' ? -1 : 1;
  const keysOf = ({ path }: Workbook): number[] => {
    const name = baseOf(path);
    const isPreferred = edition.prefer?.test(name) === true;
    return [patterns.findIndex((one) => one.test(name)), sign * versionOf(name), isPreferred ? 0 : 1]; // prettier-ignore
  };
  const keys = new Map(workbooks.map((workbook) => [workbook, keysOf(workbook)]));
  return inOrder(workbooks, patterns, ({ path }) => baseOf(path)).sort((a, b) => {
    const [left, right] = [keys.get(a)!, keys.get(b)!];
    return left.map((key, i) => key - right[i]!).find((difference) => difference !== 0) ?? 0;
  });
}

/** `…_v2.xlsx` → 2, `…-20190701.xlsx` → 20190701; 0 where a name has neither. */
function versionOf(name: string): number {
  const [, version, date] = /(?:^|[\W_])v(?:er)?[._ -]?(\d{1,3})(?!\d)|(?<!\d)((?:19|20)\d{6})(?!\d)/i.exec(name) ?? []; // prettier-ignore
  return Number(version ?? date ?? 0);
}

/**
 * Reports that there are further annotation sheets, why this one is read, and how another is chosen.
 *
 * @returns nothing where there is only one
 */
export function reportOthers(
  { edition = LATEST }: DatasetDefinition,
  { tables: [first], others }: FoundTables,
): string | undefined {
  if (first === undefined || others.length === 0) return undefined;
  const files = others.some(({ workbook }) => workbook !== first.workbook);
  const shown = others.slice(0, SHOWN_OTHERS).map(({ workbook, sheet, rows }) => {
    const name = workbook === first.workbook ? `sheet "${sheet}" of it` : workbook;
    return `${name} (${rows.length} rows)`;
  });
  const more = others.length - shown.length;
  return (
    `${first.workbook}${first.sheet === '' ? '' : `, sheet "${first.sheet}"`}, is read` +
    `${files ? `: ${edition.why}` : ''}; there is also ${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}; ` +
    '--sheet FILE or --sheet FILE#SHEET reads another'
  );
}

/** Reports what one does not see of the sheets that are read: what is hidden, and a guessed encoding. */
export function reportUnseen({ tables }: FoundTables): string[] {
  return tables.flatMap(({ workbook, sheet, hiddenRows, isHidden, encoding }) => {
    const name = `${workbook}${sheet === '' ? '' : `, sheet "${sheet}"`}`;
    return [
      ...(encoding === undefined
        ? []
        : [
            `${name} states no encoding and is read as ${encoding}; where characters are wrong, save it as UTF-8`,
          ]),
      ...(isHidden ? [`${name} is hidden, and read because no other has the columns`] : []),
      ...(hiddenRows > 0
        ? [`${name}: ${hiddenRows} hidden rows (a filter) are read like all others`]
        : []),
    ];
  });
}

/** Programs that compute nothing write formulas without values (openpyxl): what they stand for is not in the file. */
function refuseUncomputed({ uncomputed = [], name }: Sheet, path: string): void {
  if (uncomputed.length === 0) return;
  const shown = uncomputed.slice(0, 5).join(', ');
  throw new TelltaleError(
    'DATASET_INVALID',
    `${path}, sheet "${name}": ${uncomputed.length === 1 ? 'a formula has' : `${uncomputed.length} formulas have`} no value, in ${shown}${uncomputed.length > 5 ? ', …' : ''}`,
    'Open it in a spreadsheet program, which computes them, and save it; or write values in their place.',
  );
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
    .replaceAll('xls[xmb]?|csv|tsv|txt|ods|numbers', 'xlsx|xls|csv|tsv')
    .replaceAll('xls[xmb]?|ods|numbers', 'xlsx|xls')
    .replaceAll(/\\?\.\*|\[\^?[^\]]*\][*+?]?/g, '*')
    .replaceAll(/[\^$\\]|\(\?:|[()?]/g, '')
    .replaceAll('|', ' or ');
}
