/** @file What `import … from '@telltale/figures/evaluation'` gives: the result of an evaluation as figures and as a page. */
export {
  confusionFigure,
  lossFigure,
  measureNames,
  scoresFigure,
  subjectsFigure,
} from './evaluation-figures.ts';
export type { Measure } from './evaluation-figures.ts';
export { evaluationPage } from './evaluation-page.ts';
export type { EvaluationPageOptions } from './evaluation-page.ts';
export { videoFigure } from './spotting-figures.ts';
export type { VideoCurve } from './spotting-figures.ts';
export { spottingPage } from './spotting-page.ts';
export type { SpottingPageOptions } from './spotting-page.ts';
