/** @file What waits is taken in order, none of it is lost, and no more waits than there is room for. */
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { openQueue } from './queue.ts';

it('keeps bursts that fit while the one who takes is slow: all of them, in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.nat(12), { maxLength: 30 }),
      async (room, bursts) => {
        const queue = openQueue<number>(room);
        const taken: number[] = [];
        const put: number[] = [];
        let [next, leftOut] = [0, 0];
        for (const burst of bursts) {
          const before = queue.hasRoom;
          expect(before).toBe(true); // everything was taken
          for (let i = 0; i < burst; i++, next++) {
            if (!queue.hasRoom) {
              leftOut++;
              continue;
            }
            queue.put(next);
            put.push(next);
          }
          expect(leftOut).toBe(next - put.length);
          const kept = Math.min(burst, room);
          for (let i = 0; i < kept; i++) taken.push(await queue.take());
        }
        expect(taken).toEqual(put);
        expect(put.length).toBe(bursts.reduce((sum, burst) => sum + Math.min(burst, room), 0));
      },
    ),
  );
});

it('hands what comes to one who waits', async () => {
  const queue = openQueue<string>(1);
  const first = queue.take();
  queue.put('a');
  queue.put('b');
  expect(queue.hasRoom).toBe(false);
  expect([await first, await queue.take()]).toEqual(['a', 'b']);
});
