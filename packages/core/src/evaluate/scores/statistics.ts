/**
 * @file Confidence intervals of scores, and tests of differences between two methods.
 *
 * Clips of one subject are not independent, so subjects with all their clips are resampled, not clips: the cluster
 * bootstrap
 * (Davison and Hinkley 1997, "Bootstrap Methods and their Application", §3.8),
 * with percentile intervals (Efron and Tibshirani 1993, "An Introduction to the
 * Bootstrap", §13.3). Two methods are compared on the same draws.
 */
import { createRandom } from '../../base/random.ts';
import { standardizedUf1 } from './metrics.ts';

/** Predictions of one subject: counts of shape `[target, prediction]`, one matrix per seed. */
export type SubjectCounts = readonly (readonly (readonly number[])[])[];

/** Scores of pooled predictions. */
export interface Measures {
  /** Unweighted F1; a score is 0 to 1, a difference of two −1 to 1. */
  readonly uf1: number;
  /** Unweighted average recall; a score is 0 to 1, a difference of two −1 to 1. */
  readonly uar: number;
  /** Unweighted F1 standardized to equal class sizes; a score is 0 to 1, a difference of two −1 to 1. */
  readonly standardizedUf1: number;
  /** Share of correct predictions; a score is 0 to 1, a difference of two −1 to 1. */
  readonly accuracy: number;
}

/** Names of the scores. */
const MEASURES = ['uf1', 'uar', 'standardizedUf1', 'accuracy'] as const;

/** Bounds of 95 %, from the percentiles of the draws. */
export type Interval = readonly [low: number, high: number];

/** 95 % bounds of the scores. */
export interface Intervals {
  /** Bounds of the unweighted F1. */
  readonly uf1: Interval;
  /** Bounds of the unweighted average recall. */
  readonly uar: Interval;
  /** Bounds of the standardized unweighted F1. */
  readonly standardizedUf1: Interval;
  /** Bounds of the share of correct predictions. */
  readonly accuracy: Interval;
}

/** How subjects are resampled. */
export interface BootstrapOptions {
  /** Number of draws. @defaultValue 2000 */
  readonly draws?: number;
  /** @defaultValue 1 */
  readonly seed?: number;
}

/**
 * UF1, UAR and accuracy of a matrix of counts.
 *
 * @param counts - shape `[target, prediction]`
 * @see `scoreJudgments`, which computes the same with names; this one is called for every draw
 */
export function measuresOf(counts: readonly (readonly number[])[]): Measures {
  const k = counts.length;
  let [f1, recall, hits, total] = [0, 0, 0, 0];
  for (let c = 0; c < k; c++) {
    let [support, predicted] = [0, 0];
    for (let o = 0; o < k; o++) {
      support += counts[c]![o]!;
      predicted += counts[o]![c]!;
    }
    const right = counts[c]![c]!;
    if (support + predicted > 0) f1 += (2 * right) / (support + predicted);
    if (support > 0) recall += right / support;
    hits += right;
    total += support;
  }
  return {
    uf1: f1 / k,
    uar: recall / k,
    standardizedUf1: standardizedUf1(counts),
    accuracy: total === 0 ? 0 : hits / total,
  };
}

/** Measures of the pooled counts of these subjects, averaged over seeds. */
function pooled(subjects: readonly SubjectCounts[], drawn: readonly number[]): Measures {
  const seeds = subjects[0]!.length;
  const k = subjects[0]![0]!.length;
  const sum = { uf1: 0, uar: 0, standardizedUf1: 0, accuracy: 0 };
  for (let s = 0; s < seeds; s++) {
    const counts = Array.from({ length: k }, () => new Array<number>(k).fill(0));
    for (const index of drawn) {
      const one = subjects[index]![s]!;
      for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) counts[i]![j]! += one[i]![j]!;
    }
    const measures = measuresOf(counts);
    for (const key of MEASURES) sum[key] += measures[key] / seeds;
  }
  return sum;
}

/**
 * Bootstrap draws: for each draw, indices of as many subjects as there are, with replacement.
 *
 * @returns shape `[draws, subjects]`
 */
export function drawSubjects(
  subjects: number,
  { draws = 2000, seed = 1 }: BootstrapOptions,
): number[][] {
  const random = createRandom(seed);
  return Array.from({ length: draws }, () =>
    Array.from({ length: subjects }, () => random.integer(subjects)),
  );
}

