/** @file The type of ONNX Runtime, of which the caller passes either build. */
export type { Ort } from '@telltale/engine/onnx';
