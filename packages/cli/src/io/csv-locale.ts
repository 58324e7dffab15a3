/** @file Tables for spreadsheets of countries that write a decimal comma: semicolons between cells, and a byte order mark. */
import { parseCsv } from '@telltale/core/datasets';

/** How numbers and cells are written: with a point and commas, or with a comma and semicolons. */
export type CsvLocale = 'point' | 'comma';

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** Starts a file; spreadsheets take a file without it for one of another encoding. */
export function csvStart(locale: CsvLocale): string {
  return locale === 'comma' ? '\uFEFF' : '';
}

/** Lines of a table with commas, in a locale. @param text - whole lines */
export function csvInLocale(text: string, locale: CsvLocale): string {
  if (locale === 'point') return text;
  return parseCsv(text).map(({ fields }) => `${fields.map(cellOf).join(';')}\r\n`).join(''); // prettier-ignore
}

function cellOf(field: string): string {
  if (NUMBER.test(field)) return field.replace('.', ',');
  return /[";\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
