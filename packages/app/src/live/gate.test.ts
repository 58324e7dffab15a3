/** @file However fast work is offered, no more of it is under way, or waits, than the gate lets through. */
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { openGate } from './gate.ts';

it('never has more to do than it may, and begins again when something is done', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.constantFrom('offer' as const, 'finish' as const, 'fail' as const)),
      async (most, steps) => {
        const gate = openGate(most);
        const open: { finish: () => void; fail: () => void }[] = [];
        for (const step of steps) {
          if (step === 'offer') {
            const isFree = open.length < most;
            const isBegun = gate.offer(
              () =>
                new Promise<void>((resolve, reject) => {
                  open.push({ finish: resolve, fail: () => reject(new Error('no')) });
                }),
            );
            expect(isBegun).toBe(isFree);
          } else {
            open.shift()?.[step]();
            await new Promise((resolve) => setTimeout(resolve));
          }
          expect(gate.busy).toBe(open.length);
          expect(gate.busy).toBeLessThanOrEqual(most);
        }
      },
    ),
  );
});
