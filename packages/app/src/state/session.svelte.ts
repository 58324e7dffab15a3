/** @file What the page is doing: nothing yet, at work, showing a report, or explaining a problem. */
import type { ModelFile } from '@telltale/web/model-files';

import { WorkerProblem, type RemoteWorker } from '../work/rpc.ts';
import { problemOf } from '../work/problem.ts';
import { startAnalysis } from '../work/workers.ts';
import type {
  Brought,
  Choice,
  Problem,
  ProblemCode,
  Progress,
  Requests,
  Result,
} from '../work/protocol.ts';
import type { Reopened } from '../export/review-file.ts';
import { estimate, type Estimate } from '../model/progress.ts';
import type { Review } from '../model/review.ts';
import { runningOf } from '../model/running.ts';

/** A report with the clip it is of. */
export interface Finished {
  readonly file: Blob;
  readonly name: string;
  readonly result: Result;
  /** What a person had made of it before, in a file that was opened again. */
  readonly review?: Review | undefined;
}

/** Problems that another try may not meet again. */
const MENDED: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  ...(['CAMERA_DENIED', 'CAMERA_MISSING', 'CAMERA_BUSY', 'DECODER_MISSING'] as const),
  ...(['OUT_OF_MEMORY', 'WORKER_ENDED', 'UNKNOWN'] as const),
]);

/** The page's one session. Fields are reactive. */
export class Session {
  screen = $state<'start' | 'working' | 'report' | 'problem' | 'reopen' | 'live'>('start');
  name = $state('');
  progress = $state<Estimate | undefined>();
  counted = $state<{ readonly done: number; readonly total: number } | undefined>();
  problem = $state<Problem | undefined>();
  finished = $state.raw<Finished | undefined>();
  /** How many times the camera was opened anew: each has a view of its own. */
  takes = $state(0);
  /** A sentence for the start view, such as that a clip was forgotten. */
  notice = $state<'forgotten' | undefined>();
  /** A review that waits for its clip. */
  pending = $state.raw<Reopened | undefined>();
  /** Size of the clip that is worked on, once it is known. */
  size = $state<Progress['size']>();
  /** The worker ended by itself while a report was shown: nothing can be looked at again. */
  isCut = $state(false);
  /** A recognizer that the person brought, and what is known of it. */
  own = $state.raw<({ readonly model: ModelFile } & Brought) | undefined>();
  /** A recognizer is being opened to see whether it works. */
  isBringing = $state(false);
  /** One that ships, by the name of its network; the first where nobody chose. */
  network = $state<string | undefined>();

  #worker: RemoteWorker<Requests> | undefined;
  #again: (() => void) | undefined;

