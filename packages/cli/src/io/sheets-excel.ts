/**
 * @file Sheets of xlsx and xls files as text cells.
 *
 * Read by SheetJS, in the package that carries its repaired releases to the
 * registry. It runs only when a sheet is opened. Values are those that the file
 * holds: a formula gives the value that Excel computed last.
 */
import type { CellObject, WorkBook, WorkSheet } from '@e965/xlsx';

import { TelltaleError } from '@telltale/core';
import type { Sheet } from '@telltale/core/datasets';

const MOST_ROWS = 100_000;
const MOST_COLUMNS = 1000;
const MOST_SHEETS = 100;

/**
 * All sheets of an Excel file.
 *
 * @param path - for the message
 * @throws TelltaleError `DATASET_INVALID` where it is no whole Excel file, is locked, or is absurdly large
 */
export async function readExcel(bytes: Uint8Array, path: string): Promise<Sheet[]> {
  const { read, set_cptable, utils } = await import('@e965/xlsx');
  set_cptable(await import('@e965/xlsx/dist/cpexcel.full.mjs')); // xls files of Chinese Excel
  let book: WorkBook;
  try {
    book = read(bytes, { type: 'array', cellFormula: false, cellHTML: false, bookVBA: false });
  } catch (error) {
    throw invalid(path, `cannot be read as an Excel file: ${(error as Error).message}`, error);
  }
  if (book.SheetNames.length > MOST_SHEETS) {
    throw invalid(path, `has ${book.SheetNames.length} sheets, more than ${MOST_SHEETS}`);
  }
  return book.SheetNames.map((name) => ({
    name,
    rows: rowsOf(book.Sheets[name]!, (cell) => utils.decode_cell(cell), `${path}, sheet "${name}"`),
  }));
}

/** Rows of a sheet, from its cells: its stated range may be a lie and a million rows long. */
function rowsOf(
  sheet: WorkSheet,
  decode: (address: string) => { readonly r: number; readonly c: number },
  where: string,
): string[][] {
  const rows: string[][] = [];
  for (const [address, cell] of Object.entries(sheet)) {
    if (address.startsWith('!')) continue;
    const text = textOf(cell as CellObject);
    if (text === '') continue;
    const { r, c } = decode(address);
    if (r >= MOST_ROWS || c >= MOST_COLUMNS) {
      throw invalid(
        where,
        `has a cell at ${address}, beyond ${MOST_ROWS} rows or ${MOST_COLUMNS} columns`,
      );
    }
    while (rows.length <= r) rows.push([]);
    const row = rows[r]!;
    while (row.length < c) row.push('');
    row[c] = text;
  }
  return rows;
}

/** What a cell says: text as typed, numbers in full, and shown zeros in front (006) kept. */
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
  return value === undefined ? '' : String(value);
}

function invalid(path: string, why: string, cause?: unknown): TelltaleError {
  return new TelltaleError(
    'DATASET_INVALID',
    `${path} ${why}`,
    'Open it in a spreadsheet program, remove its password if it has one, and save it anew as xlsx or csv.',
    { cause },
  );
}
