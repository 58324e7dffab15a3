/**
 * @file The one error class of the library, and the list of its codes.
 *
 * A message describes what happened, with the values that caused it. A hint
 * describes what to do about it. Callers branch on `code`, never on the message.
 */

/** Every code the library can throw. Adding one is a minor release; changing one is a major. */
export type ErrorCode =
  | 'FILE_MISSING'
  | 'FILE_UNREADABLE'
  | 'OUTPUT_UNWRITABLE'
  | 'OPTION_INVALID'
  | 'VIDEO_UNREADABLE'
  | 'VIDEO_TRUNCATED'
  | 'VIDEO_DECODER_MISSING'
  | 'FRAMES_EMPTY'
  | 'FRAMES_SIZE_CHANGED'
  | 'FRAMES_AMBIGUOUS'
  | 'FRAME_UNREADABLE'
  | 'CLIP_TOO_SHORT'
  | 'MEMORY_LIMIT'
  | 'FACE_NOT_FOUND'
  | 'SHAPE_MISMATCH'
  | 'DATASET_FILE_MISSING'
  | 'DATASET_COLUMN_MISSING'
  | 'DATASET_INVALID'
  | 'WEIGHTS_CORRUPT'
  | 'WEIGHTS_MISMATCH'
  | 'MODEL_INPUT_MISMATCH'
  | 'MODEL_UNSUPPORTED'
  | 'MODEL_UNREADABLE'
  | 'MODEL_DESCRIPTION_INVALID'
  | 'MODEL_CHANGED'
  | 'MODEL_OUTPUT_MISMATCH'
  | 'CHECKPOINT_MISMATCH'
  | 'DATASET_CHANGED'
  | 'COUNTS_MISMATCH'
  | 'FOLD_CORRUPT'
  | 'FOLDS_MISSING'
  | 'LEAK_FOUND'
  | 'CLIPS_FAILED'
  | 'LAUNCHER_UNAVAILABLE'
  | 'SYSTEM_LIMIT'
  | 'REPORT_INVALID'
  | 'CANCELED';

/** Thrown for every failure that a caller can cause, foresee or repair. */
export class TelltaleError extends Error {
  /** Always `TelltaleError`. */
  override readonly name = 'TelltaleError';
  /** Stable, machine-readable cause. */
  readonly code: ErrorCode;
  /** One sentence: what the reader can do now. */
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}
