/**
 * @file Folds as child processes of this one. The default.
 *
 * Processes and not worker threads: ONNX Runtime computes on the thread that
 * calls it, and a crash or the end of memory in one must not end the others.
 * Each compiles a network once for all of its folds.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import process from 'node:process';

import type { TelltaleError } from '@telltale/core';

import { EXIT } from '../terminal.ts';
import { failureOf } from './child.ts';
import { foldWords } from './engine.ts';
import type { Engine } from './engine.ts';

/** Text of a child's standard error that is kept, characters. */
const KEPT = 4000;

/** Folds on this machine, one thread each. */
export const local: Engine = {
  name: 'local',
  async run({ folder, indices }, { parallel = availableParallelism(), signal, note }) {
    const count = Math.min(parallel, indices.length);
    const stop = new AbortController();
    const forward = (): void => stop.abort();
    signal.addEventListener('abort', forward, { once: true });
    const failures: unknown[] = []; // in the order in which they happen: the first is the cause
    const share = (part: number): readonly number[] => indices.filter((_, i) => i % count === part);
    try {
      if (signal.aborted) forward();
      const children = Array.from({ length: count }, async (_, part) => {
        try {
          const end = await runChild(foldWords({ folder }, ['--index', share(part).join()]), stop);
          if (end !== undefined) note(end);
        } catch (error) {
          failures.push(error);
          forward(); // what the others have not finished stays to be done
        }
      });
      await Promise.all(children);
      signal.throwIfAborted();
      if (failures.length > 0) throw failures[0] as Error;
    } finally {
      signal.removeEventListener('abort', forward);
    }
  },
};

/** Returns how it ended where something outside ended it: the others go on. */
async function runChild(
  words: readonly string[],
  stop: AbortController,
): Promise<string | undefined> {
  const line = [...process.execArgv, process.argv[1]!, ...words];
  const child = spawn(process.execPath, line, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let said = '';
  let failure: TelltaleError | undefined;
  child
    .stderr!.setEncoding('utf8')
    .on('data', (text: string) => (said = (said + text).slice(-KEPT)));
  child.on('message', (message) => (failure = failureOf(message) ?? failure));
  const kill = (): void => void child.kill('SIGTERM');
  stop.signal.addEventListener('abort', kill, { once: true });
  try {
    if (stop.signal.aborted) kill();
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    if (stop.signal.aborted || code === EXIT.fine) return undefined;
    if (code === null)
      return `a fold process was ended by ${signal ?? 'the system'}; the others go on`;
    throw failure ?? new Error(`a fold process ended with status ${code}:\n${said}`);
  } finally {
    stop.signal.removeEventListener('abort', kill);
  }
}
