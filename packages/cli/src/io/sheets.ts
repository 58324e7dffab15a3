/**
 * @file Annotation sheets: xlsx, xls, xlsb, ods, numbers, csv and tsv, and what web tools export under these names, recognized by their content and not by their name.
 */
import { open } from 'node:fs/promises';

import { TelltaleError } from '@telltale/core';
import { parseCsv, decodedText } from '@telltale/core/datasets';
import type { DecodedText, Sheet } from '@telltale/core/datasets';

import type { ExcelOptions } from './sheets-excel.ts';
import { assertHonestZip } from './sheets-zip.ts';

/** Largest file that is opened, bytes. */
export const LARGEST_SHEET: number = 32 * 2 ** 20;
/** As in Excel files. */
const MOST_ROWS = 100_000;
const MOST_COLUMNS = 1000;

/**
 * Reads all sheets of a file.
 *
 * @param options - limits on reading an Excel file, and a signal that ends it
 * @throws TelltaleError `FILE_MISSING`; `DATASET_INVALID` for what is not a sheet, is damaged, or is larger than any
 *   annotation sheet; the reason of `options.signal`
 */
export async function readSheets(path: string, options: ExcelOptions = {}): Promise<Sheet[]> {
  const bytes = await readBounded(path);
  if (starts(bytes, [0x50, 0x4b, 0x03, 0x04])) {
    assertHonestZip(bytes, path);
    return excel(bytes, path, options);
  }
  if (starts(bytes, [0xd0, 0xcf, 0x11, 0xe0])) return excel(bytes, path, options);
  const { text, guessed } = textOf(bytes, path);
  const isMarkup = /^\s*<(?:!doctype|html|\?xml|table|!--|meta)/i.test(text);
  if (isMarkup && /<table[\s>]|<(?:\w+:)?workbook[\s>]/i.test(text))
    return excel(text, path, options);
  if (/^ID;P|^TABLE\r?\n0,1\r?\n/.test(text)) return excel(text, path, options);
  if (isMarkup || /^MIME-Version:/i.test(text)) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `${path} is a web page ${isMarkup ? 'without a table ' : ''}under the name of a sheet`,
      'Open it in a spreadsheet program and save it as xlsx or csv.',
    );
  }
  return [{ name: '', rows: rowsOf(text, path), ...(guessed && { encoding: guessed }) }];
}

/** The text of a file, in the encoding that its markup states, where it has some. */
function textOf(bytes: Uint8Array, path: string): DecodedText {
  const head = Buffer.from(bytes.subarray(0, 2048)).toString('latin1');
  const [, label] = /^\s*<[^]*?(?:charset|encoding)\s*=\s*["']?([\w-]+)/i.exec(head) ?? [];
  if (label === undefined) return decodedText(bytes, path);
  try {
    return { text: new TextDecoder(label, { fatal: true }).decode(bytes) };
  } catch {
    // It states an encoding that it is not in, or none that is known.
    return decodedText(bytes, path);
  }
}

async function excel(
  content: Uint8Array | string,
  path: string,
  options: ExcelOptions,
): Promise<Sheet[]> {
  const { readExcel } = await import('./sheets-excel.ts');
  return readExcel(content, path, options);
}

/** Rows at the lines where they stand, so that an error can name them. */
function rowsOf(text: string, path: string): string[][] {
  const rows: string[][] = [];
  for (const { line, fields } of parseCsv(text, { delimiterFrom: 'all' })) {
    if (line > MOST_ROWS || fields.length > MOST_COLUMNS) {
      throw new TelltaleError(
        'DATASET_INVALID',
        `${path} is not read: line ${line} has ${fields.length} columns, and no annotation sheet has more than ${MOST_ROWS} lines or ${MOST_COLUMNS} columns`,
        'Give the sheet that came with the dataset.',
      );
    }
    while (rows.length < line - 1) rows.push([]);
    rows.push([...fields]);
  }
  return rows;
}

async function readBounded(path: string): Promise<Uint8Array> {
  let file;
  try {
    file = await open(path);
  } catch (error) {
    throw new TelltaleError(
      'FILE_MISSING',
      `cannot open the sheet ${path}: ${(error as Error).message}`,
      'Check the path.',
      { cause: error },
    );
  }
  try {
    const { size } = await file.stat();
    if (size > LARGEST_SHEET) {
      throw new TelltaleError(
        'DATASET_INVALID',
        `${path} is not opened: it has ${Math.round(size / 2 ** 20)} MB, and no annotation sheet has more than ${LARGEST_SHEET / 2 ** 20} MB`,
        'Give the sheet that came with the dataset.',
      );
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function starts(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}
