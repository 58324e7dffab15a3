/** @file Faces on the way to the worker that measures: in order, none lost, and not more than may wait. */
import { setImmediate as turn } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { openHandover, takeOver } from './handover.ts';
import type { FaceMessage } from './protocol.ts';

/** What a frame without a face shows. */
const seen = (time: number): Extract<FaceMessage, { readonly seen: object }> => ({
  seen: { time, region: null, isCut: false },
  leftOut: 0,
});

it('waits for a worker that is slow for a while, and loses nothing', async () => {
  const { port1, port2 } = new MessageChannel();
  const handover = openHandover(port1);
  const taken: FaceMessage[] = [];
  handover.begin(30);
  let given = 0;
  const giving = (async () => {
    for (let i = 0; i < 40; i++) {
      await handover.give(seen(i / 30).seen, 0);
      given++;
    }
  })();
  for (let i = 0; i < 20; i++) await turn();
  // Nothing is taken yet: what is on its way does not grow.
  expect(given).toBeLessThan(10);
  takeOver(port2, (message) => taken.push(message));
  await giving;
  await expect.poll(() => taken.length).toBe(41);
  expect(taken).toEqual([{ window: 30 }, ...Array.from({ length: 40 }, (_, i) => seen(i / 30))]);
  port1.close();
});
