/**
 * @file The cells of an Excel file, read by SheetJS in the package that carries its repaired releases to the registry.
 *
 * Values are those that the file holds: a formula gives the value that Excel computed last.
 */
import type { CellObject, WorkBook, WorkSheet } from '@e965/xlsx';

const MOST_ROWS = 100_000;
const MOST_COLUMNS = 1000;
const MOST_SHEETS = 100;

/** One sheet of text cells. */
export interface ExcelSheet {
  readonly name: string;
  readonly rows: string[][];
}

/** What a file holds, or why it is not read. */
export type ExcelReading =
  | { readonly sheets: readonly ExcelSheet[] }
  | { readonly problem: string; readonly detail?: string };

/**
 * Reads an Excel file. May never return, and may take any amount of memory: only for a process that can be ended.
 *
 * @returns also for damaged files: it throws nothing
 */
export async function cellsOf(bytes: Uint8Array): Promise<ExcelReading> {
  try {
    const { read, set_cptable, utils } = await import('@e965/xlsx');
    set_cptable(await import('@e965/xlsx/dist/cpexcel.full.mjs')); // xls files of Chinese Excel
    const book = read(bytes, {
      type: 'array',
      cellFormula: false,
      cellHTML: false,
      bookVBA: false,
    });
    return { sheets: sheetsOf(book, (cell) => utils.decode_cell(cell)) };
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

type Decode = (address: string) => { readonly r: number; readonly c: number };

function sheetsOf({ SheetNames: names, Sheets: sheets }: WorkBook, decode: Decode): ExcelSheet[] {
  if (names.length > MOST_SHEETS) {
    throw new Refusal(`has ${names.length} sheets, more than ${MOST_SHEETS}`);
  }
  if (names.length === 0) throw new Refusal('is damaged: it has no sheet');
  return names.map((name) => {
    const sheet = Object.hasOwn(sheets, name) ? sheets[name] : undefined;
    if (sheet === undefined) {
      throw new Refusal(`is damaged: its list of sheets has "${name}", and there is no such sheet`);
    }
    return { name, rows: rowsOf(sheet, { decode, name }) };
  });
}

/** Rows of a sheet, from its cells: its stated range may be wrong and a million rows long. */
function rowsOf(
  sheet: WorkSheet,
  { decode, name }: { readonly decode: Decode; readonly name: string },
): string[][] {
  const rows: string[][] = [];
  for (const [address, cell] of Object.entries(sheet)) {
    if (address.startsWith('!')) continue;
    const text = textOf(cell as CellObject);
    if (text === '') continue;
    const { r, c } = decode(address);
    if (!(r >= 0 && r < MOST_ROWS && c >= 0 && c < MOST_COLUMNS)) {
      throw new Refusal(
        `has in sheet "${name}" a cell at ${address}, beyond ${MOST_ROWS} rows or ${MOST_COLUMNS} columns`,
      );
    }
    while (rows.length <= r) rows.push([]);
    const row = rows[r]!;
    while (row.length < c) row.push('');
    row[c] = text;
  }
  return rows;
}

/** The text of a cell: text as typed, numbers in full, and leading zeros that are shown (006) kept. */
function textOf({ t: type, v: value, w: shown }: CellObject): string {
  if (
    type === 'n' &&
    shown !== undefined &&
    /^0\d+$/.test(shown.trim()) &&
    Number(shown) === value
  ) {
    return shown.trim();
  }
  if (type === 'e') return shown ?? '';
  if (value instanceof Date) return shown ?? value.toISOString();
  return String(value ?? '');
}
