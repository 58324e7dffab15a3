/**
 * @file Progress, errors and cancellation on the command line.
 *
 * Only results go to standard output; progress and errors go to standard
 * error. `NO_COLOR` is respected (https://no-color.org).
 */
import process from 'node:process';

import { TelltaleError } from '@telltale/core/errors';

import { isOutputClosed } from './closed-output.ts';
import { makePrintable, printable } from './printable.ts';

/** Exit statuses. */
export const EXIT = { fine: 0, ours: 1, users: 2, canceled: 130 } as const;

/** The part of standard error that is used. */
export interface LogStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Writes to standard error without making the text printable; replaced by `watchStreams`. */
let writeUnchanged = (text: string): boolean => process.stderr.write(text);

/** Standard error, for text that is printable already and the colors of telltale itself. */
const LOG: LogStream = {
  get isTTY() {
    return process.stderr.isTTY;
  },
  get columns() {
    return process.stderr.columns;
  },
  write: (text) => writeUnchanged(text),
};

/** Settings of `openProgress`. */
export interface ProgressOptions {
  readonly stream?: LogStream;
  /** Milliseconds between two lines where the stream is not a terminal. @defaultValue 5000 */
  readonly interval?: number;
  /** Monotonic clock, milliseconds. @defaultValue `performance.now` */
  readonly now?: () => number;
}

/** A progress display. */
export interface Progress {
  /** Replaces the current line. Where the stream is not a terminal, an occasional update becomes a line of its own. */
  update(text: string): void;
  /** Writes a line that stays. */
  note(text: string): void;
  /** Clears the current line. Call it in any case, also after errors. */
  end(): void;
}

/** Opens a progress display: one line that is updated on a terminal, occasional lines elsewhere. */
export function openProgress(options: ProgressOptions = {}): Progress {
  const { stream = LOG, interval = 5000, now = () => performance.now() } = options;
  const changing = stream.isTTY === true;
  const clear = changing ? '\r\u001B[2K' : '';
  let shown = false;
  let last = now(); // nothing is written for short work
  return {
    update(text) {
      const line = oneLine(text);
      if (changing) {
        stream.write(clear + line.slice(0, (stream.columns ?? 80) - 1));
        shown = true;
      } else if (now() - last >= interval) {
        last = now();
        stream.write(`${line}\n`);
      }
    },
    note(text) {
      stream.write(`${shown ? clear : ''}${printable(text)}\n`);
      shown = false;
      last = now();
    },
    end() {
      if (shown) stream.write(clear);
      shown = false;
    },
  };
}

/** "12 of 150 (8 %)", or the count alone where the total is not known. */
export function countOf(done: number, total: number | undefined): string {
  if (total === undefined || total <= 0 || done > total) return `${done}`;
  return `${done} of ${total} (${Math.floor((100 * done) / total)} %)`;
}

/** A length of time in its largest unit: `40 s`, `12 min`, `2.5 h`. */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Estimates how long work of several stages will take, from what was done so far. */
export interface TimeLeft {
  /** `, about 40 s left`; empty where it is too early to know, or the total is unknown. */
  readonly text: (stage: string, done: number, total: number | undefined) => string;
}

/** Stages in order, with the part of the time that each usually takes; the parts sum to 1. */
export type Stages = readonly (readonly [name: string, part: number])[];

/** Part of the work that must be done for an estimate. */
const LEAST_DONE = 0.03;

/** Opens an estimate; its time runs from now. */
export function estimateTime(
  stages: Stages,
  now: () => number = () => performance.now(),
): TimeLeft {
  const start = now();
  return {
    text(stage, done, total) {
      const at = stages.findIndex(([name]) => name === stage);
      if (total === undefined || total <= 0 || at < 0 || done > total) return '';
      const before = stages.slice(0, at).reduce((sum, [, part]) => sum + part, 0);
      const part = before + (stages[at]![1] * done) / total;
      if (part < LEAST_DONE) return '';
      return `, about ${durationText((((now() - start) / 1000) * (1 - part)) / part)} left`;
    },
  };
}

/**
 * Runs `work` with a signal that Ctrl-C (SIGINT) or SIGTERM aborts. The first
 * signal cancels the work; a second ends the process at once. Unfinished
 * files are removed in both cases, in the second as the process ends.
 *
 * @throws TelltaleError `CANCELED` when `work` was interrupted
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  const interrupt = (): void => {
    if (signal.aborted) process.exit(EXIT.canceled);
    controller.abort(canceled());
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    const result = await work(signal);
    signal.throwIfAborted();
    return result;
  } catch (error) {
    throw signal.aborted ? canceled(error) : error;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/**
 * Prints an error.
 *
 * @returns the exit status
 */
