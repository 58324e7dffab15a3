/**
 * @file The cells of an Excel file, read by SheetJS in the package that carries its repaired releases to the registry.
 *
 * Values are those that the file holds: a formula gives the value that Excel computed last. A sum of whole numbers stays
 * as it was typed, because `=4+7` is a list of action units.
 */
import type { CellObject, WorkBook, WorkSheet } from '@e965/xlsx';

const MOST_ROWS = 100_000;
const MOST_COLUMNS = 1000;
const MOST_SHEETS = 100;

/** One sheet of text cells. */
export interface ExcelSheet {
  readonly name: string;
  readonly rows: string[][];
  /** Whether the spreadsheet program does not show it. */
  readonly hidden?: boolean;
  /** Rows that it does not show, from 1: hidden one by one, or by a filter. */
  readonly hiddenRows?: readonly number[];
  /** Cells with a formula and without its value. */
  readonly uncomputed?: readonly string[];
}

/** What a file holds, or why it is not read. */
export type ExcelReading =
  | { readonly sheets: readonly ExcelSheet[] }
  | { readonly problem: string; readonly detail?: string };

/**
 * Reads a file of a spreadsheet program: bytes, or the text of HTML, SpreadsheetML 2003, SYLK or DIF. May never return, and may take any amount of memory: only for a process that can be ended.
 *
 * @returns also for damaged files: it throws nothing
 */
export async function cellsOf(content: Uint8Array | string): Promise<ExcelReading> {
  try {
    const xlsx = await import('@e965/xlsx');
    const { read, set_cptable, utils } = xlsx;
    set_cptable(await import('@e965/xlsx/dist/cpexcel.full.mjs')); // xls files of Chinese Excel
    const book = read(content, {
      type: typeof content === 'string' ? 'string' : 'array',
      // Of HTML, text stays text: 001, 1-2.
      raw: true,
      cellFormula: true,
      cellHTML: false,
      bookVBA: false,
      // Formats distinguish dates from numbers; styles hold which rows are hidden.
      cellNF: true,
      cellStyles: true,
    });
    const tools = { decode: (cell: string) => utils.decode_cell(cell), dates: xlsx.SSF as Dates };
    return { sheets: sheetsOf(book, tools) };
  } catch (error) {
    if (error instanceof Refusal) return { problem: error.message };
    // The library throws whatever damage leads it to: errors of JavaScript itself, numbers, nothing at all.
    const detail = error instanceof Error ? error.message : String(error);
    return /password|encrypt/i.test(detail)
      ? { problem: 'is protected by a password', detail }
      : { problem: 'is damaged: it cannot be read as an Excel file', detail };
  }
}

/** A workbook that is read and not accepted. */
class Refusal extends Error {}

interface Tools {
  readonly decode: (address: string) => { readonly r: number; readonly c: number };
  readonly dates: Dates;
}

/** The part of SheetJS that knows number formats. */
interface Dates {
  readonly is_date: (format: string) => boolean;
  readonly parse_date_code: (
    serial: number,
  ) => { readonly y: number; readonly m: number; readonly d: number } | null;
}

/** Days of a workbook that counts them from 1904, as Excel for Mac did. */
function since1904(dates: Dates): Dates {
  const parse: Dates['parse_date_code'] = (serial) => dates.parse_date_code(serial + 1462);
  return { is_date: (format) => dates.is_date(format), parse_date_code: parse };
}

function sheetsOf(book: WorkBook, tools: Tools): ExcelSheet[] {
  const { SheetNames: names, Sheets: sheets, Workbook: about } = book;
  if (names.length > MOST_SHEETS) {
    throw new Refusal(`has ${names.length} sheets, more than ${MOST_SHEETS}`);
  }
  if (names.length === 0) throw new Refusal('is damaged: it has no sheet');
  const dates = about?.WBProps?.date1904 === true ? since1904(tools.dates) : tools.dates;
  return names.map((name, i) => {
    const sheet = Object.hasOwn(sheets, name) ? sheets[name] : undefined;
    if (sheet === undefined) {
      throw new Refusal(`is damaged: its list of sheets has "${name}", and there is no such sheet`);
    }
    const rows = rowsOf(sheet, { ...tools, name, dates });
    const uncomputed = uncomputedIn(sheet);
    const hiddenRows = rows.flatMap((_, row) => (sheet['!rows']?.[row]?.hidden === true ? [row + 1] : [])); // prettier-ignore
    return {
      ...{ name, rows },
      ...((about?.Sheets?.[i]?.Hidden ?? 0) > 0 && { hidden: true }),
      ...(hiddenRows.length > 0 && { hiddenRows }),
      ...(uncomputed.length > 0 && { uncomputed }),
    };
  });
}

