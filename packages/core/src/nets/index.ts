/** @file The recognition networks: `@telltale/core/nets`. */
export * from './input.ts';
export * from './network.ts';
export * from './images.ts';
export * from './registry.ts';
export { partsOf, type NamedPart, type Part, type Parts } from './parts.ts';
export { assertShapes, checkSettings, shapesOf } from './settings.ts';
export type { Scan } from './mamba.ts';
export { merbaNetwork, type MerbaParams } from './merba.ts';
export type { MerbaConfig } from './merba-config.ts';
export {
  exportAttention,
  exportLive,
  exportNetwork,
  weightInput,
  type ExportOptions,
} from './export.ts';
