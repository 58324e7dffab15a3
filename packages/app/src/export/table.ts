/** @file A review as a table (RFC 4180): the columns of the command line's report.csv, then label, comment and origin. */
import { csvCell, reportTable } from '@telltale/core/report';
import type { Report } from '@telltale/core';

import { correctedReport, isMoved, type Review } from '../report/review.ts';

/** One header line, then one line per event. Times in seconds, frames from 0. */
export function tableFile(report: Report, review: Review): string {
  const { columns, rows } = reportTable(correctedReport(report, review));
  const confidence = columns.indexOf('confidence');
  const events = review.events.map((event, i) => {
    const isOwn = event.found === undefined;
    const origin = isOwn ? 'added' : isMoved(event, report) ? 'moved' : 'found';
    const cells = rows[i]!.map((cell, column) => (isOwn && column === confidence ? '' : cell));
    return [...cells, event.label, event.comment, origin];
  });
  return [[...columns, 'label', 'comment', 'origin'], ...events]
    .map((cells) => `${cells.map(csvCell).join(',')}\r\n`)
    .join('');
}