/**
 * 95 % intervals over the choice of subjects, of measures averaged over seeds.
 *
 * @param subjects - one per subject, all with the same number of seeds and classes
 */
export function bootstrap(
  subjects: readonly SubjectCounts[],
  options: BootstrapOptions = {},
): Intervals {
  const values = drawSubjects(subjects.length, options).map((drawn) => pooled(subjects, drawn));
  return intervalsOf(values);
}

/** The difference between two methods. */
export interface Difference {
  /** First minus second. */
  readonly measured: Measures;
  /** 95 % bounds of the difference, over the choice of subjects. */
  readonly intervals: Intervals;
  /**
   * Two-sided: twice the smaller share of draws on either side of no difference, at least 2 / draws.
   */
  readonly p: Measures;
}

/**
 * Paired bootstrap: both methods are scored on the same draws of subjects.
 *
 * @param first - counts of the subjects
 * @param second - counts of the same subjects in the same order; may have another number of seeds
 * @see Efron and Tibshirani 1993, §16.4
 */
export function pairedBootstrap(
  first: readonly SubjectCounts[],
  second: readonly SubjectCounts[],
  options: BootstrapOptions = {},
): Difference {
  const between = (drawn: readonly number[]): Measures => {
    const [a, b] = [pooled(first, drawn), pooled(second, drawn)];
    return perMeasure((key) => a[key] - b[key]);
  };
  const values = drawSubjects(first.length, options).map(between);
  const p = (key: keyof Measures): number => {
    const below = values.filter((value) => value[key] <= 0).length;
    const above = values.filter((value) => value[key] >= 0).length;
    return Math.min(1, Math.max(2 * Math.min(below, above), 2) / values.length);
  };
  return {
    measured: between(first.map((_, i) => i)),
    intervals: intervalsOf(values),
    p: perMeasure(p),
  };
}

function intervalsOf(values: readonly Measures[]): Intervals {
  return perMeasure((key) => percentileInterval(values.map((value) => value[key])));
}

function perMeasure<T>(of: (key: keyof Measures) => T): Record<keyof Measures, T> {
  return Object.fromEntries(MEASURES.map((key) => [key, of(key)])) as Record<keyof Measures, T>;
}

/** The 2.5 % and 97.5 % quantiles of drawn values. */
export function percentileInterval(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
}

/**
 * Linear interpolation between the neighbors in order: type 7 of Hyndman and Fan 1996, "Sample
 * Quantiles in Statistical Packages", which is NumPy's.
 */
export function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const next = sorted[Math.min(low + 1, sorted.length - 1)]!;
  return sorted[low]! + (at - low) * (next - sorted[low]!);
}

/** McNemar's test on the clips that one method has right and the other wrong. */
export interface Mcnemar {
  /** Clips that only the first has right. */
  readonly onlyFirst: number;
  /** Clips that only the second has right. */
  readonly onlySecond: number;
  /** Two-sided, exact. */
  readonly p: number;
}

/**
 * The exact test: under the null hypothesis, each discordant clip favors either method with probability 1/2.
 *
 * It assumes independent clips, and those of one subject are not; the paired bootstrap over subjects does not assume
 * it.
 *
 * @param first - whether each clip was right
 * @param second - of the same clips
 * @see McNemar 1947, "Note on the sampling error of the difference between correlated proportions
 *   or percentages", Psychometrika 12; exact as in Dietterich 1998, Neural Computation 10
 */
export function mcnemar(first: readonly boolean[], second: readonly boolean[]): Mcnemar {
  const onlyFirst = first.filter((right, i) => right && !second[i]!).length;
  const onlySecond = first.filter((right, i) => !right && second[i]!).length;
  const n = onlyFirst + onlySecond;
  let [logTerm, tail] = [-n * Math.LN2, 0]; // log of C(n, i) / 2ⁿ
  for (let i = 0; i <= Math.min(onlyFirst, onlySecond); i++) {
    if (i > 0) logTerm += Math.log((n - i + 1) / i);
    tail += Math.exp(logTerm);
  }
  return { onlyFirst, onlySecond, p: Math.min(1, 2 * tail) };
}
