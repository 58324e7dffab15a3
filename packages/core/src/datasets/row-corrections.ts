/**
 * @file Corrections that are published by the number of a row, applied only where the sheet shows that the row is meant.
 *
 * Editions of one sheet differ in their rows, so a number alone is not enough. Three conditions must hold: the sheet has
 * as many records as the copy that the source numbers, and known clips where that copy has them; the content of the
 * row is wrong by itself (not a frame number, out of order, or without a frame); and what is published for it fits
 * the row (in order, and with frames). Otherwise the correction is reported and the row is unchanged.
 */
import type { Finding } from './annotation.ts';
import { wholeNumber } from './cells.ts';
import type { DatasetDefinition, RowChange, RowCorrections, SheetRow } from './definition.ts';

/** A row that corrections are looked up for. */
export interface NumberedRow extends SheetRow {
  /** Numbers of its frames, one set for each candidate folder; none where there are no frames. */
  readonly frames: () => readonly ReadonlySet<number>[];
  readonly report: (finding: Omit<Finding, 'row' | 'clip'>) => void;
}

/** Applies corrections by row. */
export interface RowCorrector {
  /** The row's cells, put right. */
  readonly apply: (row: NumberedRow) => SheetRow['cells'];
  /** Reports, after all rows are read, which corrections found no readable row. */
  readonly reportUnused: () => void;
}

type Cells = SheetRow['cells'];
type CorrectedField = keyof RowChange['now'];

/** Prepares the corrections by row of a dataset for the records of its sheet. */
export function rowCorrector(
  definition: DatasetDefinition,
  rows: readonly SheetRow[],
  findings: Finding[],
): RowCorrector {
  const { byRow } = definition;
  const waiting = new Map(byRow?.changes.map((change) => [change.record, change]));
  if (byRow !== undefined) {
    const other = whyOther(byRow, definition, rows);
    if (other !== undefined) {
      const message = `published for records of a copy with ${byRow.records} rows, counted from 0: ${showAll(byRow)}. Not applied: ${other}`;
      findings.push({ kind: 'unapplied', message, source: byRow.source });
      waiting.clear();
    }
  }
  return {
    apply(row) {
      const change = waiting.get(row.record);
      waiting.delete(row.record);
      return change === undefined ? row.cells : applyChange(change, row, byRow!.source);
    },
    reportUnused() {
      for (const change of waiting.values()) {
        const message = `${showChange(change)} is published, and that row is left out`;
        findings.push({ kind: 'unapplied', message, source: byRow!.source });
      }
    },
  };
}

/** Why the numbers of the source do not index rows of this sheet. */
function whyOther(
  { records, landmarks = {} }: RowCorrections,
  { subject, file }: DatasetDefinition,
  rows: readonly SheetRow[],
): string | undefined {
  const own = rows.filter(({ cells: { onset, offset } }) =>
    [onset, offset].some((cell) => wholeNumber(cell) !== undefined),
  );
  if (own.length !== records) {
    return `this sheet has ${own.length}, and which of them are meant is unknown`;
  }
  const byRecord = new Map(rows.map((row) => [row.record, row.cells]));
  for (const [record, clip] of Object.entries(landmarks)) {
    const cells = byRecord.get(Number(record));
    const code = cells && subject(cells.subject);
    const is = cells && `${code!}/${file?.(cells, code!) ?? cells.file}`;
    if (is?.toLowerCase() !== clip.toLowerCase()) {
      return `record ${record} of that copy is ${clip}, and here it is ${is ?? 'empty'}`;
    }
  }
  return undefined;
}

function applyChange(change: RowChange, row: NumberedRow, source: string): Cells {
  const { cells, report } = row;
  // A folder that has neither onset has other numbers (cropped copies), and proves nothing.
  const onsets = [cells.onset, change.now.onset].map((cell) => wholeNumber(cell ?? ''));
  const frames = row
    .frames()
    .filter((numbers) => onsets.some((onset) => onset !== undefined && numbers.has(onset)));
  const after = changed(change, cells, frames);
  const fields = (Object.keys(change.now) as CorrectedField[]).filter(
    (field) => wholeNumber(cells[field]) !== wholeNumber(after[field]),
  );
  const refuse = (why: string): Cells => {
    const message = `${showChange(change)} is published, not applied: ${why}`;
    report({ kind: 'unapplied', message, source });
    return cells;
  };
  if (change.refused !== undefined) return refuse(change.refused);
  if (fields.length === 0) return cells; // put right already
  const odd = wrongMoments(cells, frames);
  if (!fields.some((field) => odd.has(field))) {
    return refuse(
      `${showMoments(cells)} can be true, and the source does not state what was wrong`,
    );
  }
  const still = [...wrongMoments(after, frames)].find((field) => after[field] !== '');
  if (still !== undefined) return refuse(`${showMoments(after)} does not fit this row`);
  for (const field of fields) {
    const to = after[field] || 'unknown';
    report({ kind: 'correction', message: `${field} "${cells[field]}" → ${to}`, source });
  }
  return after;
}

/** The cells as published; an apex that is taken as unknown stays where it fits. */
function changed({ now }: RowChange, cells: Cells, frames: readonly ReadonlySet<number>[]): Cells {
  const after = { ...cells, ...now };
  const kept = { ...after, apex: cells.apex };
  return now.apex === '' && !wrongMoments(kept, frames).has('apex') ? kept : after;
}

/** Time points of a row that cannot be true: not a number, out of order, or without a frame in every folder. */
function wrongMoments(
  cells: Cells,
  frames: readonly ReadonlySet<number>[],
): ReadonlySet<CorrectedField> {
  const [onset, apex, offset] = [cells.onset, cells.apex, cells.offset].map(wholeNumber);
  const wrong = new Set<CorrectedField>();
  const isThere = (number: number): boolean =>
    frames.length === 0 || frames.some((numbers) => numbers.has(number));
  if (onset === undefined || !isThere(onset)) wrong.add('onset');
  const first = onset ?? 0;
  if (offset === undefined || offset <= first || !isThere(offset)) wrong.add('offset');
  if (apex === undefined || apex < first || !isThere(apex)) wrong.add('apex');
  else if (offset !== undefined && apex > offset) wrong.add('apex').add('offset');
  return wrong;
}

function showMoments({ onset, apex, offset }: Cells): string {
  return `onset "${onset}", apex "${apex}", offset "${offset}"`;
}

/** `apex 78, offset 91`; empty where the correction is in words. */
function showNow({ now }: RowChange): string {
  return Object.entries(now)
    .map(([field, to]) => `${field} ${to || 'unknown'}`)
    .join(', ');
}

function showChange(change: RowChange): string {
  const now = showNow(change);
  return `record ${change.record}${now === '' ? '' : `: ${now}`}`;
}

/** `29 (apex 279), 60 (apex 78, offset 91)`. */
function showAll({ changes }: RowCorrections): string {
  return changes
    .map((change) => `${change.record} (${change.refused ?? showNow(change)})`)
    .join(', ');
}
