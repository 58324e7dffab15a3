/**
 * @file Leave-one-subject-out: the plan of folds.
 *
 * Every subject is tested exactly once, by a recognizer that never saw that
 * person. The protocol of the MEGC 2019 composite (See et al. 2019, IEEE FG).
 */
import { TelltaleError } from '../base/errors.ts';
import type { Sample } from '../datasets/sample.ts';

/** One fold: train on everybody else, test on `subject`. Plain JSON. */
export interface Fold {
  readonly index: number;
  /** The subject that is tested. */
  readonly subject: string;
  /** Ids of the training samples, in the dataset's order. */
  readonly train: readonly string[];
  /** Ids of the test samples, in the dataset's order. */
  readonly test: readonly string[];
}

/**
 * Cuts samples along their subjects, in the order of the subjects' names.
 *
 * @throws TelltaleError `DATASET_INVALID` where there are fewer than two subjects
 */
export function leaveOneSubjectOut(samples: readonly Sample[]): Fold[] {
  const subjects = [...new Set(samples.map(({ subject }) => subject))].sort();
  if (subjects.length < 2) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `leave-one-subject-out needs at least two subjects; there ${subjects.length === 1 ? 'is 1' : 'are 0'}`,
      'Give each person an own name in the subject column.',
    );
  }
  const ids = (kept: (subject: string) => boolean): string[] =>
    samples.filter(({ subject }) => kept(subject)).map(({ id }) => id);
  return subjects.map((tested, index) => ({
    index,
    subject: tested,
    train: ids((subject) => subject !== tested),
    test: ids((subject) => subject === tested),
  }));
}
