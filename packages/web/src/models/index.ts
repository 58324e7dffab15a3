/** @file `@telltale/web/models`: what {@link openTools} is made of, for pages that change recognizers. */
export { openTools } from './tools.ts';
export type { Tools, ToolsOptions } from './tools.ts';
export { openFace, openMesh } from './face.ts';
export { openRecognizer, openOwnRecognizer, openUnits } from './recognizers.ts';
export type { RecognizerChoice, RecognizerOptions } from './recognizers.ts';
export type { ModelFile, ModelSource } from './model-files.ts';
export type { PlacedRecognizer, WebGpu } from './webgpu.ts';
export type { ModelAddresses } from './assets.ts';
