/**
 * @file Cells of the tables that are written for spreadsheets.
 *
 * A spreadsheet evaluates a cell that starts like a formula, wherever the text comes from: a clip named `=1+1.mp4`, or a comment of
 * a coder. OWASP, "CSV Injection": https://owasp.org/www-community/attacks/CSV_Injection
 */

/** A text that starts like a formula, or with a character that spreadsheets skip before one; after apostrophes too. */
const FORMULA = /^'*[=+\-@\t\r]/;

/** Text without NUL and without lone surrogates, which no file in UTF-8 can hold. */
export function cleanText(text: string): string {
  return text
    .replaceAll('\0', '')
    .replaceAll(
      /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g,
      '\uFFFD',
    );
}

/**
 * A cell of a CSV file, quoted where needed (RFC 4180).
 *
 * A number stays a number. A text that starts like a formula gets an apostrophe before it, so that it stays text;
 * {@link textOfCell} takes it away again.
 */
export function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = cleanText(value).replace(FORMULA, (start) => `'${start}`);
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The text of which {@link csvCell} made a cell, without NUL and lone surrogates. @param cell - as a CSV reader gives it */
export function textOfCell(cell: string): string {
  return /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}
