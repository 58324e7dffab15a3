/** @file Converts thrown values to problems, for which the page has texts. */
import { TelltaleError } from '@telltale/core/errors';
import type { ErrorCode } from '@telltale/core';
import { WebError } from '@telltale/web/errors';

import type { Problem, ProblemCode } from './protocol.ts';

/** Thrown by the page itself; errors of libraries are converted by {@link problemOf}. */
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

/** Problems by the codes of the library. */
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

/** The engine's codes for files that cannot be read; known by name, so that the page does not load the engine. */
const unreadable: ReadonlySet<unknown> = new Set(['FILE_CORRUPT', 'PARAMETER_MISMATCH']);

/** The problem behind any thrown value. */
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
  if (error instanceof Error && error.name === 'EngineError') {
    const { code } = error as Error & { readonly code?: unknown };
    if (unreadable.has(code)) return { code: 'MODEL_UNREADABLE', values: {}, message };
  }
  // A file that was moved, changed or deleted after it was chosen.
  if (error instanceof DOMException && /^Not(?:Readable|Found)Error$/.test(error.name)) {
    return { code: 'FILE_GONE', values: {}, message };
  }
  const isMemory = error instanceof RangeError || /memory|allocation/i.test(message);
  return { code: isMemory ? 'OUT_OF_MEMORY' : 'UNKNOWN', values: {}, message };
}

/**
 * The problem behind an error of `getUserMedia`.
 *
 * @param isSecure - whether the page is a secure context, which cameras require
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

/** Problems that may not occur again on another attempt. */
export const TRANSIENT: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  ...(['CAMERA_DENIED', 'CAMERA_MISSING', 'CAMERA_BUSY', 'DECODER_MISSING'] as const),
  ...(['OUT_OF_MEMORY', 'WORKER_ENDED', 'UNKNOWN'] as const),
]);

interface ClipSize {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
}

/** The problem of a review whose clip is another one; undefined where it may be the same. */
export function otherClip(wanted: ClipSize, given: ClipSize): Problem | undefined {
  const words = ({ name, width, height, frames }: ClipSize): string =>
    `${name}: ${width} × ${height}, ${frames}`;
  const isSame = (['width', 'height', 'frames'] as const).every(
    (key) => wanted[key] === given[key],
  );
  if (isSame) return undefined;
  return {
    ...{ code: 'REPORT_OTHER_CLIP', message: '' },
    values: { wanted: words(wanted), given: words(given) },
  };
}
