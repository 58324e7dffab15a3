/** @file The models that `analyze` needs, opened with one call. */
import { TelltaleError } from '@telltale/core';
import type { AnalysisTools, FaceModels, Recognizer } from '@telltale/core';
import type { UnitsModel } from '@telltale/core/units';

import { openFace } from './face.ts';
import { assertChoice, openRecognizer, openUnits } from './recognizers.ts';
import type { RecognizerOptions } from './recognizers.ts';

/** Options of {@link openTools}. */
export interface ToolsOptions extends RecognizerOptions {
  /** `false` opens the face models alone: movements are spotted and not classified. */
  readonly recognizer?: false | undefined;
  /** Cancels opening; what is already open is closed. */
  readonly signal?: AbortSignal | undefined;
}

/** Opened models, ready to be given to `analyze` of `@telltale/core`. */
export interface Tools extends AnalysisTools {
  /** MediaPipe's face detector and mesh. */
  readonly face: FaceModels;
  /** Absent with `recognizer: false`. */
  readonly recognizer?: Recognizer;
  /** Recognizes action units. Absent with `recognizer: false`. */
  readonly units?: UnitsModel;
  /** Releases the sessions of all models; they cannot run afterwards. */
  close(): Promise<void>;
}

/**
 * Opens the face models and a recognizer. Everything is fetched from where the script itself is served; nothing is sent.
 *
 * Takes about a second. Open them once and use them for as many clips as there are, one clip at a time.
 *
 * @example
 * ```ts
 * const tools = await openTools({ network: 'ensemble' });
 * const clip = await openClip(file);
 * const { report } = await analyze(clip, tools);
 * clip.close();
 * await tools.close();
 * ```
 *
 * @throws TelltaleError `OPTION_INVALID` for options that exclude each other or are out of range; `FILE_UNREADABLE`
 *   where a file is not served; `WEIGHTS_CORRUPT`, `WEIGHTS_MISMATCH`, `MODEL_…` for weights that cannot be used;
 *   `CANCELED` after the signal
 */
export async function openTools(options: ToolsOptions = {}): Promise<Tools> {
  const { recognizer, signal, ...choice } = options;
  const { network, weights, webgpu, threads, addresses } = choice;
  if (recognizer === false && (network ?? weights ?? webgpu) !== undefined)
    throw new TelltaleError(
      'OPTION_INVALID',
      'an option of the recognizer and recognizer: false are both given',
      'Leave one of them out.',
    );
  assertChoice(choice);
  throwIfAborted(signal);
  const face = await openFace({ threads, addresses });
  try {
    throwIfAborted(signal);
    if (recognizer === false) return { face, close: () => face.close() };
    const units = await openUnits(addresses);
    const opened = await openRecognizer(choice);
    if (signal?.aborted) await opened.release();
    throwIfAborted(signal);
    const close = async (): Promise<void> => {
      await face.close();
      await opened.release();
    };
    return { face, recognizer: opened, units, close };
  } catch (error) {
    await face.close();
    throw error;
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new TelltaleError('CANCELED', 'canceled', 'Call openTools again to get the models.');
}
