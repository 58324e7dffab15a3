/** @file Sheets that mean harm, made for tests. */
import { utils, write } from '@e965/xlsx';

/** A sector of an xls file written by SheetJS: the table of chains is the first, the directory the third. */
const sectorAt = (sector: number): number => 512 * (sector + 1);

/** An xls file whose stream begins inside a chain of sectors that leads back to itself. */
export function cyclicXls(): Uint8Array {
  const book = utils.book_new();
  utils.book_append_sheet(
    book,
    utils.aoa_to_sheet([
      ['Subject', 'Onset'],
      ['006', 46],
    ]),
    'S',
  );
  const bytes = new Uint8Array(write(book, { type: 'array', bookType: 'biff8' }) as ArrayBuffer);
  const view = new DataView(bytes.buffer);
  const names = new TextDecoder('utf-16le');
  const entry = [1, 2, 3].map((i) => sectorAt(2) + 128 * i).find((at) => names.decode(bytes.subarray(at, at + 16)) === 'Workbook')!; // prettier-ignore
  const first = view.getUint32(sectorAt(2) + 116, true); // of the root, which keeps small streams
  const next = view.getUint32(sectorAt(0) + 4 * first, true);
  view.setUint32(sectorAt(0) + 4 * next, next, true);
  view.setUint32(entry + 116, next, true);
  view.setUint32(entry + 120, 4096, true);
  return bytes;
}
