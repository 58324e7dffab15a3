/**
 * @file A fold process and the process that started it.
 *
 * Over the channel between them the child says in which way it failed, and
 * notices when its parent is gone, however that ended: no fold is computed for
 * nobody.
 */
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import type { ErrorCode } from '@telltale/core';

/** What a child says before it ends in failure. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/**
 * Runs the work of a child; its signal aborts when the parent is gone.
 *
 * Where no telltale process started this one, it just runs.
 */
export async function withParent(
  work: (gone: AbortSignal | undefined) => Promise<void>,
): Promise<void> {
  if (process.send === undefined) return work(undefined);
  const gone = new AbortController();
  const leave = (): void =>
    gone.abort(
      new TelltaleError(
        'CANCELED',
        'the process that asked for this fold is gone',
        'Run it again.',
      ),
    );
  process.once('disconnect', leave);
  if (!process.connected) leave(); // it went while this process was starting
  process.channel?.unref();
  try {
    await work(gone.signal);
  } catch (error) {
    if (isFailure(error) && process.connected) {
      const { code, message, hint } = error;
      const failure: Failure = { code, message, hint };
      await new Promise<void>((resolve) => process.send!(failure, () => resolve()));
    }
    throw error;
  } finally {
    process.off('disconnect', leave);
    if (process.connected) process.disconnect();
  }
}

/** The child's failure as an error of the parent. */
export function failureOf(message: unknown): TelltaleError | undefined {
  return isFailure(message)
    ? new TelltaleError(message.code as ErrorCode, message.message, message.hint)
    : undefined;
}

function isFailure(value: unknown): value is Failure {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['code', 'message', 'hint'].every((key) => typeof (value as never)[key] === 'string')
  );
}
