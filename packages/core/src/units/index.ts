/** @file Public face of `@telltale/core/units`. */
export * from './calibrate.ts';
export * from './emotions.ts';
export { exportUnits } from './export.ts';
export * from './features.ts';
export * from './fit.ts';
export * from './model.ts';
export * from './notation.ts';
export * from './shipped.ts';
export * from './sides.ts';
export * from './synthetic-only.ts';
export * from './vocabulary.ts';
