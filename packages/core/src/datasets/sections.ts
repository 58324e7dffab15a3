/**
 * @file Rows that head a section of a sheet: a subject alone above its clips, or the kind of the expressions below.
 */
import type { Finding } from './annotation.ts';
import { cleanName, subjectNumber } from './cells.ts';
import type { SheetRow } from './definition.ts';

/** Words of a row that heads expressions of one kind. */
const KINDS = /^(?:micro|macro|微表情|宏表情)[- ]?(?:expressions?|movements?)? ?:?$/i;

/**
 * Rows without the headings among them: a row of one cell that names a subject gives it to the rows below that have
 * none; one of “micro” or “macro” gives them their kind, where the sheet has no column for it. Both hold to the end of a
 * table; of tables side by side, whose rows follow each other, the next begins where the number of the row falls.
 */
export function belowHeadings(rows: readonly SheetRow[], findings: Finding[]): SheetRow[] {
  let [subject, kind] = ['', ''];
  const head = (row: number, what: string, text: string): SheetRow[] => {
    findings.push({ kind: 'row', row, message: `left out: a heading, which gives the rows below it ${what} "${text}"` }); // prettier-ignore
    return [];
  };
  return rows.flatMap((row, i): SheetRow[] => {
    const { cells } = row;
    if (i > 0 && row.row <= rows[i - 1]!.row) [subject, kind] = ['', ''];
    const filled = [...new Set(Object.values(cells).filter((cell) => cell !== ''))];
    const only = filled.length === 1 ? filled[0]! : '';
    const below = rows[i + 1];
    const next = below && below.row > row.row ? below.cells : undefined;
    const isAbove = next !== undefined && next.onset !== '' && next.file !== '';
    if (KINDS.test(only)) {
      kind = /macro|宏/i.test(only) ? 'macro' : 'micro';
      return head(row.row, 'their kind:', only);
    }
    if (
      isAbove &&
      only === cells.subject &&
      next.subject === '' &&
      subjectNumber(cleanName(only)) !== undefined
    ) {
      // prettier-ignore
      subject = only;
      return head(row.row, 'their subject:', only);
    }
    if (cells.subject !== '') subject = '';
    const given = { subject: cells.subject || subject, kind: cells.kind || kind };
    return [{ ...row, cells: { ...cells, ...given } }];
  });
}
