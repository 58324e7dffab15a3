/** @file ONNX files without the training engine: `@telltale/engine/onnx`. */
export { Graph, type Attribute, type Shape, type Target } from './graph.ts';
export { readModelMetadata, writeModel } from './model.ts';
