/** @file Public face of `@telltale/core/recognize`. */
export * from './calibration.ts';
export * from './card.ts';
export * from './recognizer.ts';
export { calibrateWeights, readModel, type Model } from './weights.ts';
