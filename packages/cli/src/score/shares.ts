/**
 * @file Shares of an evaluation as child processes of this one.
 *
 * Processes and not worker threads: ONNX Runtime computes on the thread that
 * calls it, and a crash in one share must not end the others.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';

import { EXIT } from '../terminal.ts';

/** What the parent does while its children work. */
export interface SharesOptions {
  /** Called about once a second. */
  readonly tick: () => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Runs this very command line `count` times, each time with another share,
 * and waits for all.
 *
 * @throws TelltaleError `CANCELED`; Error with what the child said, where one fails
 */
export async function runShares(count: number, { tick, signal }: SharesOptions): Promise<void> {
  const stop = new AbortController();
  const forward = (): void => stop.abort();
  signal.addEventListener('abort', forward, { once: true });
  const timer = setInterval(() => void tick().catch(forward), 1000);
  try {
    const failures: unknown[] = []; // in the order in which they happen: the first is the cause
    await Promise.all(
      Array.from({ length: count }, async (_, i) => {
        try {
          await runShare(`${i + 1}/${count}`, stop.signal);
        } catch (error) {
          failures.push(error);
          forward(); // what the others have not finished stays to be done
        }
      }),
    );
    signal.throwIfAborted();
    if (failures.length > 0) throw failures[0] as Error;
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', forward);
  }
}

async function runShare(share: string, signal: AbortSignal): Promise<void> {
  const words = [...process.execArgv, ...process.argv.slice(1), '--share', share];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  const kill = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', kill, { once: true });
  try {
    if (signal.aborted) kill();
    const [code] = (await once(child, 'close')) as [number | null];
    if (code === EXIT.canceled) {
      throw new TelltaleError(
        'CANCELED',
        `share ${share} was interrupted`,
        'Run it again to go on.',
      );
    }
    if (code !== 0) throw new Error(`share ${share} ended with status ${code}:\n${said}`);
  } finally {
    signal.removeEventListener('abort', kill);
  }
}