  /** The worker that analyzes; the same one until a clip is forgotten. */
  get worker(): RemoteWorker<Requests> {
    if (this.#worker === undefined) {
      this.#worker = startAnalysis(() => {
        this.#worker = undefined;
        this.isCut = this.screen === 'report';
      });
      // Where it ends before it can answer, what it was asked next says so.
      this.#worker.ask('run', runningOf(location.search)).catch(() => undefined);
    }
    return this.#worker;
  }

  /** What to do once more after a problem, where that may help. */
  get retry(): (() => void) | undefined {
    const code = this.problem?.code;
    if (code === undefined || !MENDED.has(code)) return undefined;
    return this.#again;
  }

  /** Analyzes a file. */
  async analyze(file: Blob, name: string): Promise<void> {
    this.#begin(name);
    this.#again = () => void this.analyze(file, name);
    try {
      const ask = { clip: file, name, ...this.#choice };
      const result = await this.worker.ask('analyze', ask, this.#tell);
      this.finished = { file: result.preview ?? file, name, result };
      this.screen = 'report';
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Takes a recognizer that the person brought, if it works; true if it does. */
  async bring(files: readonly File[]): Promise<boolean> {
    this.isBringing = true;
    this.notice = undefined;
    const names = files.map(({ name }) => name).join(', ');
    try {
      const { readModelFiles } = await import('@telltale/web/model-files');
      const model = await readModelFiles(files);
      this.own = { model, ...(await this.worker.ask('bring', model)) };
      return true;
    } catch (error) {
      const problem = error instanceof WorkerProblem ? error.problem : problemOf(error);
      if (problem.code !== 'CANCELED') this.show({ ...problem, values: { name: names } });
      return false;
    } finally {
      this.isBringing = false;
    }
  }

  get #choice(): Choice {
    return { own: this.own?.model, network: this.network };
  }

  /** Makes the demonstration clip and analyzes it. */
  async demo(): Promise<void> {
    this.#begin('demonstration.mp4');
    this.#again = () => void this.demo();
    try {
      const clip = await this.worker.ask('demo', { seed: 7 }, this.#tell);
      await this.analyze(clip, 'demonstration.mp4');
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Watches the camera. */
  film(): void {
    this.notice = undefined;
    this.#again = () => this.film();
    this.screen = 'live';
  }

  /** Opens the camera anew. */
  filmAgain(): void {
    this.takes++;
    this.film();
  }

  /** Asks once more for the clip of the review that waits. */
  chooseAgain(): void {
    this.problem = undefined;
    this.screen = 'reopen';
  }

  /** Reads a saved review; its clip is asked for next. */
  async reopen(file: Blob): Promise<void> {
    try {
      const { readReviewFile } = await import('../export/review-file.ts');
      this.pending = readReviewFile(await file.text());
      this.screen = 'reopen';
    } catch (error) {
      this.show(problemOf(error));
    }
  }

  /** Shows the review that waits, on its clip. */
  async resume(file: Blob, name: string): Promise<void> {
    const { pending } = this;
    if (pending === undefined) return;
    this.#begin(name);
    this.#again = () => void this.resume(file, name);
    try {
      const { report, review, regions } = pending;
      const ask = { clip: file, name, regions, ...this.#choice };
      const opened = await this.worker.ask('resume', ask, this.#tell);
      const { width, height, frames } = report.clip;
      if (opened.width !== width || opened.height !== height || opened.frames !== frames) {
        const wanted = `${report.clip.name}: ${width} × ${height}, ${frames}`;
        const given = `${name}: ${opened.width} × ${opened.height}, ${opened.frames}`;
        this.show({ code: 'REPORT_OTHER_CLIP', values: { wanted, given }, message: '' });
        return;
      }
      const { wheel, preview } = opened;
      const result = { report, pictures: [], regions: opened.regions, wheel, preview, took: 0 };
      this.finished = { file: preview ?? file, name, result, review };
      this.pending = undefined;
      this.screen = 'report';
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Stops the work; nothing is kept. */
  cancel(): void {
    this.#end();
    this.screen = 'start';
  }

  /** Leaves nothing of the clip behind. */
  forget(): void {
    this.#end();
    this.notice = 'forgotten';
    this.screen = 'start';
  }

  /** Shows a problem instead of what is there. */
  show(problem: Problem): void {
    this.problem = problem;
    this.screen = 'problem';
  }

  /** Shows what was thrown, in words. */
  fail(error: unknown): void {
    this.show(error instanceof WorkerProblem ? error.problem : problemOf(error));
  }

  readonly #tell = (progress: Progress): void => {
    this.progress = estimate(this.progress, progress, performance.now());
    const { done, total, size } = progress;
    this.size = size ?? this.size;
    this.counted = total === undefined || done === 0 ? undefined : { done, total };
  };

  #begin(name: string): void {
    this.name = name;
    this.problem = undefined;
    this.notice = undefined;
    this.progress = undefined;
    this.counted = undefined;
    this.size = undefined;
    this.isCut = false;
    this.finished = undefined;
    this.screen = 'working';
  }

  #end(): void {
    this.#worker?.close();
    this.#worker = undefined;
    this.#again = undefined;
    this.finished = undefined;
    this.pending = undefined;
    this.size = undefined;
    this.isCut = false;
    this.name = '';
    this.progress = undefined;
    this.counted = undefined;
    this.problem = undefined;
  }

  #fail(error: unknown): void {
    if (this.screen !== 'working') return; // canceled in the meantime
    this.fail(error);
  }
}
