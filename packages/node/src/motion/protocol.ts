/** @file Messages between the analysis and the thread that measures movement. */
import type { MotionFrame, MotionStretch } from '@telltale/core/spot';

/** To the thread: a face to measure, or that the next one does not continue it, or the request for all results. */
export type Request =
  | { readonly kind: 'add'; readonly frame: MotionFrame }
  | { readonly kind: 'cut' }
  | { readonly kind: 'end' };

/** From the thread: it can be given one more; or all results; or the error that ended it. */
export type Reply =
  | { readonly kind: 'measured' }
  | { readonly kind: 'stretches'; readonly stretches: readonly MotionStretch[] }
  | { readonly kind: 'failed'; readonly error: unknown };
