/**
 * @file What `import … from '@telltale/web'` gives: clips and models for `analyze` of `@telltale/core`, in a page or in
 * a worker. Nothing is loaded before a function is called.
 */

// Clips and models: what `analyze` takes.
export { openClip } from './video/clip.ts';
export type { ClipOptions, ClipSource } from './video/clip.ts';
export type { OpenClip } from './video/open-clip.ts';
export { openTools } from './models/tools.ts';
export type { Tools, ToolsOptions } from './models/tools.ts';

// Models of your own.
export type { ModelFile, ModelSource } from './models/model-files.ts';
export type { ModelAddresses } from './models/assets.ts';
export type { WebGpu } from './models/webgpu.ts';

// What it throws.
export { WebError } from './errors.ts';
export type { WebErrorReason, WebErrorValues } from './errors.ts';