export function reportError(thrown: unknown, stream: LogStream = LOG): number {
  const error = isUsersMistake(thrown) ? thrown : (systemLimit(thrown) ?? thrown);
  if (isUsersMistake(error)) {
    const paint = stream.isTTY === true && !process.env['NO_COLOR'];
    const head = `error ${error.code}:`;
    stream.write(`${paint ? `\u001B[31m${head}\u001B[0m` : head} ${printable(error.message)}\n`);
    if (error.hint !== '') stream.write(`${printable(error.hint)}\n`);
    return error.code === 'CANCELED' ? EXIT.canceled : EXIT.users;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  stream.write(
    `${printable(text)}\nThis is a bug in telltale. Please report it with the lines above.\n`,
  );
  return EXIT.ours;
}

/**
 * Makes standard output and standard error end the program as every other output does: a reader that stops early
 * (`telltale … --json | head`) is not an error, a full disk or a closed output is one, and a lost log never ends the work.
 */
export function watchStreams(): void {
  const end = (why: string, cause?: Error): never => {
    const message = `standard output cannot be written: ${why}`;
    const hint = cause ? 'Free space on the disk, or send the output to another place.' : 'Leave out ">&-"; what is not wanted goes to /dev/null.'; // prettier-ignore
    process.exit(reportError(new TelltaleError('OUTPUT_UNWRITABLE', message, hint, { cause })));
  };
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.fine);
    end(error.message, error);
  });
  if (isOutputClosed()) process.stdout.write = () => end('it is closed');
  process.stderr.on('error', () => undefined);
  writeUnchanged = makePrintable(process.stderr);
  if (process.stdout.isTTY) makePrintable(process.stdout); // files and other programs get the bytes as they are
}

/** What the system ran out of, and what helps. Where such an error surfaces depends on what was being opened. */
const LIMITS: readonly (readonly [pattern: RegExp, what: string, hint: string])[] = [
  [
    /\bE[MN]FILE\b|too many open files/i,
    'the limit on open files was reached',
    'Raise it, for instance with "ulimit -n 4096", and run the command again.',
  ],
  [
    /\b(ENOSPC|EDQUOT)\b|no space left on device/i,
    'there is no space left on the disk',
    'Free some, or write to another disk, and run the command again.',
  ],
  [
    /\b(EAGAIN|ENOMEM)\b|cannot allocate memory|resource temporarily unavailable/i,
    'the system gave no more memory or processes',
    'End other programs, or use fewer processes at a time, and run the command again.',
  ],
];

function systemLimit(error: unknown): TelltaleError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const text = `${(at as NodeJS.ErrnoException).code ?? ''} ${at.message}`;
    const found = isShortOfFiles(at) ? LIMITS[0] : LIMITS.find(([pattern]) => pattern.test(text));
    if (found !== undefined) {
      const [, what, hint] = found;
      return new TelltaleError('SYSTEM_LIMIT', `${what}: ${at.message}`, hint, { cause: error });
    }
  }
  return undefined;
}

/**
 * Whether a module was not found because no file could be opened any more: Node looks for modules in files and takes what
 * it cannot open for absent. No command opens as many files as the limit that is compared with.
 */
function isShortOfFiles(error: NodeJS.ErrnoException): boolean {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') return false;
  const { userLimits } = process.report.getReport() as {
    readonly userLimits?: { readonly open_files: { readonly soft: number | 'unlimited' } };
  };
  return Number(userLimits?.open_files.soft) < 256;
}

/** `TelltaleError`, and the engine's errors, which have the same two members. */
function isUsersMistake(error: unknown): error is Error & { code: string; hint: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    'hint' in error &&
    typeof error.hint === 'string'
  );
}

function canceled(cause?: unknown): TelltaleError {
  if (cause instanceof TelltaleError && cause.code === 'CANCELED') return cause;
  return new TelltaleError('CANCELED', 'interrupted', 'Unfinished files were removed.', {
    cause,
  });
}

function oneLine(text: string): string {
  return printable(text.replaceAll(/\s*\n\s*/g, ' '));
}
