/**
 * @file Where folds run.
 *
 * A fold is what `telltale fold run RUN --index I` does: read `plan.json`, write
 * `folds/….json`, whole or not at all. An engine only starts such processes.
 * Whether a fold is done is asked of the folder, never of the engine: that is
 * what makes a run resumable and the engines alike.
 */

/** Folds to be run. */
export interface Run {
  /** Absolute path, on storage that every worker sees. */
  readonly folder: string;
  /** Folds that are missing. */
  readonly indices: readonly number[];
  /** Number of folds in all. */
  readonly total: number;
}

/** How folds are run. */
export interface EngineOptions {
  /** Folds at a time; all that can be had where left out. */
  readonly parallel?: number | undefined;
  readonly signal: AbortSignal;
  /** Something to tell the person who waits. */
  readonly note: (text: string) => void;
}

/** A place where folds run. */
export interface Engine {
  readonly name: string;
  /**
   * Starts the folds and resolves when each has ended, well or badly.
   *
   * @throws TelltaleError `ENGINE_UNAVAILABLE` where nothing could be started, `CANCELED`, or what a
   *   fold says that every other one would say too, such as `DATASET_CHANGED`
   */
  run(run: Run, options: EngineOptions): Promise<void>;
}

/** The words after `telltale` that do folds. */
export function foldWords({ folder }: Pick<Run, 'folder'>, which: readonly string[]): string[] {
  return ['fold', 'run', folder, ...which];
}
