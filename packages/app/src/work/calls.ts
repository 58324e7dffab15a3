/** @file Questions to a worker as promises, and a worker's side of them. */
import { problemOf } from './problem.ts';
import type { Problem, Progress } from './protocol.ts';

/** Names of questions with what they ask and answer. */
type Table<T> = { readonly [Name in keyof T]: { readonly ask: unknown; readonly answer: unknown } };

/** What a worker answers with: the answer, and what is handed over instead of copied. */
export interface Answer<T> {
  readonly value: T;
  readonly transfer?: Transferable[];
}

/** Tells the page how far the work is. */
export type Tell = (progress: Progress) => void;

/** The worker's side: one function per question. */
export type Answers<T extends Table<T>> = {
  readonly [Name in keyof T]: (
    ask: T[Name]['ask'],
    tell: Tell,
  ) => Promise<Answer<T[Name]['answer']>>;
};

interface Question {
  readonly id: number;
  readonly name: string;
  readonly ask: unknown;
}

/** What comes back: an answer, a problem, or how far it is. */
type Reply = { readonly id: number } & (
  { readonly value: unknown } | { readonly problem: Problem } | { readonly progress: Progress }
);

/** What a worker says at its start: the name of a lock that it holds for as long as it lives. */
interface Alive {
  readonly lock: string;
}

/** The page's side of a worker. */
export interface Asked<T extends Table<T>> {
  ask<Name extends keyof T & string>(
    name: Name,
    ask: T[Name]['ask'],
    onProgress?: Tell,
  ): Promise<T[Name]['answer']>;
  /** Ends the worker; what it was asked is answered with `CANCELED`. */
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

/** Answers questions inside a worker. */
export function answerCalls<T extends Table<T>>(answers: Answers<T>): void {
  const scope = globalThis as unknown as Pick<Worker, 'postMessage'> & EventTarget;
  holdLock((lock) => scope.postMessage({ lock } satisfies Alive));
  scope.addEventListener('message', (event) => {
    const { id, name, ask } = (event as MessageEvent<Question>).data;
    const tell: Tell = (progress) => scope.postMessage({ id, progress });
    const answer = answers[name as keyof T];
    answer(ask, tell).then(
      ({ value, transfer = [] }) => scope.postMessage({ id, value }, transfer),
      (error: unknown) => scope.postMessage({ id, problem: problemOf(error) }),
    );
  });
}

/**
 * Holds a lock until this worker ends, however it ends: one whose memory gave out sends no word of it, but the browser
 * takes its locks away.
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
  readonly onProgress: Tell | undefined;
}

/**
 * Asks a worker.
 *
 * @param onEnd - called where the worker ended by itself, which it never should: most often for lack of memory
 */
export function askWorker<T extends Table<T>>(
  worker: Worker,
  onEnd?: (problem: Problem) => void,
): Asked<T> {
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
    ask: (name, ask, onProgress) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) {
          reject(new WorkerProblem(ended));
          return;
        }
        last++;
        waiting.set(last, { resolve: resolve, reject, onProgress });
        worker.postMessage({ id: last, name, ask } satisfies Question);
      }),
    close() {
      ended ??= { code: 'CANCELED', values: {}, message: 'canceled' };
      worker.terminate();
      failAll(ended);
    },
  };
}
