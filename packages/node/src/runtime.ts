/**
 * @file ONNX Runtime for Node, loaded when a network first runs, with its telemetry off.
 *
 * From version 1.29 on, ONNX Runtime for Linux and macOS collects events about sessions and models,
 * keeps a device identifier under `~/.cache` and uploads both. Only the environment variable
 * `ORT_DISABLE_TELEMETRY`, set before the runtime starts, turns all of that off, for as long as the
 * process lives (microsoft/onnxruntime#27379). This is therefore the only module that loads it; the
 * lint forbids any other import. `onnxruntime-web` has no telemetry.
 */
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

import { TelltaleError } from '@telltale/core/errors';
import type { Ort } from '@telltale/core';

const OPT_OUT = 'ORT_DISABLE_TELEMETRY';

/**
 * Loads ONNX Runtime with its telemetry off. It logs errors only; they are also thrown.
 *
 * @returns what `openFaceModels` and `openRecognizer` of `@telltale/core` take as their first argument
 * @throws TelltaleError `OPTION_INVALID` in a worker thread of a process that was not started with
 *   `ORT_DISABLE_TELEMETRY=1`: a thread has only a copy of the environment and cannot change it for the process
 */
export async function loadRuntime(): Promise<Ort> {
  disableTelemetry();
  const ort = await import('onnxruntime-node');
  ort.env.logLevel = 'error';
  return ort;
}

function disableTelemetry(): void {
  if (process.env[OPT_OUT] === '1') return;
  if (!isMainThread) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `the telemetry of ONNX Runtime cannot be turned off from a worker thread, and ${OPT_OUT} is not set to 1`,
      `Start the program with ${OPT_OUT}=1, or set process.env.${OPT_OUT} = '1' in the main thread before the worker starts.`,
    );
  }
  process.env[OPT_OUT] = '1';
}
