/** @file A review as a table (RFC 4180): the columns of the command line's report.csv, with labels and comments. */
import { csvCell, own } from '@telltale/core/report';
import type { Report } from '@telltale/core';

import { correctedReport, isMoved, type Review } from '../report/review.ts';

/** One header line, then one line per event. Times in seconds, frames from 0. */
export function tableFile(report: Report, review: Review): string {
  const classes = report.recognizer?.classes ?? [];
  const { expressions } = correctedReport(report, review);
  const regions = [...new Set(expressions.flatMap((one) => Object.keys(one.regions)))];
  const head = [
    ...['clip', 'number', 'kind', 'label', 'comment', 'origin', 'verdict'],
    ...['onset_frame', 'apex_frame', 'offset_frame', 'onset_time', 'apex_time', 'offset_time'],
    ...['duration', 'confidence'],
    ...classes.map((name) => `probability_${name}`),
    ...regions.map((name) => `movement_${name}`),
  ];
  const rows = expressions.map((one, i) => {
    const event = review.events[i]!;
    const isOwn = event.found === undefined;
    const origin = isOwn ? 'added' : isMoved(event, report) ? 'moved' : 'found';
    return [
      ...[report.clip.name, i + 1, one.kind, event.label, event.comment, origin],
      one.verdict ?? '',
      ...[one.onset.frame, one.apex.frame, one.offset.frame],
      ...[one.onset.time, one.apex.time, one.offset.time],
      ...[one.duration, isOwn ? '' : one.confidence],
      ...classes.map((name) => own(one.classes ?? {}, name) ?? ''),
      ...regions.map((name) => own(one.regions, name) ?? ''),
    ];
  });
  return [head, ...rows].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}