/** Rows of a sheet, from its cells: its stated range may be wrong and a million rows long. */
function rowsOf(
  sheet: WorkSheet,
  { decode, dates, name }: Tools & { readonly name: string },
): string[][] {
  const rows: string[][] = [];
  for (const [address, cell] of Object.entries(sheet)) {
    if (address.startsWith('!')) continue;
    const text = textOf(cell as CellObject, dates);
    if (text === '') continue;
    const { r, c } = decode(address);
    if (!(r >= 0 && r < MOST_ROWS && c >= 0 && c < MOST_COLUMNS)) {
      throw new Refusal(
        `has in sheet "${name}" a cell at ${address}, beyond ${MOST_ROWS} rows or ${MOST_COLUMNS} columns`,
      );
    }
    while (rows.length <= r) rows.push([]);
    put(rows[r]!, c, text);
  }
  fillMerged(rows, sheet['!merges'] ?? []);
  return rows;
}

/** Cells whose formula has no value in the file. */
function uncomputedIn(sheet: WorkSheet): string[] {
  return Object.entries(sheet).flatMap(([address, content]) => {
    if (address.startsWith('!')) return [];
    const { t: type, f: formula, v: value, w: shown } = content as CellObject;
    const isEmpty = type === 'z' || (type === 'e' && value === undefined && shown === undefined);
    return isEmpty && formula !== undefined && !LIST.test(formula) ? [address] : [];
  });
}

/** A list of units that was typed as =4+7. */
const LIST = /^\+?\d{1,2}(?:\+\d{1,2})+$/;

/** Every cell of a merged block gets the text of its first one, in rows that have text anyway. */
function fillMerged(rows: readonly string[][], merges: NonNullable<WorkSheet['!merges']>): void {
  for (const { s: from, e: to } of merges) {
    const text = rows[from.r]?.[from.c] ?? '';
    if (text === '') continue;
    for (let r = from.r; r <= Math.min(to.r, rows.length - 1); r++) {
      for (let c = from.c; c <= Math.min(to.c, MOST_COLUMNS - 1); c++) {
        if ((rows[r]![c] ?? '') === '') put(rows[r]!, c, text);
      }
    }
  }
}

function put(row: string[], column: number, text: string): void {
  while (row.length < column) row.push('');
  row[column] = text;
}

/** The text of a cell: text as typed, numbers in full, and leading zeros that are shown (006) kept. */
function textOf(cell: CellObject, dates: Dates): string {
  const { t: type, v: value, w: shown, z: format, f: formula } = cell;
  if (formula !== undefined && LIST.test(formula)) return formula.replace(/^\+/, '');
  if (type === 'z') return '';
  if (
    type === 'n' &&
    shown !== undefined &&
    /^0\d+$/.test(shown.trim()) &&
    Number(shown) === value
  ) {
    return shown.trim();
  }
  if (type === 'e') return shown ?? '';
  if (typeof value === 'number' && typeof format === 'string' && dates.is_date(format)) {
    return dateText(value, format, dates) ?? String(value);
  }
  // Numbers stores 46 as 46.00000000000001; no spreadsheet program has more than 15 digits.
  if (typeof value === 'number') return String(Number(value.toPrecision(15)));
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  return String(value ?? '');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * A date as it is shown, in English: what was typed as `1-2` is stored as the number of a day and shown as `2-Jan`.
 *
 * Nothing for days before the year 2000: an annotation sheet has none of those, so a number was formatted as a
 * date by mistake.
 */
function dateText(serial: number, format: string, dates: Dates): string | undefined {
  const bare = format.replaceAll(/"[^"]*"|\[[^\]]*\]|\\./g, '').toLowerCase();
  const [year, day, hour] = [/[ye]/.test(bare), /d/.test(bare), /h/.test(bare)];
  if (!year && !day) {
    if (!hour || serial >= 1 || serial < 0) return undefined;
    const minutes = Math.round(serial * 1440);
    return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
  }
  const date = dates.parse_date_code(serial);
  if (date === null || (day && date.y < 2000)) return undefined;
  const month = MONTHS[date.m - 1]!;
  const two = (number: number): string => String(number % 100).padStart(2, '0');
  if (!year) return `${date.d}-${month}`;
  return day ? `${date.y}-${two(date.m)}-${two(date.d)}` : `${month}-${two(date.y)}`;
}
