/** @file Public face of `@telltale/core/recognize`. */
export type { AttentionMap } from './attention.ts';
export * from './calibration.ts';
export * from './card.ts';
export * from './description.ts';
export * from './ensemble.ts';
export * from './export.ts';
export { openExported } from './exported.ts';
export {
  openRecognizer,
  type AttentionView,
  type Recognizer,
  type RecognizerInput,
  type RecognizerOptions,
} from './recognizer.ts';
export * from './shipped.ts';
export { openShipped, shippedNames } from './open-shipped.ts';
export { calibrateWeights, readModel, type Model } from './weights.ts';
