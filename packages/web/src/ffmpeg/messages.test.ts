import { describe, expect, it } from 'vitest';

import { openMessages } from './messages.ts';
import type { RunEnd } from './protocol.ts';

const END: RunEnd = { ended: true, frames: 0, log: '', codec: '', hasSound: false, isLoaded: true };

describe('openMessages', () => {
  it('reads across messages, requests the next part once, and ends', async () => {
    let asked = 0;
    const queue = openMessages(() => {
      asked++;
      setTimeout(() => queue.take(Uint8Array.of(5, 6)), 1);
      setTimeout(() => queue.take(END), 2);
    });
    queue.take(Uint8Array.of(1, 2, 3));
    queue.take(Uint8Array.of(4));
    queue.take({ isPaused: true });
    const [first, second] = [new Uint8Array(2), new Uint8Array(3)];
    expect([await queue.read(first), await queue.read(second)]).toEqual([true, true]);
    expect([...first, ...second]).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toBe(1);
    expect(await queue.read(new Uint8Array(2))).toBe(false);
  });
});
