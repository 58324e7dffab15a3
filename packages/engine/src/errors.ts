/**
 * @file The one error class of the engine, and the list of its codes.
 *
 * A message states what happened, with the values that caused it. A hint states
 * what to do about it. Callers branch on `code`, never on the message.
 */

/** Every code the engine can throw. */
export type EngineErrorCode =
  | 'SHAPE_MISMATCH'
  | 'OPTION_INVALID'
  | 'PARAMETER_INVALID'
  | 'PARAMETER_MISMATCH'
  | 'GRADIENT_MISSING'
  | 'INPUT_MISMATCH'
  | 'FILE_CORRUPT'
  | 'CHECKPOINT_MISMATCH'
  | 'LOSS_NOT_FINITE'
  | 'SESSION_FAILED'
  | 'SESSION_BUSY'
  | 'SESSION_RELEASED';

/** Thrown for every failure that a caller can cause, foresee or repair. */
export class EngineError extends Error {
  /** Name of the class, as in the message of an uncaught error. */
  override readonly name = 'EngineError';
  /** Stable, machine-readable cause. */
  readonly code: EngineErrorCode;
  /** One sentence: what the reader can do now. */
  readonly hint: string;

  constructor(code: EngineErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}
