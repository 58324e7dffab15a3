/** @file From whatever was thrown to a problem that the page has words for. */
import { TelltaleError } from '@telltale/core/errors';
import type { ErrorCode } from '@telltale/core';
import { WebError } from '@telltale/web/errors';

import type { Problem, ProblemCode } from './protocol.ts';

/** Thrown by the page itself; what its libraries throw is translated by {@link problemOf}. */
export class PageError extends Error {
  override readonly name = 'PageError';
  readonly code: ProblemCode;
  readonly values: Problem['values'];

  constructor(code: ProblemCode, values: Problem['values'] = {}, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.values = values;
  }
}

/** What the library's codes mean on the page. */
const known: Partial<Record<ErrorCode, ProblemCode>> = {
  CANCELED: 'CANCELED',
  FACE_NOT_FOUND: 'FACE_NOT_FOUND',
  FRAMES_EMPTY: 'FRAMES_EMPTY',
  FRAMES_SIZE_CHANGED: 'VIDEO_BROKEN',
  MEMORY_LIMIT: 'OUT_OF_MEMORY',
  MODEL_CHANGED: 'MODEL_CHANGED',
  MODEL_DESCRIPTION_INVALID: 'MODEL_DESCRIPTION',
  MODEL_INPUT_MISMATCH: 'MODEL_INPUT',
  MODEL_OUTPUT_MISMATCH: 'MODEL_CLASSES',
  MODEL_UNREADABLE: 'MODEL_NOT_ONNX',
  REPORT_INVALID: 'REPORT_UNREADABLE',
  VIDEO_TRUNCATED: 'VIDEO_BROKEN',
  VIDEO_UNREADABLE: 'NOT_VIDEO',
  WEIGHTS_CORRUPT: 'MODEL_UNREADABLE',
  WEIGHTS_MISMATCH: 'MODEL_UNREADABLE',
};

/** The problem behind anything that was thrown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof PageError) {
    const cause = error.cause instanceof Error ? error.cause.message : '';
    return { code: error.code, values: error.values, message: cause };
  }
  if (error instanceof WebError) {
    const cause = error.cause instanceof Error ? error.cause.message : '';
    return { code: error.reason, values: error.values, message: cause };
  }
  if (error instanceof TelltaleError) {
    return { code: known[error.code] ?? 'UNKNOWN', values: {}, message: error.message };
  }
  const message = error instanceof Error ? error.message : String(error);
  // A file that was moved, changed or deleted after it was chosen.
  if (error instanceof DOMException && /^Not(?:Readable|Found)Error$/.test(error.name)) {
    return { code: 'FILE_GONE', values: {}, message };
  }
  const isMemory = error instanceof RangeError || /memory|allocation/i.test(message);
  return { code: isMemory ? 'OUT_OF_MEMORY' : 'UNKNOWN', values: {}, message };
}

/**
 * Why there is no picture from the camera, by what the browser threw.
 *
 * @param isSecure - whether the page may ask for a camera at all
 */
export function cameraProblem(error: unknown, isSecure: boolean): Problem {
  const name = error instanceof DOMException ? error.name : '';
  const code: ProblemCode = !isSecure
    ? 'CAMERA_INSECURE'
    : name === 'NotFoundError' || name === 'OverconstrainedError'
      ? 'CAMERA_MISSING'
      : name === 'NotReadableError' || name === 'AbortError'
        ? 'CAMERA_BUSY'
        : 'CAMERA_DENIED';
  return { code, values: {}, message: String(error) };
}
