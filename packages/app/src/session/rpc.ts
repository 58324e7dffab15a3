/** @file Requests to a worker as promises, and the worker's side of them. */
import { problemOf } from './problem.ts';
import type { Problem, Progress } from './protocol.ts';

/** Names of requests with their parameters and results. */
type Table<T> = { readonly [Name in keyof T]: { readonly ask: unknown; readonly answer: unknown } };

/** A worker's result, and what is transferred instead of copied. */
export interface Answer<T> {
  readonly value: T;
  readonly transfer?: Transferable[];
}

/** Reports progress to the page. */
export type ReportProgress = (progress: Progress) => void;

/** The worker's side: one function per request. */
export type Handlers<T extends Table<T>> = {
  readonly [Name in keyof T]: (
    ask: T[Name]['ask'],
    onProgress: ReportProgress,
  ) => Promise<Answer<T[Name]['answer']>>;
};

interface Request {
  readonly id: number;
  readonly name: string;
  readonly ask: unknown;
}

/** What comes back: a result, a problem, or progress. */
type Reply = { readonly id: number } & (
  { readonly value: unknown } | { readonly problem: Problem } | { readonly progress: Progress }
);

/** Sent by a worker at its start: the name of a lock that it holds for as long as it runs. */
interface Alive {
  readonly lock: string;
}

/** Options of a request. */
interface AskOptions {
  readonly onProgress?: ReportProgress;
  /** What is transferred instead of copied. */
  readonly transfer?: Transferable[];
}

/** The page's side of a worker. */
export interface RemoteWorker<T extends Table<T>> {
  ask<Name extends keyof T & string>(
    name: Name,
    ask: T[Name]['ask'],
    options?: AskOptions,
  ): Promise<T[Name]['answer']>;
  /** Ends the worker; open requests are rejected with `CANCELED`. */
  close(): void;
}

/** Thrown on the page when a worker could not do it. */
export class WorkerProblem extends Error {
  override readonly name = 'WorkerProblem';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Serves requests inside a worker. */
export function serveRequests<T extends Table<T>>(answers: Handlers<T>): void {
  const scope = globalThis as unknown as Pick<Worker, 'postMessage'> & EventTarget;
  holdLock((lock) => scope.postMessage({ lock } satisfies Alive));
  scope.addEventListener('message', (event) => {
    const { id, name, ask } = (event as MessageEvent<Request>).data;
    const onProgress: ReportProgress = (progress) => scope.postMessage({ id, progress });
    const answer = answers[name as keyof T];
    answer(ask, onProgress).then(
      ({ value, transfer = [] }) => scope.postMessage({ id, value }, transfer),
      (error: unknown) => scope.postMessage({ id, problem: problemOf(error) }),
    );
  });
}

/**
 * Holds a lock until this worker ends, however it ends: one that runs out of memory sends no message, but the browser
 * releases its locks.
 */
function holdLock(onHeld: (name: string) => void): void {
  const { locks } = navigator as { readonly locks?: LockManager };
  if (locks === undefined) return; // a page without https, elsewhere than on this computer
  const name = `telltale-${crypto.randomUUID()}`;
  void locks.request(name, () => {
    onHeld(name);
    return new Promise(() => undefined);
  });
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: WorkerProblem) => void;
  readonly onProgress: ReportProgress | undefined;
}

/**
 * Connects to a worker.
 *
 * @param onEnd - called where the worker ended by itself: most often for lack of memory
 */
export function connectWorker<T extends Table<T>>(
  worker: Worker,
  onEnd?: (problem: Problem) => void,
): RemoteWorker<T> {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let ended: Problem | undefined;
  const failAll = (problem: Problem): void => {
    for (const { reject } of waiting.values()) reject(new WorkerProblem(problem));
    waiting.clear();
  };
  const end = (): void => {
    if (ended !== undefined) return;
    ended = { code: 'WORKER_ENDED', values: {}, message: 'the worker ended by itself' };
    failAll(ended);
    onEnd?.(ended);
  };
  worker.addEventListener('message', ({ data }: MessageEvent<Reply | Alive>) => {
    if ('lock' in data) {
      void navigator.locks.request(data.lock, end);
      return;
    }
    const asked = waiting.get(data.id);
    if (asked === undefined) return;
    if ('progress' in data) {
      asked.onProgress?.(data.progress);
      return;
    }
    waiting.delete(data.id);
    if ('problem' in data) asked.reject(new WorkerProblem(data.problem));
    else asked.resolve(data.value);
  });
  worker.addEventListener('error', ({ message }) => {
    failAll(problemOf(new Error(message || 'the worker could not be loaded')));
  });
  return {
    ask: (name, ask, { onProgress, transfer = [] } = {}) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) {
          reject(new WorkerProblem(ended));
          return;
        }
        last++;
        waiting.set(last, { resolve: resolve, reject, onProgress });
        worker.postMessage({ id: last, name, ask } satisfies Request, transfer);
      }),
    close() {
      ended ??= { code: 'CANCELED', values: {}, message: 'canceled' };
      worker.terminate();
      failAll(ended);
    },
  };
}
