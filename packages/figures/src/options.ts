/** @file What every figure is told. Apart from the drawing, so that the types of this package stand without those of Observable Plot. */

/** Where and how large a figure is drawn. */
export interface FigureOptions {
  /** The browser's document, or linkedom's in Node. */
  readonly document: Document;
  /** Pixels. */
  readonly width?: number;
  /** Pixels. */
  readonly height?: number;
}
