/** @file The trainings of a plan, each the unit that one process runs. */
import { createRandom } from '../../base/random.ts';
import type { Plan } from './plan.ts';
import type { Fold } from './splits.ts';

/** One training of an evaluation. Plain JSON. */
export interface FoldJob {
  /** `seed-fold`, such as `1-007`: unique within the evaluation, safe as a file name. */
  readonly name: string;
  /** The split into training and test samples. */
  readonly fold: Fold;
  /** Seed of the evaluation. */
  readonly seed: number;
  /** Seeds everything random in this training. */
  readonly trainingSeed: number;
}

/** All trainings of an evaluation, seed by seed. */
export function planJobs(folds: readonly Fold[], seeds: readonly number[]): FoldJob[] {
  const digits = String(folds.length - 1).length;
  return seeds.flatMap((seed) =>
    folds.map((fold) => ({
      name: `${seed}-${String(fold.index).padStart(digits, '0')}`,
      fold,
      seed,
      trainingSeed: createRandom(seed)
        .fork(fold.index)
        .integer(2 ** 31),
    })),
  );
}

/** One training of a plan: the unit that a process runs. */
export interface PlannedJob extends FoldJob {
  /** Index among all trainings of the plan. */
  readonly index: number;
  /** Index of the method in the plan. */
  readonly method: number;
}

/** All trainings of a plan, method by method, seed by seed, fold by fold. */
export function jobsOf(plan: Plan): PlannedJob[] {
  const jobs = planJobs(plan.folds, plan.seeds);
  return plan.methods.flatMap(({ name }, method) =>
    jobs.map((job, i) => ({
      ...job,
      name: `${name}-${job.name}`,
      index: method * jobs.length + i,
      method,
    })),
  );
}
