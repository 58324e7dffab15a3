/**
 * @file ONNX Runtime, whichever build the caller passes.
 *
 * A browser passes `onnxruntime-web`, Node passes `onnxruntime-node`. The
 * engine imports neither, only their shared types.
 */
import type { InferenceSession, TypedTensor } from 'onnxruntime-common';

/** The part of an onnxruntime module that is called. */
export interface Ort {
  /** Which build it is. */
  readonly env?: {
    /** Of the runtime's packages. */
    readonly versions: {
      /** Of `onnxruntime-node`; absent elsewhere. */
      readonly node?: string | undefined;
    };
  };
  /** Opens models. */
  readonly InferenceSession: {
    /** Loads an ONNX file from its bytes. */
    create(model: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  /** Constructor of float32 tensors; `data` is row-major. */
  readonly Tensor: new (
    type: 'float32',
    data: Float32Array,
    dims: readonly number[],
  ) => TypedTensor<'float32'>;
}
