/** @file The page's session: which screen is shown, with what that screen needs, and the worker behind it. */
import type { ModelFile } from '@telltale/web/model-files';

import { WorkerProblem, type RemoteWorker } from './rpc.ts';
import { problemOf } from './problem.ts';
import { startAnalysis } from './workers.ts';
import type {
  Choice,
  OpenedModel,
  Problem,
  ProblemCode,
  Progress,
  Requests,
  Result,
} from './protocol.ts';
import type { Reopened } from '../export/review-file.ts';
import { estimate, type Estimate } from '../analysis/progress.ts';
import type { Review } from '../report/review.ts';
import { runningOf } from '../analysis/run-options.ts';

/** A report with its clip. */
export interface Finished {
  readonly file: Blob;
  readonly name: string;
  readonly result: Result;
  /** Corrections from a review file that was reopened. */
  readonly review?: Review | undefined;
}

/** A running analysis. */
export interface Working {
  readonly name: 'working';
  /** Name of the clip. */
  readonly file: string;
  readonly progress?: Estimate | undefined;
  readonly counted?: { readonly done: number; readonly total: number } | undefined;
  /** Size of the clip, once it is known. */
  readonly size?: Progress['size'];
  /** The review that is being reopened. */
  readonly pending?: Reopened | undefined;
}

/** A problem, and how to continue. */
export interface Failed {
  readonly name: 'problem';
  readonly problem: Problem;
  /** Name of the clip, or empty. */
  readonly file: string;
  /** Runs the failed action again, if that may help. */
  readonly retry?: (() => void) | undefined;
  /** A review whose clip can be chosen again. */
  readonly pending?: Reopened | undefined;
}

/** What the page shows; each screen has exactly the data that it needs. */
export type Screen =
  | { readonly name: 'start'; readonly notice?: 'discarded' | undefined }
  | Working
  | {
      readonly name: 'report';
      readonly finished: Finished;
      /** The worker stopped unexpectedly: nothing can be re-examined. */
      readonly isCut: boolean;
    }
  | Failed
  | { readonly name: 'reopen'; readonly pending: Reopened }
  | {
      readonly name: 'live';
      /** Counts how often the camera was opened: each time has a view of its own. */
      readonly take: number;
    };

/** Problems that may not occur again on another attempt. */
const TRANSIENT: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  ...(['CAMERA_DENIED', 'CAMERA_MISSING', 'CAMERA_BUSY', 'DECODER_MISSING'] as const),
  ...(['OUT_OF_MEMORY', 'WORKER_ENDED', 'UNKNOWN'] as const),
]);

const DEMONSTRATION = 'demonstration.mp4';

/** The page's only session. Fields are reactive. */
export class Session {
  /** User-supplied recognizer. */
  own = $state.raw<({ readonly model: ModelFile } & OpenedModel) | undefined>();
  /** A user-supplied recognizer is being opened, to check that it works. */
  isOpeningModel = $state(false);
  /** Built-in recognizer, by the name of its network; by default the first. */
  network = $state<string | undefined>();

  #screen = $state.raw<Screen>({ name: 'start' });
  #worker: RemoteWorker<Requests> | undefined;
  #lastAction: (() => void) | undefined;

  get screen(): Screen {
    return this.#screen;
  }

  /** Name of the clip of the current screen, or empty. */
  get file(): string {
    const screen = this.#screen;
    if (screen.name === 'report') return screen.finished.name;
    return screen.name === 'working' || screen.name === 'problem' ? screen.file : '';
  }

