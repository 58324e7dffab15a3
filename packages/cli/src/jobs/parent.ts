/**
 * @file A worker process and the process that started it.
 *
 * Over the channel between them the worker reports why it failed, and notices when its parent is gone, however that
 * ended: no process computes a result that is not used.
 */
import process from 'node:process';

import { TelltaleError } from '@telltale/core/errors';
import type { ErrorCode } from '@telltale/core/errors';

/** What a worker sends before it ends in failure: the parts of a `TelltaleError`. */
export interface FailureMessage {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** Runs the work of a worker process; its signal aborts when the parent is gone. */
export async function withParent(work: (gone: AbortSignal) => Promise<void>): Promise<void> {
  if (process.send === undefined) throw new Error('only telltale itself starts this process');
  const gone = new AbortController();
  const leave = (): void =>
    gone.abort(
      new TelltaleError(
        'CANCELED',
        'the telltale process that started this worker has ended',
        'Run the command again: it does only what is missing.',
      ),
    );
  process.once('disconnect', leave);
  if (!process.connected) leave(); // it went while this process was starting
  process.channel?.unref();
  try {
    await work(gone.signal);
  } catch (error) {
    if (isFailureMessage(error) && process.connected) {
      const { code, message, hint } = error;
      const failure: FailureMessage = { code, message, hint };
      await new Promise<void>((resolve) => process.send!(failure, () => resolve()));
    }
    throw error;
  } finally {
    process.off('disconnect', leave);
    if (process.connected) process.disconnect();
  }
}

/** The worker's failure as an error of the parent; `undefined` for any other message. */
export function errorFrom(message: unknown): TelltaleError | undefined {
  return isFailureMessage(message)
    ? new TelltaleError(message.code as ErrorCode, message.message, message.hint)
    : undefined;
}

/** Whether a value has the parts of a `TelltaleError`. */
export function isFailureMessage(value: unknown): value is FailureMessage {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['code', 'message', 'hint'].every((key) => typeof (value as never)[key] === 'string')
  );
}
