/** @file The recognition networks: `@telltale/core/nets`. */
export * from './input.ts';
export * from './network.ts';
export * from './images.ts';
export * from './registry.ts';
export { assertShapes, checkSettings, shapesOf } from './settings.ts';
export type { Scan } from './mamba.ts';
export { merbaNetwork, type MerbaConfig, type MerbaParams } from './merba.ts';
export { exportLive, exportNetwork, weightInput, type ExportOptions } from './export.ts';
