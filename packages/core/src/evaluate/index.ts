/** @file Public face of `@telltale/core/evaluate`. */
export * from './folds.ts';
export * from './leakage.ts';
export * from './metrics.ts';
