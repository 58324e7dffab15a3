/** @file Annotation sheets of synthetic datasets as Excel or CSV files. */
import { extname } from 'node:path';

import type { CellObject, WorkSheet } from '@e965/xlsx';

import { csvField } from '@telltale/core/datasets';
import type { SheetCell, SheetFile } from '@telltale/core/synth';

/** An xlsx, xls or csv file (of the first sheet), by the extension of the path; text, numbers and values of formulas keep their types. */
export async function sheetBytes({ path, sheets }: SheetFile): Promise<Uint8Array> {
  if (extname(path).toLowerCase() === '.csv') return csvBytes(sheets[0]!.rows);
  const { utils, write } = await import('@e965/xlsx');
  const book = utils.book_new();
  for (const { name, rows } of sheets) {
    const sheet: WorkSheet = {};
    let columns = 1;
    rows.forEach((row, r) => {
      columns = Math.max(columns, row.length);
      row.forEach((value, c) => {
        const cell = cellOf(value);
        if (cell !== undefined) Object.assign(sheet, { [utils.encode_cell({ r, c })]: cell });
      });
    });
    const end = { r: Math.max(0, rows.length - 1), c: columns - 1 };
    sheet['!ref'] = utils.encode_range({ r: 0, c: 0 }, end);
    utils.book_append_sheet(book, sheet, name);
  }
  const bookType = extname(path).toLowerCase() === '.xls' ? 'biff8' : 'xlsx';
  return new Uint8Array(write(book, { type: 'array', bookType, compression: true }) as ArrayBuffer);
}

function csvBytes(rows: SheetFile['sheets'][number]['rows']): Uint8Array {
  const text = (cell: SheetCell): string =>
    String((cell !== null && typeof cell === 'object' ? cell.value : cell) ?? '');
  const lines = rows.map((row) => row.map((cell) => csvField(text(cell))).join(','));
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

function cellOf(value: SheetCell): CellObject | undefined {
  if (value === null || value === '') return undefined;
  if (typeof value === 'number') return { t: 'n', v: value };
  if (typeof value === 'string') return { t: 's', v: value };
  return { t: 'n', v: value.value, f: value.formula };
}
