/** @file Public face of `@telltale/core/evaluate`. */
export * from './evaluation.ts';
export * from './folds.ts';
export * from './leakage.ts';
export * from './logs.ts';
export * from './metrics.ts';
export * from './trainable.ts';
