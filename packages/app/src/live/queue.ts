/** @file A bounded queue: bursts wait, and what would wait too long is left out. */

/** What waits between one who gives and one who takes. */
export interface Queue<T> {
  /** Whether there is room for one more. */
  readonly hasRoom: boolean;
  /** Adds one at the end; to be called where there is room. */
  put(item: T): void;
  /** The one that waits longest, as soon as there is one. One request at a time. */
  take(): Promise<T>;
}

/**
 * Opens a queue.
 *
 * @param room - most that wait
 */
export function openQueue<T>(room: number): Queue<T> {
  const waiting: T[] = [];
  let hand: ((item: T) => void) | undefined;
  return {
    get hasRoom() {
      return waiting.length < room;
    },
    put(item) {
      if (hand === undefined) waiting.push(item);
      else hand(item);
      hand = undefined;
    },
    take: () =>
      waiting.length > 0
        ? Promise.resolve(waiting.shift()!)
        : new Promise((resolve) => (hand = resolve)),
  };
}
