/**
 * @file Puts published mistakes of an annotation right, each where it stands and nowhere else.
 *
 * A correction is found by subject, file and onset, never by the number of its
 * row: editions of one sheet differ in their rows.
 */
import type { Finding } from './annotation.ts';
import { wholeNumber } from './cells.ts';
import type { Correction, SheetRow } from './definition.ts';

/** What a correction is applied to. */
export interface Correctable {
  readonly subject: string;
  /** As the sheet spells it. */
  readonly file: string;
  readonly cells: SheetRow['cells'];
  readonly report: (finding: Omit<Finding, 'row' | 'clip'>) => void;
}

/** Applies corrections row by row and remembers which were of use. */
export interface Corrector {
  /** The row's cells, put right. */
  readonly apply: (row: Correctable) => SheetRow['cells'];
  /** Reports, after all rows are read, which corrections found a cell that is already right or differs. */
  readonly reportUnused: () => void;
}

/** Prepares corrections for a sheet. */
export function corrector(corrections: readonly Correction[], findings: Finding[]): Corrector {
  const byFile = new Map<string, Correction[]>();
  const place = (subject: string, file: string): string =>
    JSON.stringify([subject, file.toLowerCase()]);
  for (const one of corrections) {
    const key = place(one.subject, one.file);
    byFile.set(key, [...(byFile.get(key) ?? []), one]);
  }
  const odd: Finding[] = [];
  return {
    apply({ subject, file, cells: before, report }) {
      const cells = { ...before };
      for (const one of byFile.get(place(subject, file)) ?? []) {
        const { field, was, now, source } = one;
        const is = before[field];
        if (!begins(one, wholeNumber(before.onset)) || same(is, now)) continue;
        if (!isMistake(one, before)) {
          const why =
            typeof was === 'function'
              ? `can be true, or "${now}" does not fit the row`
              : `neither the known mistake ${String(was)} nor "${now}"`;
          odd.push({
            kind: 'note',
            clip: `${subject}/${file}`,
            message: `${field} is "${is}", ${why}: left as it is`,
            source,
          });
          continue;
        }
        cells[field] = now;
        report({ kind: 'correction', message: `${field} "${is}" → ${now}`, source });
      }
      return cells;
    },
    reportUnused: () => void findings.push(...odd),
  };
}

/**
 * An apex by the name of its clip, for rows whose apex cannot be true (no number, or outside of the expression) and
 * whose expression contains the published one.
 */
export function apexOf(clip: string, apex: number, source: string): Correction {
  const [subject, file] = clip.split('/') as [string, string];
  const was = (cells: SheetRow['cells']): boolean => {
    const [onset, offset] = [wholeNumber(cells.onset), wholeNumber(cells.offset)];
    if (onset === undefined || offset === undefined) return false;
    const contains = (frame: number): boolean => frame >= onset && frame <= offset;
    const is = wholeNumber(cells.apex);
    return contains(apex) && (is === undefined || !contains(is));
  };
  return { subject, file, field: 'apex', was, now: String(apex), source };
}

function isMistake({ field, was }: Correction, cells: SheetRow['cells']): boolean {
  if (typeof was === 'function') return was(cells);
  return typeof was === 'string' ? same(cells[field], was) : was.test(cells[field]);
}

/** Whether an expression with this onset is meant. */
function begins({ onset: meant }: Correction, onset: number | undefined): boolean {
  if (meant === undefined) return true;
  if (typeof meant === 'number') return onset === meant;
  return onset !== undefined && onset >= meant[0] && onset <= meant[1];
}

/** Equal as numbers, or as text without case and spaces. */
function same(a: string, b: string): boolean {
  const [x, y] = [wholeNumber(a), wholeNumber(b)];
  if (x !== undefined || y !== undefined) return x === y;
  const bare = (text: string): string => text.toLowerCase().replaceAll(' ', '');
  return bare(a) === bare(b);
}
