/** @file Options of every figure, separate from the drawing, so that the types of this package do not need those of Observable Plot. */

import type { ReportWords } from './report-words.ts';

/** Where and how large a figure is drawn. */
export interface FigureOptions {
  /** The browser's document, or linkedom's in Node. */
  readonly document: Document;
  /** Pixels. */
  readonly width?: number;
  /** Pixels. */
  readonly height?: number;
  /** Its text. @defaultValue English */
  readonly words?: ReportWords;
}
