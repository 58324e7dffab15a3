/** @file How many tasks a job array gets: within what Slurm takes, and none without a job. */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { tasksFor } from './slurm.ts';

const jobs = (count: number) => Array.from({ length: count }, (_, index) => ({ index }));

test('every task has a job, and no array is larger than Slurm takes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 1, max: 64 }),
      (count, perTask) => {
        const tasks = tasksFor({ jobs: jobs(count), perTask });
        expect(tasks).toBeGreaterThanOrEqual(1);
        expect(tasks).toBeLessThanOrEqual(Math.min(1000, count));
        if (tasks < 1000) expect(Math.ceil(count / tasks)).toBeLessThanOrEqual(perTask);
      },
    ),
  );
});

test('a fold is a task of its own where there is room', () => {
  expect(tasksFor({ jobs: jobs(120) })).toBe(120);
  expect(tasksFor({ jobs: jobs(4000) })).toBe(1000);
});
