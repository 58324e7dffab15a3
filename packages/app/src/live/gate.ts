/** @file Back-pressure: drops work while busy. */

/** Lets a few pieces of work through at a time. */
export interface Gate {
  /** Pieces that are being worked on. */
  readonly busy: number;
  /**
   * Begins a piece of work, or leaves it out.
   *
   * @returns whether it was begun
   */
  offer(work: () => Promise<unknown>): boolean;
}

/**
 * Opens a gate.
 *
 * @param most - pieces of work at the same time
 */
export function openGate(most: number): Gate {
  let busy = 0;
  const end = (): void => {
    busy--;
  };
  return {
    get busy() {
      return busy;
    },
    offer(work) {
      if (busy >= most) return false;
      busy++;
      work().then(end, end);
      return true;
    },
  };
}
