/** @file What the classical machines learn from, and what they become. */

/** Rows of features with their classes. */
export interface Points {
  /** Shape `[points][features]`. */
  readonly rows: readonly Float64Array[];
  /** Class index of each row. */
  readonly labels: readonly number[];
  /** Number of classes; some may have no row. */
  readonly classes: number;
}

/** A trained machine. */
export interface Machine {
  /** One score for each class; the largest wins. Scores are not probabilities. */
  scores(row: Float64Array): number[];
}

/**
 * How much a mistake costs in each class, so that all classes cost the same together:
 * n / (k · n of the class), k counting the classes that occur.
 *
 * @see King and Zeng 2001, "Logistic Regression in Rare Events Data", §4
 */
export function balancedWeights({ labels, classes }: Omit<Points, 'rows'>): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]! += 1;
  const occurring = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 0 : labels.length / (occurring * count)));
}

/** Sum of products of two rows. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
