/**
 * @file A report as a table for a spreadsheet: one row per expression.
 *
 * Comma-separated, quoted where needed, lines ended as RFC 4180 asks.
 */
import { csvCell } from '../base/csv-cell.ts';
import { own } from '../base/own.ts';
import { syntheticUnitsNotation, unitsNotation } from '../units/notation.ts';
import type { Report } from './report.ts';

const fixed = [
  'clip',
  'number',
  'kind',
  'verdict',
  'units',
  'onset_frame',
  'apex_frame',
  'offset_frame',
  'onset_time',
  'apex_time',
  'offset_time',
  'duration',
  'confidence',
  'at_edge',
  'shot',
];

/**
 * One header line, then one line per expression in the report's order; `subject` only where the clip shows several. After
 * the fixed columns come `probability_CLASS` for every class, `probability_AU4` for every action unit and
 * `movement_REGION` for every region; cells that do not apply are empty.
 * `units` are those that are named, as coders write them: `4+L12?`; `units_synthetic_only`, last, those learned from synthetic
 * movements alone, where the recognizer has such units. Times and durations in seconds, frames from 0, `number` from 1; `shot` from 1 is the part of the clip between two cuts.
 */
export function reportCsv(report: Report): string {
  const { columns, rows } = reportTable(report);
  return [columns, ...rows].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

/** A report as a table. */
export interface ReportTable {
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** One row per expression; texts are empty where there is no value. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/** The cells of {@link reportCsv}, for other formats and for the page. */
export function reportTable(report: Report): ReportTable {
  const classes = report.recognizer?.classes ?? namesIn(report, 'classes');
  const units = report.unitsRecognizer?.units ?? [];
  const hasSynthetic = (report.unitsRecognizer?.syntheticUnits ?? []).length > 0;
  const regions = namesIn(report, 'regions');
  const subject = report.face.subject;
  const { cuts = [] } = report.clip;
  const head = [
    ...fixed.slice(0, 1),
    ...(subject === undefined ? [] : ['subject']),
    ...fixed.slice(1),
    ...classes.map((name) => `probability_${name}`),
    ...units.map((unit) => `probability_AU${unit}`),
    ...regions.map((name) => `movement_${name}`),
    ...(hasSynthetic ? ['units_synthetic_only'] : []),
  ];
  const rows = report.expressions.map((expression, index) => [
    report.clip.name,
    ...(subject === undefined ? [] : [subject.number]),
    index + 1,
    expression.kind,
    expression.verdict ?? '',
    unitsNotation(expression.units ?? []),
    expression.onset.frame,
    expression.apex.frame,
    expression.offset.frame,
    rounded(expression.onset.time),
    rounded(expression.apex.time),
    rounded(expression.offset.time),
    rounded(expression.duration),
    rounded(expression.confidence),
    expression.atEdge === true ? 'yes' : '',
    1 + cuts.filter(({ frame }) => frame <= expression.apex.frame).length,
    ...classes.map((name) => rounded(own(expression.classes ?? {}, name))),
    ...units.map((unit) =>
      rounded(expression.units?.find((answer) => answer.unit === unit)?.probability),
    ),
    ...regions.map((name) => rounded(own(expression.regions, name))),
    ...(hasSynthetic ? [syntheticUnitsNotation(expression.units ?? [])] : []),
  ]);
  return { columns: head, rows };
}

/** Names in the order in which the expressions first mention them. */
function namesIn(report: Report, member: 'classes' | 'regions'): readonly string[] {
  return [...new Set(report.expressions.flatMap((one) => Object.keys(one[member] ?? {})))];
}

/** Six decimals: a microsecond, and more than any of the values is worth. */
function rounded(value: number | undefined): number | '' {
  return value === undefined ? '' : Number(value.toFixed(6));
}
