/**
 * @file Scores of a classifier, computed once from the pooled predictions of all folds.
 *
 * UF1 and UAR as the MEGC 2019 protocol defines them: true positives, false
 * positives and false negatives are summed over all folds first, then
 * `F1 = 2 TP / (2 TP + FP + FN)` and `recall = TP / (TP + FN)` are taken per
 * class and averaged with equal weight. They are not means over folds.
 *
 * A class of the list that occurs neither among the targets nor among the
 * predictions has F1 0, and one that does not occur among the targets has
 * recall 0; both stay in the mean. That is scikit-learn's `f1_score` and
 * `recall_score` with `average='macro', labels=classes, zero_division=0`.
 *
 * See, Yap, Li, Hong and Wang 2019, "MEGC 2019: The Second Facial
 * Micro-Expressions Grand Challenge", IEEE FG.
 */
import { TelltaleError } from '../../base/errors.ts';

/** The target and the prediction of a sample. */
export interface Judgment {
  /** Name of the annotated class. */
  readonly target: string;
  /** Name of the predicted class. */
  readonly prediction: string;
}

/** Scores of one class. */
export interface ClassScores {
  /** Name of the class. */
  readonly name: string;
  /** Number of samples whose target it is. */
  readonly support: number;
  /** `TP / (TP + FP)`, 0 where the class was never predicted. */
  readonly precision: number;
  /** `TP / (TP + FN)`, 0 where no target is of the class. */
  readonly recall: number;
  /** `2 TP / (2 TP + FP + FN)`, 0 where the class occurs nowhere. */
  readonly f1: number;
}

/** Scores of pooled judgments. */
export interface Scores {
  /** Number of samples. */
  readonly samples: number;
  /** Unweighted mean of the classes' F1. */
  readonly uf1: number;
  /** Unweighted mean of the classes' recall. */
  readonly uar: number;
  /** UF1 as it would be if all classes had equally many samples, see {@link standardizedUf1}. */
  readonly standardizedUf1: number;
  /** Share of correct predictions; 0 without samples. */
  readonly accuracy: number;
  /** Scores of each class, in the order in which the classes were given. */
  readonly classes: readonly ClassScores[];
  /** Number of samples; shape `[target, prediction]`, in the order of `classes`. */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * Counts judgments by target and prediction.
 *
 * @returns shape `[target, prediction]`, in the order of `classes`
 * @throws TelltaleError `DATASET_INVALID` for a judgment outside `classes`
 */
export function confusionMatrix(
  judgments: readonly Judgment[],
  classes: readonly string[],
): number[][] {
  const counts = classes.map(() => classes.map(() => 0));
  const indexOf = (name: string): number => {
    const index = classes.indexOf(name);
    if (index < 0) {
      throw new TelltaleError(
        'DATASET_INVALID',
        `the class "${name}" is not among ${classes.map((known) => `"${known}"`).join(', ')}`,
        'Spell emotions as the recognizer does, or train one on these classes.',
      );
    }
    return index;
  };
  for (const { target, prediction } of judgments) {
    counts[indexOf(target)]![indexOf(prediction)]! += 1;
  }
  return counts;
}

/**
 * Scores pooled judgments over a fixed list of classes.
 *
 * @throws TelltaleError `DATASET_INVALID` for a judgment outside `classes`
 * @see See et al. 2019, "MEGC 2019", equations 1 to 3
 */
export function scoreJudgments(judgments: readonly Judgment[], classes: readonly string[]): Scores {
  const confusion = confusionMatrix(judgments, classes);
  const perClass = classes.map((name, c): ClassScores => {
    const support = sum(confusion[c]!);
    const predicted = sum(confusion.map((row) => row[c]!));
    const hits = confusion[c]![c]!;
    return {
      name,
      support,
      precision: ratio(hits, predicted),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, support + predicted),
    };
  });
  const hits = sum(confusion.map((row, c) => row[c]!));
  return {
    samples: judgments.length,
    uf1: ratio(sum(perClass.map(({ f1 }) => f1)), classes.length),
    uar: ratio(sum(perClass.map(({ recall }) => recall)), classes.length),
    standardizedUf1: standardizedUf1(confusion),
    accuracy: ratio(hits, judgments.length),
    classes: perClass,
    confusion,
  };
}

/**
 * UF1 standardized to equal class sizes: every row of the confusion matrix is divided by its sum before F1 is computed,
 * `F1 = 2 r(c, c) / (1 + Σ r(o, c))` with `r(o, c)` the share of class o that is predicted as c.
 *
 * UF1 moves with the sizes of the classes, because precision does: the same recognizer has another UF1 where another
 * class prevails. This one depends on the shares alone, as UAR does, so it can be compared between datasets. A class
 * without samples has a row of zeros.
 *
 * @param counts - shape `[target, prediction]`
 * @see Siblini et al. 2020, "Master Your Metrics with Calibration", Advances in Intelligent Data Analysis XVIII, §3:
 *   precision and F1 at a reference ratio of classes; here with 1 / k for each of k classes
 */
export function standardizedUf1(counts: readonly (readonly number[])[]): number {
  const shares = counts.map((row) => {
    const total = sum(row);
    return row.map((count) => ratio(count, total));
  });
  const scores = shares.map((row, c) => {
    const predicted = sum(shares.map((other) => other[c]!));
    return ratio(2 * row[c]!, Number(sum(counts[c]!) > 0) + predicted);
  });
  return ratio(sum(scores), counts.length);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Mean and sample standard deviation of a score over repetitions. */
export interface Spread {
  /** Arithmetic mean over the repetitions. */
  readonly mean: number;
  /** Sample standard deviation (divided by n − 1); 0 for a single value. */
  readonly deviation: number;
}

/** Mean and sample standard deviation. */
export function spreadOf(values: readonly number[]): Spread {
  const mean = ratio(sum(values), values.length);
  const squares = sum(values.map((value) => (value - mean) ** 2));
  return { mean, deviation: Math.sqrt(ratio(squares, Math.max(values.length - 1, 1))) };
}
