/** @file What `import … from '@telltale/figures'` gives: the figures as SVG, and the report as a page. */
export { reportPage, reportPagePieces } from './report-page.ts';
export type { PageOptions } from './report-page.ts';
export type { AttentionImage, ExpressionImages } from './images.ts';
export type { FigureOptions } from './options.ts';
export { probabilities } from './probabilities.ts';
export { regions } from './regions.ts';
export { expressionsInFull } from './selection.ts';
export { english } from './text.ts';
export type { ExpressionFacts, ReportWords } from './report-words.ts';
export { unitsFace } from './units.ts';
export { unitLines } from './unit-lines.ts';
export { timeline } from './timeline.ts';
export type { TimelineOptions } from './timeline.ts';
