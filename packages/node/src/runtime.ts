/** @file ONNX Runtime for Node, loaded when a command first needs it. */
import type { Ort } from '@telltale/core';

/** The native runtime, to be handed in where a network runs. Its chatter is off; its errors are thrown. */
export async function loadRuntime(): Promise<Ort> {
  const ort = await import('onnxruntime-node');
  ort.env.logLevel = 'error';
  return ort;
}
