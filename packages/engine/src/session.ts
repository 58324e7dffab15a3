/**
 * @file ONNX Runtime, whichever build the caller brings.
 *
 * A browser hands in `onnxruntime-web`, Node hands in `onnxruntime-node`. The
 * engine imports neither, only their shared types.
 */
import type { InferenceSession, TypedTensor } from 'onnxruntime-common';

import { EngineError } from './errors.ts';

/** The part of an onnxruntime module that is called. */
export interface Ort {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (
    type: 'float32',
    data: Float32Array,
    dims: readonly number[],
  ) => TypedTensor<'float32'>;
}

/** How a session runs. */
export interface SessionSettings {
  /** Threads of one operator; the runtime decides by default. */
  readonly intraOpNumThreads?: number;
  /** Names of execution providers in order of preference; the runtime's default is the processor. */
  readonly executionProviders?: readonly string[];
}

/**
 * Opens a session with the settings that were measured best for this engine.
 *
 * Memory patterns cost up to twice the memory and bring no speed; spinning
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
