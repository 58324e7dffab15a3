/**
 * @file The shared memory between the FFmpeg worker and the analysis: a ring of bytes, through which frames go one after
 * another, each a header and its samples.
 */

/** Places in the control words. Positions count bytes and wrap at 32 bits. */
const WRITTEN = 0;
const READ = 1;
const ENDED = 2;
const STOPPED = 3;

/** The memory of a ring, which may be sent to another worker. */
export interface RingMemory {
  /** Positions. */
  readonly control: Int32Array<SharedArrayBuffer>;
  /** A power of two bytes. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
}

/** Allocates a ring of at least so many bytes. */
export function createRing(least: number): RingMemory {
  const size = 2 ** Math.ceil(Math.log2(Math.max(2 ** 20, least)));
  return {
    control: new Int32Array(new SharedArrayBuffer(16)),
    bytes: new Uint8Array(new SharedArrayBuffer(Math.min(size, 2 ** 30))),
  };
}

/** Writes all bytes, waiting where the ring is full; false where the reader has stopped. */
export function writeRing({ control, bytes }: RingMemory, data: Uint8Array): boolean {
  let from = 0;
  while (from < data.length) {
    if (Atomics.load(control, STOPPED) === 1) return false;
    const written = Atomics.load(control, WRITTEN);
    const read = Atomics.load(control, READ);
    const room = bytes.length - ((written - read) | 0);
    if (room === 0) {
      // With a timeout: the reader may stop between the look above and waiting.
      Atomics.wait(control, READ, read, 50);
      continue;
    }
    const at = written & (bytes.length - 1);
    const part = Math.min(room, data.length - from, bytes.length - at);
    bytes.set(data.subarray(from, from + part), at);
    from += part;
    Atomics.store(control, WRITTEN, (written + part) | 0);
    Atomics.notify(control, WRITTEN);
  }
  return true;
}

/** Nothing more is read. */
export function stopRing({ control }: RingMemory): void {
  Atomics.store(control, STOPPED, 1);
  Atomics.notify(control, READ);
}

/** Nothing more is written. */
export function endRing({ control }: RingMemory): void {
  Atomics.store(control, ENDED, 1);
  Atomics.notify(control, WRITTEN);
}

/** Reads so many bytes, waiting for them; false where the ring ends before. */
export function readRing({ control, bytes }: RingMemory, into: Uint8Array): boolean {
  let filled = 0;
  while (filled < into.length) {
    // The end is read first: what was written before it still counts.
    const isEnded = Atomics.load(control, ENDED) === 1;
    const written = Atomics.load(control, WRITTEN);
    const read = Atomics.load(control, READ);
    const there = (written - read) | 0;
    if (there === 0) {
      if (isEnded) return false;
      // With a timeout: the end may come between reading it and waiting.
      Atomics.wait(control, WRITTEN, written, 50);
      continue;
    }
    const at = read & (bytes.length - 1);
    const part = Math.min(there, into.length - filled, bytes.length - at);
    into.set(bytes.subarray(at, at + part), filled);
    filled += part;
    Atomics.store(control, READ, (read + part) | 0);
    Atomics.notify(control, READ);
  }
  return true;
}
