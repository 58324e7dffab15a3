/** @file The models that `analyze` needs, opened with one call. */
import { openFaceModels, TelltaleError } from '@telltale/core';
import type { AnalysisTools, FaceModels } from '@telltale/core';
import { faceModelsOf, openFaceDetector, type FaceNetwork } from '@telltale/core/face';
import type { Recognizer } from '@telltale/core/recognize';
import type { UnitsModel } from '@telltale/core/units';

import { openMeshThread } from './face/mesh.ts';
import { readFaceModelFiles } from './face-models.ts';
import { hasSecondCore, openFollower } from './motion/follower.ts';
import { assertChoice, openRecognizer, openUnits } from './recognizers.ts';
import type { RecognizerChoice } from './recognizers.ts';
import { loadRuntime } from './runtime.ts';

/** Options of {@link openTools}. */
export interface ToolsOptions extends RecognizerChoice {
  /** `false` opens the face models alone: movements are spotted and not classified. */
  readonly recognizer?: false | undefined;
  /** CPU threads that one network may use. @defaultValue 1 */
  readonly threads?: number | undefined;
  /**
   * Whether landmarks are found and movement is measured in threads of their own. The results are the same.
   *
   * @defaultValue where there is a second core
   */
  readonly parallel?: boolean | undefined;
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
 * Opens the face models and a recognizer, from the packages that ship them: nothing is downloaded.
 *
 * Takes about half a second. Open them once and use them for as many clips as there are, one clip at a time.
 *
 * @example
 * ```ts
 * const tools = await openTools({ network: 'ensemble' });
 * const { report } = await analyze(await openClip('clip.mp4'), tools);
 * await tools.close();
 * ```
 *
 * @throws TelltaleError `OPTION_INVALID` for an unknown network, for `network` together with `weights`,
 *   or for either with `recognizer: false`; `FILE_MISSING`; `WEIGHTS_CORRUPT`, `WEIGHTS_MISMATCH`, `MODEL_…`
 *   for weights that cannot be used; `CANCELED` after the signal
 */
export async function openTools(options: ToolsOptions = {}): Promise<Tools> {
  const { recognizer, threads = 1, parallel = hasSecondCore(), signal, ...choice } = options;
  assertOptions(options);
  throwIfAborted(signal);
  const face = await (parallel ? openInThreads(threads) : openHere(threads));
  try {
    throwIfAborted(signal);
    const follow = parallel ? { openFollower } : {};
    if (recognizer === false) return { face, ...follow, close: () => face.close() };
    const units = await openUnits();
    const opened = await openRecognizer({ ...choice, threads });
    const close = async (): Promise<void> => {
      await face.close();
      await opened.release();
    };
    if (signal?.aborted) await opened.release();
    throwIfAborted(signal);
    return { face, recognizer: opened, units, ...follow, close };
  } catch (error) {
    await face.close();
    throw error;
  }
}

async function openHere(threads: number): Promise<FaceModels> {
  return openFaceModels(await loadRuntime(), await readFaceModelFiles(), { threads });
}

/** The detector in this thread, and the mesh in another, at the same time. */
async function openInThreads(threads: number): Promise<FaceModels> {
  // Before the thread starts, which has to find its telemetry turned off.
  const runtime = await loadRuntime();
  const openDetector = async (): Promise<FaceNetwork> => {
    const { detection } = await readFaceModelFiles();
    return openFaceDetector(runtime, detection, { threads });
  };
  const opening = openMeshThread({ threads });
  const [mesh, detector] = await Promise.allSettled([opening, openDetector()]);
  if (mesh.status === 'fulfilled' && detector.status === 'fulfilled') {
    return faceModelsOf({ detector: detector.value, mesh: mesh.value });
  }
  for (const one of [mesh, detector]) if (one.status === 'fulfilled') await one.value.close();
  throw [mesh, detector].find((one) => one.status === 'rejected')!.reason;
}

function assertOptions({ recognizer, network, weights, threads }: ToolsOptions): void {
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `threads is ${threads}`,
      'Give a positive integer, such as 4.',
    );
  }
  const given = weights === undefined ? 'network' : 'weights';
  if (recognizer === false && (weights ?? network) !== undefined) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `${given} and recognizer: false are both given`,
      'Leave one of them out.',
    );
  }
  assertChoice({ network, weights });
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new TelltaleError('CANCELED', 'canceled', 'Call openTools again to get the models.');
  }
}
