/**
 * @file Comma-separated values, as spreadsheets really write them.
 *
 * Shafranovich 2005, "Common Format and MIME Type for Comma-Separated Values
 * (CSV) Files", RFC 4180; besides it: a byte-order mark, lone carriage returns,
 * blank lines, and the semicolons or tabs that some spreadsheets put for commas.
 */
import { TelltaleError } from '../base/errors.ts';

/** One record of the text, and where it began. */
export interface CsvRow {
  /** Line in the text, from 1, as an editor counts it. */
  readonly line: number;
  /** Values from left to right, without their quotation marks. */
  readonly fields: readonly string[];
}

/** Options of {@link parseCsv}. */
export interface CsvOptions {
  /**
   * Where the delimiter is looked for: in the first record, or in the whole text, because prose
   * precedes the table.
   *
   * @defaultValue `first`
   */
  readonly delimiterFrom?: 'first' | 'all';
}

/**
 * Splits a text into records.
 *
 * The delimiter is whichever of comma, semicolon, tab and bar stands most often
 * outside quotes in the first record. Records with nothing in them are left out.
 *
 * @throws TelltaleError `DATASET_INVALID` for a quote that never closes or is followed by text
 */
export function parseCsv(text: string, { delimiterFrom = 'first' }: CsvOptions = {}): CsvRow[] {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const delimiter = guessDelimiter(body, delimiterFrom);
  const rows: CsvRow[] = [];
  let fields: string[] = [];
  let line = 1;
  let start = 1;
  let at = 0;

  const endRow = (): void => {
    if (fields.some((field) => field.trim() !== '')) rows.push({ line: start, fields });
    fields = [];
    line += 1;
    start = line;
  };

  while (at <= body.length) {
    if (at === body.length && fields.length === 0) break;
    let field: string;
    if (body[at] === '"') {
      const quoted = readQuoted(body, at, line);
      field = quoted.value;
      line += quoted.lines;
      at = quoted.end;
    } else {
      const from = at;
      while (at < body.length && !isEnd(body[at]!, delimiter)) at += 1;
      field = body.slice(from, at);
    }
    fields.push(field);
    const end = body[at];
    if (end !== undefined && end !== delimiter && end !== '\n' && end !== '\r') {
      throw new TelltaleError(
        'DATASET_INVALID',
        `line ${line}: "${end}" follows a closing quote`,
        'Put the whole field between quotes and write a quote inside it twice.',
      );
    }
    if (end === delimiter) {
      at += 1;
      continue;
    }
    endRow();
    at += end === '\r' && body[at + 1] === '\n' ? 2 : 1;
  }
  return rows;
}

function isEnd(character: string, delimiter: string): boolean {
  return character === delimiter || character === '\n' || character === '\r';
}

/** A quoted field from its opening quote at `at`; `end` is behind the closing one. */
function readQuoted(
  text: string,
  at: number,
  line: number,
): { value: string; end: number; lines: number } {
  let value = '';
  let from = at + 1;
  for (;;) {
    const close = text.indexOf('"', from);
    if (close < 0) {
      throw new TelltaleError(
        'DATASET_INVALID',
        `line ${line}: a quote opens and never closes`,
        'Close the quote, or write a quote inside a quoted field twice.',
      );
    }
    value += text.slice(from, close);
    if (text[close + 1] !== '"') {
      return { value, end: close + 1, lines: value.split(/\r\n|\r|\n/).length - 1 };
    }
    value += '"';
    from = close + 2;
  }
}

/** The delimiter that most lines have; of those the most frequent one. */
function guessDelimiter(text: string, from: 'first' | 'all'): string {
  const lines = new Map([',', ';', '\t', '|'].map((delimiter) => [delimiter, 0]));
  const times = new Map(lines);
  let inLine = new Set<string>();
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === '\n' || character === '\r') {
      if (from === 'first') break;
      inLine = new Set();
    } else if (lines.has(character)) {
      if (!inLine.has(character)) lines.set(character, lines.get(character)! + 1);
      inLine.add(character);
      times.set(character, times.get(character)! + 1);
    }
  }
  const worth = (delimiter: string): number =>
    lines.get(delimiter)! * 2 ** 30 + times.get(delimiter)!;
  const all = [...lines.keys()];
  if (from === 'first') return all.reduce((a, b) => (times.get(b)! > times.get(a)! ? b : a));
  return all.reduce((a, b) => (worth(b) > worth(a) ? b : a));
}

/**
 * A field as it must be written so that {@link parseCsv} reads it back.
 *
 * @see RFC 4180, section 2, rules 5 to 7
 */
export function csvField(value: string): string {
  return /[",;\t\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
