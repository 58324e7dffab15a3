/**
 * @file Splits into folds along subjects: one subject, one dataset or one of k groups of subjects is tested at a time.
 *
 * Every sample is tested exactly once, by a recognizer trained without its subject. Leaving one subject out is the protocol of the MEGC 2019 composite
 * (See et al. 2019, IEEE FG), leaving one dataset out that of Varanka et al.
 * 2023 (IEEE TAFFC) and, with two datasets, the holdout database evaluation of
 * MEGC 2018 (Yap et al. 2018, IEEE FG).
 */
import { TelltaleError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import type { Sample } from '../../datasets/sample.ts';

/** One fold: test `subject`, train on all others. Plain JSON. */
export interface Fold {
  /** Position among the folds of the plan, from 0. */
  readonly index: number;
  /** What is tested: a subject, a dataset, or `group 3`. */
  readonly subject: string;
  /** Ids of the training samples, in the dataset's order. */
  readonly train: readonly string[];
  /** Ids of the test samples, in the dataset's order. */
  readonly test: readonly string[];
}

/**
 * Splits samples by subject, in the order of the subjects' names.
 *
 * @throws TelltaleError `DATASET_INVALID` where there are fewer than two subjects
 */
export function leaveOneSubjectOut(samples: readonly Sample[]): Fold[] {
  const subjects = [...new Set(samples.map(({ subject }) => subject))].sort();
  if (subjects.length < 2) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `leave-one-subject-out needs at least two subjects; there ${subjects.length === 1 ? 'is 1' : 'are 0'}`,
      'Give each subject a name of its own in the subject column.',
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

/**
 * Splits samples by dataset: each is tested by a recognizer trained on all others.
 *
 * @throws TelltaleError `DATASET_INVALID` where there are fewer than two datasets
 */
export function leaveOneDatasetOut(samples: readonly Sample[]): Fold[] {
  const datasets = [...new Set(samples.map(({ dataset }) => dataset))].sort();
  if (datasets.length < 2) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `leave-one-dataset-out needs at least two datasets; there ${datasets.length === 1 ? `is one, ${datasets[0]!}` : 'are 0'}`,
      'Put samples of several datasets into one samples.csv.',
    );
  }
  return groupsToFolds(
    samples,
    datasets,
    samples.map(({ dataset }) => dataset),
  );
}

/**
 * Trains on one dataset and tests on the other, then the reverse.
 *
 * @throws TelltaleError `DATASET_INVALID` where there are not exactly two datasets
 * @see Yap, See, Hong and Wang 2018, "Facial micro-expressions grand challenge 2018 summary", IEEE FG
 */
export function holdOutDatabase(samples: readonly Sample[]): Fold[] {
  const datasets = [...new Set(samples.map(({ dataset }) => dataset))].sort();
  if (datasets.length !== 2) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `holdout database evaluation needs two datasets; there ${datasets.length === 1 ? 'is' : 'are'} ${datasets.length}: ${datasets.join(', ')}`,
      'Give samples of two datasets, or use --protocol lodo.',
    );
  }
  return leaveOneDatasetOut(samples);
}

/** Options of {@link groupSubjects}. */
export interface GroupOptions {
  /** Number of groups. */
  readonly folds: number;
  /** The same seed gives the same groups. */
  readonly seed: number;
}

/**
 * Splits samples into groups of whole subjects with about as many samples each.
 *
 * Subjects are shuffled and sorted by their number of samples, descending; each is added to the smallest group so far.
 *
 * @throws TelltaleError `DATASET_INVALID` where there are fewer subjects than groups
 */
export function groupSubjects(samples: readonly Sample[], { folds, seed }: GroupOptions): Fold[] {
  const counts = new Map<string, number>();
  for (const { subject } of samples) counts.set(subject, (counts.get(subject) ?? 0) + 1);
  if (folds < 2 || counts.size < folds) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `${folds} folds of whole subjects need ${Math.max(folds, 2)} subjects or more; there are ${counts.size}`,
      'Give fewer --folds, at least 2.',
    );
  }
  const order = createRandom(seed)
    .shuffle([...counts.keys()].sort())
    .sort((a, b) => counts.get(b)! - counts.get(a)!);
  const sizes = new Array<number>(folds).fill(0);
  const groupOf = new Map<string, number>();
  for (const subject of order) {
    const group = sizes.indexOf(Math.min(...sizes));
    groupOf.set(subject, group);
    sizes[group]! += counts.get(subject)!;
  }
  const names = sizes.map((_, i) => `group ${i + 1}`);
  return groupsToFolds(
    samples,
    names,
    samples.map(({ subject }) => names[groupOf.get(subject)!]!),
  );
}

function groupsToFolds(
  samples: readonly Sample[],
  names: readonly string[],
  groups: readonly string[],
): Fold[] {
  const ids = (kept: (group: string) => boolean): string[] =>
    samples.filter((_, i) => kept(groups[i]!)).map(({ id }) => id);
  return names.map((name, index) => ({
    index,
    subject: name,
    train: ids((group) => group !== name),
    test: ids((group) => group === name),
  }));
}
