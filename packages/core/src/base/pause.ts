/** @file Cooperative yielding and cancellation: long work lets other tasks run, and stops on request. */
import { TelltaleError } from './errors.ts';

/** What is needed of an `AbortSignal`: any of them will do. */
export interface Cancellation {
  /** True once the work is to stop. */
  readonly aborted: boolean;
}

/** Every JavaScript host has it; the language's own library does not declare it. */
declare function setTimeout(callback: () => void, milliseconds: number): unknown;

/**
 * Stops work that was canceled.
 *
 * @throws TelltaleError `CANCELED`
 */
export function throwIfCanceled(signal: Cancellation | undefined): void {
  if (signal?.aborted) {
    throw new TelltaleError('CANCELED', 'canceled', 'Run it again to get a result.');
  }
}

/**
 * Lets the event loop turn once: timers, input and rendering get their chance.
 *
 * @throws TelltaleError `CANCELED` where the signal is aborted
 */
export async function pause(signal?: Cancellation): Promise<void> {
  await new Promise<void>((resolve) => void setTimeout(resolve, 0));
  throwIfCanceled(signal);
}
