/** @file What an address says of how models run, and what it says wrongly. */
import { expect, test } from 'vitest';

import { runningOf } from './running.ts';

test.each([
  ['', 'auto', 1],
  ['?threads=4', 'auto', 4],
  ['?graphics=always&threads=2', 'always', 2],
  ['?graphics=never', 'never', 1],
  ['?graphics=maybe&threads=0', 'auto', 1],
  ['?threads=1.5', 'auto', 1],
  ['?threads=many', 'auto', 1],
  ['?threads=1000', 'auto', 1],
])('%s', (search, graphics, threads) => {
  expect(runningOf(search)).toEqual({ graphics, threads });
});
