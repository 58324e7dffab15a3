/** @file The recognition networks: `@telltale/core/nets`. */
export * from './input.ts';
export * from './network.ts';
export * from './pictures.ts';
export * from './registry.ts';
export { merbaNetwork, type MerbaConfig, type MerbaParams, type Scan } from './merba.ts';
export { exportLive, exportNetwork, weightInput, type ExportOptions } from './export.ts';
