/** @file What the page is doing: nothing yet, at work, showing a report, or explaining a problem. */
import { WorkerProblem, type Asked } from '../work/calls.ts';
import { startAnalysis } from '../work/engine.ts';
import type { Problem, Requests, Result } from '../work/protocol.ts';
import { estimate, type Estimate } from '../model/progress.ts';

/** A report with the clip it is of. */
export interface Finished {
  readonly file: Blob;
  readonly name: string;
  readonly result: Result;
}

/** The page's one session. Fields are reactive. */
export class Session {
  screen = $state<'start' | 'working' | 'report' | 'problem'>('start');
  name = $state('');
  progress = $state<Estimate | undefined>();
  counted = $state<{ readonly done: number; readonly total: number } | undefined>();
  problem = $state<Problem | undefined>();
  finished = $state.raw<Finished | undefined>();
  /** A sentence for the start view, such as that a clip was forgotten. */
  notice = $state<'forgotten' | undefined>();
  /** A recognizer that the person brought. */
  weights = $state.raw<File | undefined>();

  #worker: Asked<Requests> | undefined;

  /** The worker that analyzes; the same one until a clip is forgotten. */
  get worker(): Asked<Requests> {
    this.#worker ??= startAnalysis();
    return this.#worker;
  }

  /** Analyzes a file. */
  async analyze(file: Blob, name: string): Promise<void> {
    this.#begin(name);
    try {
      const weights = await this.weights?.arrayBuffer();
      const result = await this.worker.ask('analyze', { clip: file, name, weights }, (progress) => {
        this.progress = estimate(this.progress, progress, performance.now());
        const { done, total } = progress;
        this.counted = total === undefined ? undefined : { done, total };
      });
      this.finished = { file: result.preview ?? file, name, result };
      this.screen = 'report';
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Makes the demonstration clip and analyzes it. */
  async demo(): Promise<void> {
    this.#begin('demonstration.mp4');
    try {
      const clip = await this.worker.ask('demo', { seed: 7 }, (progress) => {
        this.progress = estimate(this.progress, progress, performance.now());
      });
      await this.analyze(clip, 'demonstration.mp4');
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

  #begin(name: string): void {
    this.name = name;
    this.problem = undefined;
    this.notice = undefined;
    this.progress = undefined;
    this.counted = undefined;
    this.finished = undefined;
    this.screen = 'working';
  }

  #end(): void {
    this.#worker?.close();
    this.#worker = undefined;
    this.finished = undefined;
    this.name = '';
    this.progress = undefined;
    this.counted = undefined;
    this.problem = undefined;
  }

  #fail(error: unknown): void {
    if (this.screen !== 'working') return; // canceled in the meantime
    const problem: Problem =
      error instanceof WorkerProblem
        ? error.problem
        : { code: 'UNKNOWN', values: {}, message: String(error) };
    this.show(problem);
  }
}
