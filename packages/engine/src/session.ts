/** @file Opens sessions of ONNX Runtime. */
import type { InferenceSession } from 'onnxruntime-common';

import { EngineError } from './errors.ts';
import type { Ort } from './onnx/runtime.ts';

/** How a session runs. */
export interface SessionSettings {
  /** Threads of one operator; chosen by the runtime by default. */
  readonly intraOpNumThreads?: number;
  /** Names of execution providers in order of preference; the CPU by default. */
  readonly executionProviders?: readonly string[];
}

/**
 * Opens a session with the settings that were measured best for this engine.
 *
 * Memory patterns use up to twice the memory without being faster; spinning
 * threads slow down shared machines.
 *
 * @throws EngineError `SESSION_FAILED`
 */
export async function openSession(
  ort: Ort,
  model: Uint8Array,
  settings: SessionSettings,
): Promise<InferenceSession> {
  const { intraOpNumThreads, executionProviders } = settings;
  try {
    return await ort.InferenceSession.create(model, {
      enableMemPattern: false,
      extra: { session: { intra_op: { allow_spinning: '0' } } },
      ...(intraOpNumThreads !== undefined && { intraOpNumThreads }),
      ...(executionProviders && { executionProviders: [...executionProviders] }),
    });
  } catch (cause) {
    throw new EngineError(
      'SESSION_FAILED',
      `ONNX Runtime cannot open the model: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Check that the file is an ONNX model and that this build of the runtime has its operators.',
      { cause },
    );
  }
}
