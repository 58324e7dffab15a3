/** @file Public face of `@telltale/core/datasets`. */
export * from './action-units.ts';
export * from './annotation.ts';
export * from './cells.ts';
export * from './csv.ts';
export * from './definition.ts';
export * from './definitions.ts';
export { casme2 } from './definitions/casme.ts';
export * from './editions.ts';
export * from './flow-folder.ts';
export * from './frames.ts';
export * from './macro/readers.ts';
export type * from './macro/sample.ts';
export * from './macro/split.ts';
export * from './reader.ts';
export * from './sample.ts';
export type { AnnotationColumn } from './sample-annotation.ts';
export * from './text.ts';
