/** @file ONNX files and the runtime that executes them, without the training engine: `@telltale/engine/onnx`. */
export { Graph, type Attribute, type Shape, type Target } from './graph.ts';
export { readModelMetadata, writeModel } from './model.ts';
export type { Ort } from './runtime.ts';
