/** @file What `import … from '@telltale/core'` gives: the analysis of a clip and its types. */
export { TelltaleError } from './base/errors.ts';
export type { ErrorCode } from './base/errors.ts';
export type { Picture, Plane } from './base/image.ts';
export type { Ort } from './base/ort.ts';
export { reportCsv } from './report/csv.ts';
export { readReport } from './report/read.ts';
export type { Expression, Moment, RecognizerCard, Report, Stretch } from './report/report.ts';
