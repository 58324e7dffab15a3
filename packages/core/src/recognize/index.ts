/** @file Public face of `@telltale/core/recognize`. */
export * from './calibration.ts';
export * from './card.ts';
export * from './ensemble.ts';
export * from './recognizer.ts';
export * from './shipped.ts';
export { calibrateWeights, readModel, type Model } from './weights.ts';
