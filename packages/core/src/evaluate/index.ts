/** @file Public face of `@telltale/core/evaluate`. */
export * from './ablation.ts';
export * from './evaluation.ts';
export * from './folds.ts';
export * from './leakage.ts';
export * from './logs.ts';
export * from './metrics.ts';
export * from './network.ts';
export * from './plan.ts';
export * from './record.ts';
export * from './result.ts';
export * from './select.ts';
export * from './statistics.ts';
export * from './tables.ts';
export * from './trainable.ts';
