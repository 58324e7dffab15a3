/** @file How models run, as parameters of the page's address: `?threads=2`, `?webgpu=always`. */
import type { Running } from '../session/protocol.ts';

/**
 * Threads of WebAssembly. One by measurement (`bench/page/runtime.mjs`): the decoder works beside it, and a second
 * thread that waits for the small steps of these networks costs more than it saves.
 */
const THREADS = 1;
/** More threads than any computer gives a page. */
const MOST = 32;

/** Reads the query of an address; missing and invalid parameters have their defaults. */
export function runningOf(search: string): Running {
  const words = new URLSearchParams(search);
  const webgpu = words.get('webgpu');
  const threads = Number(words.get('threads'));
  return {
    webgpu: webgpu === 'always' || webgpu === 'never' ? webgpu : 'auto',
    threads: Number.isInteger(threads) && threads >= 1 && threads <= MOST ? threads : THREADS,
  };
}
