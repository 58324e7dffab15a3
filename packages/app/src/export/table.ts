/**
 * @file A review as a table (RFC 4180): the columns of the command line's report.csv, then who the event is by, its label
 * and comment, what telltale found before it was corrected, and what made it.
 */
import { csvCell, reportTable } from '@telltale/core/report';

import type { Reviewed } from './reviewed.ts';

/** Spreadsheets take a file without it for one of the computer's own code page. */
const BYTE_ORDER_MARK = '\uFEFF';

/** Columns after those of the report. */
const OWN = [
  ...['label', 'comment', 'origin', 'coder', 'found_kind'],
  ...['found_onset_frame', 'found_apex_frame', 'found_offset_frame', 'found_confidence'],
  ...['frame_rate', 'recognizer', 'weights', 'telltale'],
];

/** One header line, then one line per event. Times in seconds, frames from 0. */
export function tableFile(reviewed: Reviewed): string {
  return tablesFile([reviewed]);
}

/** The same of several clips: columns of all, empty where a clip does not have them. */
export function tablesFile(all: readonly Reviewed[]): string {
  const tables = all.map(tableOf);
  const [before, after] = [new Set<string>(), new Set(OWN)];
  for (const { columns } of tables)
    for (const name of columns) if (!after.has(name)) before.add(name);
  const columns = [...before, ...after];
  const rows = tables.flatMap((table) => {
    const places = columns.map((name) => table.columns.indexOf(name));
    return table.rows.map((row) => places.map((place) => (place < 0 ? '' : row[place]!)));
  });
  const lines = [columns, ...rows].map((cells) => `${cells.map(csvCell).join(',')}\r\n`);
  return BYTE_ORDER_MARK + lines.join('');
}

function tableOf({ report, corrected, events }: Reviewed): ReturnType<typeof reportTable> {
  const { columns, rows } = reportTable(corrected);
  const { recognizer, clip, made } = report;
  const by = [
    Number(clip.rate.toFixed(4)),
    recognizer === undefined ? '' : `${recognizer.network} ${recognizer.config}`,
    recognizer?.weights ?? '',
    made[0]?.version ?? '',
  ];
  const whole = events.map((event, i) => {
    const found = event.found === undefined ? undefined : report.expressions[event.found];
    return [
      ...rows[i]!,
      ...[event.label, event.comment, event.origin, event.coder ?? ''],
      ...[found?.kind ?? '', found?.onset.frame ?? '', found?.apex.frame ?? ''],
      ...[found?.offset.frame ?? '', found?.confidence ?? ''],
      ...by,
    ];
  });
  return { columns: [...columns, ...OWN], rows: whole };
}
