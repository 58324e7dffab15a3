/** @file What a check of a dataset found, as lines of text. */
import { own } from '@telltale/core/report';
import type { EditionVerdict, Finding, FindingKind, UnitTotals } from '@telltale/core/datasets';

/** What a check found. Plain JSON. */
export interface CheckResult extends EditionVerdict {
  readonly schema: 'telltale.dataset-check/1';
  /** On the command line: `casme2`. */
  readonly name: string;
  /** As the composite protocol spells it: `CASME II`. */
  readonly dataset: string;
  readonly folder: string;
  /** Annotation files with their SHA-256, hexadecimal. */
  readonly workbooks: readonly { readonly path: string; readonly sha256: string }[];
  readonly sheet: string;
  readonly synthetic: boolean;
  /** What the cells of action units hold, all rows together. */
  readonly units: UnitTotals;
  readonly findings: readonly Finding[];
}

const HEADINGS: Readonly<Record<FindingKind, string>> = {
  correction: 'corrections of published errors',
  unapplied: 'published corrections that are not applied',
  repair: 'values that cannot be true',
  row: 'rows left out',
  frames: 'frames missing or odd',
  unreadable: 'frames that cannot be read',
  note: 'notes',
};
/** Findings of a kind that are listed by default. */
const SHOWN = 12;

/** The table on standard output. */
export function checkTable(result: CheckResult, all: boolean): string {
  const { dataset, workbooks, sheet, edition, differences, counts, macro, synthetic } = result;
  const books = workbooks.map(({ path, sha256 }) => `${path} (SHA-256 ${sha256.slice(0, 16)}…)`);
  const from =
    books.length === 0
      ? 'folders alone, no sheet'
      : books.join('\n           ') + (sheet === '' ? '' : `, sheet "${sheet}"`);
  const kind = synthetic ? 'listed' : 'published';
  const match = differences.length === 0 ? `all ${kind} numbers are met` : `NOT as ${kind}`;
  const name =
    edition === undefined
      ? 'no published numbers to compare with'
      : `${edition.name}: ${match}\n           ${edition.source}`;
  return [
    `dataset    ${dataset}`,
    `sheet      ${from}`,
    `edition    ${name}`,
    '',
    ...countLines(result, macro),
    ...uncomparedLines(result),
    ...unitLines(result.units),
    ...(Object.keys(HEADINGS) as FindingKind[]).flatMap((kind) =>
      findingLines(
        result.findings.filter((one) => one.kind === kind),
        HEADINGS[kind],
        all,
      ),
    ),
    ...(counts.clips === 0 ? ['', 'no micro-expression was read'] : []),
    '',
  ].join('\n');
}

function countLines(
  { counts, edition, differences, synthetic }: CheckResult,
  macro: number,
): string[] {
  const expected: Readonly<Record<string, number | undefined>> = {
    clips: edition?.clips,
    'macro-expressions': edition?.macro,
    subjects: edition?.subjects,
    ...edition?.classes,
  };
  const wrong = new Set(differences.map(({ what }) => what));
  const classes = new Map(Object.entries(counts.classes));
  for (const name of Object.keys(edition?.classes ?? {})) {
    if (!classes.has(name)) classes.set(name, 0);
  }
  const rows: [string, number][] = [
    ['clips', counts.clips],
    ...(macro > 0 || (edition?.macro ?? 0) > 0
      ? [['macro-expressions', macro] as [string, number]]
      : []),
    ['subjects', counts.subjects],
    ...[...classes].sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
  return [
    `${''.padEnd(20)}${'found'.padStart(9)}${(synthetic ? 'listed' : 'published').padStart(11)}`,
    ...rows.map(([what, found]) => {
      const published = String(own(expected, what) ?? '');
      const mark = wrong.has(what) ? '  ←' : '';
      return `${what.padEnd(20)}${String(found).padStart(9)}${published.padStart(11)}${mark}`.trimEnd();
    }),
  ];
}

/** What no number is published for, so that silence is not taken for agreement. */
function uncomparedLines({ edition, uncompared, synthetic }: CheckResult): string[] {
  if (edition === undefined || synthetic) return [];
  const whole = ['macro-expressions', 'subjects'].filter((what) => uncompared.includes(what));
  const classes = uncompared.filter((what) => !whole.includes(what));
  const named = edition.classes === undefined ? '' : ` (${classes.join(', ')})`;
  const names = edition.labels === undefined ? '' : ', their names are';
  return [
    ...whole.map((what) => `${what}: not compared, no published count known to us`),
    ...(classes.length > 0
      ? [`classes${named}: not compared, no published count known to us${names}`]
      : []),
  ];
}

/** Totals of the action units, so that nothing vanishes unseen. */
function unitLines({ cells, certain, ...rest }: UnitTotals): string[] {
  if (cells === 0) return [];
  const part = (count: number, inCells: number, what: string): string =>
    count === 0 ? `none ${what}` : `${count} ${what} (in ${inCells} cells)`;
  return [
    `action units: ${certain} in ${cells} cells; ${part(rest.uncertain, rest.uncertainCells, 'uncertain')}, ${part(rest.unknown, rest.unknownCells, 'not understood')}`,
  ];
}

function findingLines(findings: readonly Finding[], heading: string, all: boolean): string[] {
  if (findings.length === 0) return [];
  const shown = all ? findings : findings.slice(0, SHOWN);
  const rest = findings.length - shown.length;
  return [
    '',
    `${heading}: ${findings.length}`,
    ...shown.flatMap(({ row = 0, clip, message, source }, i) => [
      `  ${[row > 0 ? `row ${row}` : '', clip ?? '', message].filter((part) => part !== '').join('  ')}`,
      ...sourceLine(shown, i, source),
    ]),
    ...(rest > 0 ? [`  … and ${rest} more; --all lists them`] : []),
  ];
}

/** A source below its last finding, once for those that follow one another. */
function sourceLine(
  findings: readonly Finding[],
  at: number,
  source: string | undefined,
): string[] {
  if (source === undefined || findings[at + 1]?.source === source) return [];
  let first = at;
  while (findings[first - 1]?.source === source) first -= 1;
  const count = at - first + 1;
  return [`      source${count > 1 ? ` of these ${count}` : ''}: ${source}`];
}