  /** The worker that analyzes; the same one until a clip is discarded. */
  get worker(): RemoteWorker<Requests> {
    if (this.#worker === undefined) {
      this.#worker = startAnalysis(() => {
        this.#worker = undefined;
        const screen = this.#screen;
        if (screen.name === 'report') this.#screen = { ...screen, isCut: true };
      });
      // If it ends before it answers, the next request reports that.
      this.#worker.ask('run', runningOf(location.search)).catch(() => undefined);
    }
    return this.#worker;
  }

  /** Analyzes a file. */
  async analyze(file: Blob, name: string): Promise<void> {
    this.#begin(name, () => void this.analyze(file, name));
    try {
      const ask = { clip: file, name, ...this.#choice };
      const result = await this.worker.ask('analyze', ask, this.#onProgress);
      this.#report({ file: result.preview ?? file, name, result });
    } catch (error) {
      this.#failWork(error);
    }
  }

  /** Opens a user-supplied recognizer; true if it works. */
  async openModel(files: readonly File[]): Promise<boolean> {
    this.isOpeningModel = true;
    if (this.#screen.name === 'start') this.#screen = { name: 'start' };
    const names = files.map(({ name }) => name).join(', ');
    try {
      const { readModelFiles } = await import('@telltale/web/model-files');
      const model = await readModelFiles(files);
      this.own = { model, ...(await this.worker.ask('openModel', model)) };
      return true;
    } catch (error) {
      const problem = error instanceof WorkerProblem ? error.problem : problemOf(error);
      if (problem.code !== 'CANCELED') this.show({ ...problem, values: { name: names } });
      return false;
    } finally {
      this.isOpeningModel = false;
    }
  }

  get #choice(): Choice {
    return { own: this.own?.model, network: this.network };
  }

  /** Generates the demonstration clip and analyzes it. */
  async demo(): Promise<void> {
    this.#begin(DEMONSTRATION, () => void this.demo());
    try {
      const clip = await this.worker.ask('demo', { seed: 7 }, this.#onProgress);
      await this.analyze(clip, DEMONSTRATION);
    } catch (error) {
      this.#failWork(error);
    }
  }

  /** Opens the camera, again if it is open already. */
  openCamera(): void {
    const screen = this.#screen;
    this.#lastAction = () => this.openCamera();
    this.#screen = { name: 'live', take: screen.name === 'live' ? screen.take + 1 : 0 };
  }

  /** Asks again for the clip of a review. */
  chooseAgain(pending: Reopened): void {
    this.#screen = { name: 'reopen', pending };
  }

  /** Reads a saved review; its clip is chosen next. */
  async reopen(file: Blob): Promise<void> {
    try {
      const { readReviewFile } = await import('../export/review-file.ts');
      this.#screen = { name: 'reopen', pending: readReviewFile(await file.text()) };
    } catch (error) {
      this.show(problemOf(error));
    }
  }

  /** Shows a review on its clip. */
  async resume(pending: Reopened, file: Blob, name: string): Promise<void> {
    this.#begin(name, () => void this.resume(pending, file, name), pending);
    try {
      const { report, review, regions } = pending;
      const ask = { clip: file, name, regions, ...this.#choice };
      const opened = await this.worker.ask('resume', ask, this.#onProgress);
      const { width, height, frames } = report.clip;
      if (opened.width !== width || opened.height !== height || opened.frames !== frames) {
        const wanted = `${report.clip.name}: ${width} × ${height}, ${frames}`;
        const given = `${name}: ${opened.width} × ${opened.height}, ${opened.frames}`;
        this.show({ code: 'REPORT_OTHER_CLIP', values: { wanted, given }, message: '' });
        return;
      }
      const { wheel, preview } = opened;
      const result = { report, images: [], regions: opened.regions, wheel, preview, took: 0 };
      this.#report({ file: preview ?? file, name, result, review });
    } catch (error) {
      this.#failWork(error);
    }
  }

  /** Stops the analysis and returns to the start; nothing is kept. */
  cancel(): void {
    this.#endWorker();
    this.#screen = { name: 'start' };
  }

  /** Removes everything about the clip and returns to the start. */
  discard(): void {
    this.#endWorker();
    this.#screen = { name: 'start', notice: 'discarded' };
  }

  /** Shows a problem instead of the current screen. */
  show(problem: Problem): void {
    const screen = this.#screen;
    this.#screen = {
      name: 'problem',
      problem,
      file: this.file,
      retry: TRANSIENT.has(problem.code) ? this.#lastAction : undefined,
      pending: 'pending' in screen ? screen.pending : undefined,
    };
  }

  /** Shows a thrown error as a problem. */
  fail(error: unknown): void {
    this.show(error instanceof WorkerProblem ? error.problem : problemOf(error));
  }

  readonly #onProgress = (progress: Progress): void => {
    const screen = this.#screen;
    if (screen.name !== 'working') return;
    const { done, total, size } = progress;
    this.#screen = {
      ...screen,
      progress: estimate(screen.progress, progress, performance.now()),
      counted: total === undefined || done === 0 ? undefined : { done, total },
      size: size ?? screen.size,
    };
  };

  #begin(file: string, action: () => void, pending?: Reopened): void {
    this.#lastAction = action;
    this.#screen = { name: 'working', file, pending };
  }

  #report(finished: Finished): void {
    this.#screen = { name: 'report', finished, isCut: false };
  }

  #endWorker(): void {
    this.#worker?.close();
    this.#worker = undefined;
    this.#lastAction = undefined;
  }

  #failWork(error: unknown): void {
    if (this.#screen.name !== 'working') return; // canceled in the meantime
    this.fail(error);
  }
}
