/**
 * @file Tables as an Excel workbook, written row by row: memory does not grow with the number of rows.
 *
 * ECMA-376-1:2016, "Office Open XML File Formats", SpreadsheetML: a workbook of plain cells, texts inline. The zip archive
 * is that of fflate. The same rows give the same bytes.
 */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

import { cleanText } from '@telltale/core/report';
import { writeThrough } from '@telltale/node/output';
import { strToU8, Zip, ZipDeflate } from 'fflate';

/** A cell: numbers are numbers, texts are texts whatever they look like; `undefined` is empty. */
export type Cell = string | number | undefined;

/** One sheet. */
export interface XlsxSheet {
  /** At most 31 characters, without `[]:*?/\`. */
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: AsyncIterable<readonly Cell[]> | Iterable<readonly Cell[]>;
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
/** Rows of a sheet, https://support.microsoft.com/en-us/office/excel-specifications-and-limits. */
const MOST_ROWS = 1_048_576;
/** Characters of a cell. */
const LONGEST = 32_767;
/** Time of every entry, so that the same rows give the same bytes. */
const TIME = '1980-01-01T00:00:00';
/** Text that is collected before it is compressed, characters. */
const CHUNK = 65_536;

/**
 * Writes a workbook whole or not at all. Rows beyond what a sheet can hold are left out: the CSV has them.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE`, and what the rows throw
 */
export async function writeXlsx(path: string, sheets: readonly XlsxSheet[]): Promise<void> {
  await writeThrough(path, async (temporary) => {
    const file = createWriteStream(temporary);
    const ended = finished(file);
    ended.catch(() => undefined); // awaited below
    try {
      await writeArchive(file, sheets);
      file.end();
    } catch (error) {
      file.destroy();
      throw error;
    }
    await ended;
  });
}

async function writeArchive(file: Writable, sheets: readonly XlsxSheet[]): Promise<void> {
  const zip = new Zip((error, data) => {
    if (error) file.destroy(error);
    else file.write(data);
  });
  const entry = (name: string): ZipDeflate => {
    const one = new ZipDeflate(name, { level: 6 });
    one.mtime = TIME;
    zip.add(one);
    return one;
  };
  const put = (name: string, text: string): void => entry(name).push(strToU8(XML + text), true);
  const ids = sheets.map((_, i) => i + 1);
  const part = (name: string, type: string): string =>
    `<Override PartName="/xl/${name}.xml" ContentType="${TYPE}.${type}+xml"/>`;
  put(
    '[Content_Types].xml',
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
      `<Default Extension="xml" ContentType="application/xml"/>${part('workbook', 'sheet.main')}${part('styles', 'styles')}` +
      `${ids.map((id) => part(`worksheets/sheet${id}`, 'worksheet')).join('')}</Types>`,
  );
  put('_rels/.rels', relations([['officeDocument', 'xl/workbook.xml']]));
  put(
    'xl/workbook.xml',
    `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>` +
      `${sheets.map(({ name }, i) => `<sheet name="${escape(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join('')}</sheets></workbook>`,
  );
  put(
    'xl/_rels/workbook.xml.rels',
    relations([
      ...ids.map((id) => ['worksheet', `worksheets/sheet${id}.xml`] as const),
      ['styles', 'styles.xml'],
    ]),
  );
  put(
    'xl/styles.xml',
    `<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
      '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
      '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>' +
      '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs>' +
      '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
  );
  for (const [i, sheet] of sheets.entries()) {
    await writeSheet(entry(`xl/worksheets/sheet${i + 1}.xml`), sheet, file);
  }
  zip.end();
}

function relations(all: readonly (readonly [type: string, target: string])[]): string {
  const each = all.map(
    ([type, target], i) =>
      `<Relationship Id="rId${i + 1}" Type="${OFFICE}/${type}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="${PACKAGE}/relationships">${each.join('')}</Relationships>`;
}

async function writeSheet(into: ZipDeflate, sheet: XlsxSheet, file: Writable): Promise<void> {
  let text = `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`;
  text += rowXml(sheet.header, 1, ' s="1"');
  let row = 1;
  for await (const cells of sheet.rows) {
    if (row >= MOST_ROWS) break;
    row += 1;
    text += rowXml(cells, row, '');
    if (text.length < CHUNK) continue;
    into.push(strToU8(text), false);
    text = '';
    if (file.destroyed) throw file.errored ?? new Error('the file was closed');
    if (file.writableNeedDrain) await once(file, 'drain');
  }
  const last = `${columnName(Math.max(sheet.header.length - 1, 0))}${row}`;
  text += `</sheetData><autoFilter ref="A1:${last}"/></worksheet>`;
  into.push(strToU8(text), true);
}

function rowXml(cells: readonly Cell[], row: number, style: string): string {
  const all = cells.map((cell, column) => {
    if (cell === undefined || cell === '') return '';
    const at = `r="${columnName(column)}${row}"${style}`;
    if (typeof cell === 'number') return Number.isFinite(cell) ? `<c ${at}><v>${cell}</v></c>` : '';
    const text = escape(cleanText(cell).slice(0, LONGEST));
    return `<c ${at} t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`;
  });
  return `<row r="${row}">${all.join('')}</row>`;
}

/** 0 → `A`, 26 → `AA`. */
function columnName(column: number): string {
  const before = Math.floor(column / 26);
  return (before > 0 ? columnName(before - 1) : '') + String.fromCharCode(65 + (column % 26));
}

function escape(text: string): string {
  return text
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
