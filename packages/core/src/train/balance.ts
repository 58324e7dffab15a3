/**
 * @file Which samples an epoch shows, in which order.
 *
 * Classes of micro-expressions are uneven (negative : positive : surprise is
 * 250 : 109 : 83 in the MEGC 2019 composite), and the measure weighs them
 * evenly. So an epoch draws classes evenly too, or the loss weighs them. Everything
 * is computed from the labels of the training part alone.
 *
 * Buda, Maki and Mazurowski 2018, "A systematic study of the class imbalance
 * problem in convolutional neural networks", Neural Networks 106.
 */
import type { Random } from '../base/random.ts';

/** How an epoch is drawn. */
export interface EpochOptions {
  /** Samples per step. */
  readonly batch: number;
  /** From 0, each sample once, to 1, each class equally often: a class of n samples gets a share ∝ n^(1 − balance). */
  readonly balance: number;
}

/**
 * How often each class occurs in an epoch.
 *
 * An epoch has ⌈samples / batch⌉ full batches, so that a last incomplete batch
 * is filled up and none is dropped. Largest remainders get the rounding.
 *
 * @param counts - samples of each class
 * @returns draws of each class; their sum is a multiple of the batch
 */
export function epochShares(counts: readonly number[], options: EpochOptions): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const draws = Math.ceil(total / options.batch) * options.batch;
  const weights = counts.map((count) => (count === 0 ? 0 : count ** (1 - options.balance)));
  const weight = weights.reduce((sum, one) => sum + one, 0);
  const exact = weights.map((one) => (draws * one) / weight);
  const shares = exact.map(Math.floor);
  const missing = draws - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = exact
    .map((value, c) => ({ c, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.c - b.c);
  for (const { c } of byRemainder.slice(0, missing)) shares[c]! += 1;
  return shares;
}

/**
 * What each class counts for in the loss: in inverse proportion to the effective
 * number of its samples, (1 − βⁿ) / (1 − β), with mean 1 over the samples.
 *
 * @param counts - samples of each class in the training part; a class without any gets 0
 * @param beta - 0 gives 1 to every class that occurs
 * @see Cui et al. 2019, "Class-Balanced Loss Based on Effective Number of Samples", equations 2 and 4
 */
export function classWeights(counts: readonly number[], beta: number): number[] {
  const raw = counts.map((count) => (count === 0 ? 0 : (1 - beta) / (1 - beta ** count)));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const weighed = counts.reduce((sum, count, c) => sum + count * raw[c]!, 0);
  return raw.map((weight) => (weight * total) / weighed);
}

/**
 * The samples of one epoch, in order; its length is a multiple of the batch.
 *
 * Within a class the samples take turns, so that how often two of them are
 * drawn differs by one at most.
 *
 * @param labels - class index of each sample
 */
export function drawEpoch(
  labels: readonly number[],
  options: EpochOptions,
  random: Random,
): number[] {
  const classes = Math.max(...labels) + 1;
  const members = Array.from({ length: classes }, (): number[] => []);
  labels.forEach((label, index) => members[label]!.push(index));
  const shares = epochShares(
    members.map(({ length }) => length),
    options,
  );
  const drawn = members.flatMap((indices, c) => {
    const turns: number[] = [];
    while (turns.length < (shares[c] ?? 0)) turns.push(...random.shuffle(indices));
    return turns.slice(0, shares[c]);
  });
  return random.shuffle(drawn);
}
