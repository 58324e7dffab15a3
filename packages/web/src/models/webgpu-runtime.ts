/** @file ONNX Runtime with WebGPU: a script and a binary of their own, fetched only when the GPU is tried. */
import type { Ort } from '@telltale/core';
import * as ort from 'onnxruntime-web/jspi';

const module = new URL('onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs', import.meta.url);
const binary = new URL('onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm', import.meta.url);
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = { wasm: binary.href, mjs: module.href };
ort.env.logLevel = 'error';

/** The runtime; throws where the browser cannot suspend WebAssembly (JSPI). */
export const webgpuRuntime: Ort = ort;
