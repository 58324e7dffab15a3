/** @file How models run, where the page's address says so: `?threads=2`, `?graphics=always`. */
import type { Running } from '../work/protocol.ts';

/**
 * Threads of WebAssembly. One by measurement (`bench/page/runtime.mjs`): the decoder works beside it, and a second
 * thread that waits for the small steps of these networks costs more than it brings.
 */
const THREADS = 1;
/** More threads than any computer gives a page. */
const MOST = 32;

/** Reads the part of an address from the question mark on; what it does not say, or says wrongly, is as it always is. */
export function runningOf(search: string): Running {
  const words = new URLSearchParams(search);
  const graphics = words.get('graphics');
  const threads = Number(words.get('threads'));
  return {
    graphics: graphics === 'always' || graphics === 'never' ? graphics : 'auto',
    threads: Number.isInteger(threads) && threads >= 1 && threads <= MOST ? threads : THREADS,
  };
}
