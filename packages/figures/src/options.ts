/** @file What every figure is told. Apart from the drawing, so that the types of this package stand without those of Observable Plot. */

import type { ReportWords } from './say.ts';

/** Where and how large a figure is drawn. */
export interface FigureOptions {
  /** The browser's document, or linkedom's in Node. */
  readonly document: Document;
  /** Pixels. */
  readonly width?: number;
  /** Pixels. */
  readonly height?: number;
  /** What it says. @defaultValue English */
  readonly words?: ReportWords;
}
