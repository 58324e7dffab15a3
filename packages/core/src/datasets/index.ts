/** @file Public face of `@telltale/core/datasets`. */
export * from './csv.ts';
export * from './flow-folder.ts';
export * from './sample.ts';
