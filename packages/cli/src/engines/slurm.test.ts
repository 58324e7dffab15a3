/** @file Which tasks a job array gets: every missing fold, within what Slurm takes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { arrayOf } from './slurm.ts';

/** Folds that the tasks of an array do. */
function done(indices: readonly number[], total: number): number[] {
  const { array, which } = arrayOf({ indices, total });
  const tasks = array.split(',').flatMap((word) => {
    const [from, to = from] = word.split('-').map(Number) as [number, number?];
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  expect(Math.max(...tasks)).toBeLessThanOrEqual(1000);
  if (which[0] === '--index') return tasks;
  const [, of] = which[1]!.split('/').map(Number);
  return tasks.flatMap((task) => indices.filter((index) => index % of! === task - 1));
}

test('every missing fold is done once, whatever is missing', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 300 }),
      (indices) => {
        expect(done(indices, 4001).sort((a, b) => a - b)).toEqual(
          [...indices].sort((a, b) => a - b),
        );
      },
    ),
  );
});

test('a whole run is one short word', () => {
  const indices = Array.from({ length: 120 }, (_, i) => i);
  expect(arrayOf({ indices, total: 120 }).array).toBe('0-119');
});
