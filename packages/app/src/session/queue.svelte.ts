/** @file Several clips, one after another: each with its state, analyzed by a worker of their own. */
import { startAnalysis } from './workers.ts';
import { problemOf } from './problem.ts';
import { WorkerProblem, type RemoteWorker } from './rpc.ts';
import type { Choice, Problem, Progress, Requests, Running } from './protocol.ts';
import type { Finished } from './screens.ts';
import type { ReviewState } from '../report/review-state.svelte.ts';

/** One clip of the queue. Fields are reactive. */
export class Queued {
  readonly file: Blob;
  readonly name: string;
  state = $state<'waiting' | 'working' | 'done' | 'failed'>('waiting');
  progress = $state.raw<Progress | undefined>();
  problem = $state.raw<Problem | undefined>();
  finished = $state.raw<Finished | undefined>();
  /** Its review, once its report was opened. */
  review = $state.raw<ReviewState | undefined>();

  constructor(file: Blob, name: string) {
    this.file = file;
    this.name = name;
  }
}

/** The clips of a session. Fields are reactive. */
export class Queue {
  items = $state.raw<readonly Queued[]>([]);
  readonly #running: () => Running;
  readonly #choice: () => Choice;
  #worker: RemoteWorker<Requests> | undefined;
  #work: Promise<void> | undefined;

  constructor(running: () => Running, choice: () => Choice) {
    this.#running = running;
    this.#choice = choice;
  }

  /** Clips that were not analyzed yet. */
  get waiting(): readonly Queued[] {
    return this.items.filter(({ state }) => state === 'waiting' || state === 'working');
  }

  get done(): readonly Queued[] {
    return this.items.filter(({ state }) => state === 'done');
  }

  add(...items: readonly Queued[]): void {
    this.items = [...this.items, ...items];
  }

  /** Puts a report that was made outside of it first, where there are several clips. */
  lists(finished: Finished): void {
    if (this.items.length === 0 || this.items.some((one) => one.finished === finished)) return;
    const item = new Queued(finished.source, finished.name);
    [item.state, item.finished] = ['done', finished];
    this.items = [item, ...this.items];
  }

  /** The review of a report, where it was open before. */
  reviewOf(finished: Finished): ReviewState | undefined {
    return this.items.find((one) => one.finished === finished)?.review;
  }

  /** The review of a report is open now. */
  opened(review: ReviewState): void {
    const own = this.items.find((one) => one.finished === review.finished);
    if (own !== undefined) own.review = review;
  }

  /** Analyzes what waits, one after another. */
  run(): void {
    this.#work ??= this.#all().finally(() => (this.#work = undefined));
  }

  /** Analyzes a clip once more. */
  retry(item: Queued): void {
    [item.state, item.problem] = ['waiting', undefined];
    this.run();
  }

  /** Takes a clip off the list; where it is being analyzed, that ends. */
  remove(item: Queued): void {
    this.items = this.items.filter((one) => one !== item);
    if (item.state === 'working') this.#endWorker();
  }

  /** Takes all clips off the list. */
  clear(): void {
    this.items = [];
    this.#endWorker();
  }

  async #all(): Promise<void> {
    for (;;) {
      const item = this.items.find(({ state }) => state === 'waiting');
      if (item === undefined) break;
      item.state = 'working';
      try {
        const ask = { clip: item.file, name: item.name, ...this.#choice() };
        const result = await this.#open().ask('analyze', ask, {
          onProgress: (now) => (item.progress = now),
        });
        item.finished = { file: result.preview ?? item.file, source: item.file, name: item.name, result }; // prettier-ignore
        item.state = 'done';
      } catch (error) {
        item.problem = error instanceof WorkerProblem ? error.problem : problemOf(error);
        item.state = 'failed';
      }
    }
    this.#endWorker();
  }

  #open(): RemoteWorker<Requests> {
    if (this.#worker === undefined) {
      this.#worker = startAnalysis(() => (this.#worker = undefined));
      this.#worker.ask('run', this.#running()).catch(() => undefined);
    }
    return this.#worker;
  }

  #endWorker(): void {
    this.#worker?.close();
    this.#worker = undefined;
  }
}
