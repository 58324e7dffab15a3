/** @file What every file is made of: the machine's report, and the events as a coder left them. */
import {
  correctedReport,
  reviewedEvents,
  type ReviewedEvent,
  type ReviewFile,
} from '@telltale/core/report';
import type { Report } from '@telltale/core';

/** A review with the events that follow from it. */
export interface Reviewed extends ReviewFile {
  readonly events: readonly ReviewedEvent[];
  /** The events in the format of a report. */
  readonly corrected: Report;
}

/** Composes the events once, for all files. */
export function reviewed(file: ReviewFile): Reviewed {
  const { report, review, measurements } = file;
  return {
    ...file,
    events: reviewedEvents(report, review, measurements),
    corrected: correctedReport(report, review, measurements),
  };
}

/** What an event is called: the kind, then the coder's label or else the machine's verdict. */
export function nameOf({ kind, label, verdict }: ReviewedEvent): string {
  const what = label || (verdict ?? '');
  return what === '' ? kind : `${kind}: ${what}`;
}
