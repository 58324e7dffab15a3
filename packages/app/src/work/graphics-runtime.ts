/** @file ONNX Runtime with WebGPU: a script and a binary of their own, fetched only by {@link placed}. */
import type { Ort } from '@telltale/core';
import * as ort from 'onnxruntime-web/jspi';
import runtimeModule from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import runtimeBinary from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';

const addressOf = (asset: string): string => new URL(asset, import.meta.url).href;
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = { wasm: addressOf(runtimeBinary), mjs: addressOf(runtimeModule) };
ort.env.logLevel = 'error';

/** The runtime; throws where the browser cannot suspend WebAssembly (JSPI). */
export const graphicsRuntime = ort as unknown as Ort;
