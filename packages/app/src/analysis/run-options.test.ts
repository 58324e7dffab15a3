/** @file Parameters of the page's address, valid and invalid. */
import { expect, test } from 'vitest';

import { runningOf } from './run-options.ts';

test.each([
  ['', 'auto', 1],
  ['?threads=4', 'auto', 4],
  ['?webgpu=always&threads=2', 'always', 2],
  ['?webgpu=never', 'never', 1],
  ['?webgpu=maybe&threads=0', 'auto', 1],
  ['?threads=1.5', 'auto', 1],
  ['?threads=many', 'auto', 1],
  ['?threads=1000', 'auto', 1],
])('%s', (search, webgpu, threads) => {
  expect(runningOf(search)).toEqual({ webgpu, threads });
});
