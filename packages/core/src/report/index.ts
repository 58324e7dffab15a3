/** @file Entry point of `@telltale/core/report`: the report's types, reader, table and caveats; how it is composed. */
export { vttText, vttTime, xmlText } from '../base/annotation-text.ts';
export { cleanText, csvCell, textOfCell } from '../base/csv-cell.ts';
export { own } from '../base/own.ts';
export { caveatCodes, caveatSentence, caveatsOf } from './caveats.ts';
export type { CaveatCircumstances } from './caveats.ts';
export type { CaveatCode } from './caveat.ts';
export { composeReport } from './compose.ts';
export type { Findings } from './compose.ts';
export { reportCsv, reportTable } from './csv.ts';
export type { ReportTable } from './csv.ts';
export { AROUND_EVENT } from './event-clip.ts';
export { jsonPieces } from './json.ts';
export type { JsonOptions } from './json.ts';
export { readReport } from './read.ts';
export { composeReview, readReview } from './read-review.ts';
export type { ReviewFile } from './read-review.ts';
export { correctedReport, orderedReview, originOf, reviewedEvents, reviewOf } from './review.ts';
export type { Measurement, Origin, Review, ReviewedEvent, ReviewEvent } from './review.ts';
export type {
  Candidate,
  Caveat,
  Expression,
  Moment,
  RecognizerCard,
  Report,
  Stretch,
  UnitAnswer,
  UnitsCard,
} from './report.ts';
export * from './eaf.ts';
export * from './tiers.ts';
