/** @file ONNX Runtime as WebAssembly, loaded when it is first needed. */
import { TelltaleError } from '@telltale/core';
import type { Ort } from '@telltale/core';

import { bundled, type ModelAddresses } from './assets.ts';

let loaded: Promise<Ort> | undefined;
let threadsInUse = 1;

/**
 * Loads the runtime, once per page or worker.
 *
 * @param threads - of all networks together; more than one only where the page may share memory
 * @throws TelltaleError `OPTION_INVALID` where the runtime already runs with another number of threads
 */
export function loadRuntime(
  threads: number | undefined,
  addresses: ModelAddresses = {},
): Promise<Ort> {
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0))
    throw new TelltaleError('OPTION_INVALID', `threads is ${threads}`, 'Give a positive integer.');
  const wanted = threads === undefined || !globalThis.crossOriginIsolated ? 1 : threads;
  if (loaded === undefined) threadsInUse = wanted;
  else if (threads !== undefined && wanted !== threadsInUse)
    throw new TelltaleError(
      'OPTION_INVALID',
      `threads is ${threads}, and the runtime of this page already runs with ${threadsInUse}`,
      'Use one number of threads in one page or worker.',
    );
  loaded ??= load(addresses);
  return loaded;
}

async function load(addresses: ModelAddresses): Promise<Ort> {
  const ort = await import('onnxruntime-web/wasm');
  ort.env.wasm.numThreads = threadsInUse;
  ort.env.wasm.wasmPaths = {
    wasm: String(addresses.runtimeBinary ?? bundled.runtimeBinary),
    mjs: String(addresses.runtimeModule ?? bundled.runtimeModule),
  };
  ort.env.logLevel = 'error';
  return ort;
}
