/**
 * @file Emotions inferred from action units: multinomial logistic regression on the decisions of all units.
 *
 * Both the classes and the scales of the decisions are weighed alike: samples by one over the size of their class (King
 * and Zeng 2001, "Logistic Regression in Rare Events Data", §4.1), decisions standardized over the training samples.
 */
import { TelltaleError } from '../base/errors.ts';
import { dot } from './squares.ts';

/** A classifier of emotions from the decisions of units. */
export interface UnitEmotions {
  /** Mean of each decision. */
  readonly means: readonly number[];
  /** Of each decision: 1 / standard deviation, 0 where it is constant. */
  readonly scales: readonly number[];
  /** Of each class: a weight per standardized decision, and that of the constant last. */
  readonly weights: readonly Float64Array[];
  /** The constant: large, so that the threshold is hardly regularized. */
  readonly constant: number;
}

/** A face whose emotion is known. */
export interface EmotionRow {
  /** Decision of each unit, as `faceDecision` gives it: of a recognizer that did not see the subject. */
  readonly decisions: readonly number[];
  /** Index of its class. */
  readonly label: number;
}

/** See {@link UnitEmotions.constant}. */
const CONSTANT = Math.sqrt(10);
/** Steps of accelerated gradient descent, which end where nothing moves any more. */
const MOST_STEPS = 5000;
/** Largest component of the gradient that is let stand, per sample. */
const TOLERANCE = 1e-7;

/**
 * Learns emotions from decisions: the weights w that minimize ½ |w|² + Σ cᵢ · −log p(labelᵢ), as scikit-learn's
 * `LogisticRegression` with balanced classes and C = 1.
 *
 * @throws TelltaleError `DATASET_INVALID` where there is no row
 * @see Nesterov 2004, "Introductory Lectures on Convex Optimization", §2.2.1, the constant step scheme
 */
export function fitEmotions(rows: readonly EmotionRow[], classes: number): UnitEmotions {
  if (rows.length === 0)
    throw new TelltaleError(
      'DATASET_INVALID',
      'no face with an emotion to learn from',
      'Give samples with an emotion.',
    );
  const standard = standardOf(rows.map(({ decisions }) => decisions));
  const points = rows.map(({ decisions }) => pointOf(decisions, standard));
  const costs = costsOf(rows, classes);
  const size = points[0]!.length;
  const curvature = 1 + points.reduce((sum, x, i) => sum + 0.5 * costs[i]! * dot(x, x), 0);
  const momentum = (Math.sqrt(curvature) - 1) / (Math.sqrt(curvature) + 1);
  let weights = Array.from({ length: classes }, () => new Float64Array(size));
  let ahead = weights;
  for (let step = 0; step < MOST_STEPS; step++) {
    const slopes = ahead.map((row) => Float64Array.from(row));
    points.forEach((x, i) => {
      const p = softmax(ahead.map((row) => dot(row, x)));
      slopes.forEach((slope, c) => {
        const error = costs[i]! * (p[c]! - Number(rows[i]!.label === c));
        for (let k = 0; k < size; k++) slope[k]! += error * x[k]!;
      });
    });
    const next = ahead.map((row, c) => row.map((value, k) => value - slopes[c]![k]! / curvature));
    ahead = next.map((row, c) =>
      row.map((value, k) => value + momentum * (value - weights[c]![k]!)),
    );
    weights = next;
    if (slopes.every((slope) => slope.every((value) => Math.abs(value) < TOLERANCE * rows.length)))
      break;
  }
  return { ...standard, weights, constant: CONSTANT };
}

/** The probability of each class. */
export function emotionProbabilities(model: UnitEmotions, decisions: readonly number[]): number[] {
  const x = pointOf(decisions, model);
  return softmax(model.weights.map((row) => dot(row, x)));
}

type Standard = Pick<UnitEmotions, 'means' | 'scales'>;

function standardOf(rows: readonly (readonly number[])[]): Standard {
  const means = rows[0]!.map((_, k) => rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length);
  const scales = means.map((mean, k) => {
    const variance = rows.reduce((sum, row) => sum + (row[k]! - mean) ** 2, 0) / rows.length;
    return variance > 1e-12 ? 1 / Math.sqrt(variance) : 0;
  });
  return { means, scales };
}

function pointOf(decisions: readonly number[], { means, scales }: Standard): Float64Array {
  return Float64Array.of(
    ...decisions.map((value, k) => (value - means[k]!) * scales[k]!),
    CONSTANT,
  );
}

/** Costs by which all classes that occur count the same together. */
function costsOf(rows: readonly EmotionRow[], classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const { label } of rows) counts[label]! += 1;
  const occurring = counts.filter((count) => count > 0).length;
  return rows.map(({ label }) => rows.length / (occurring * counts[label]!));
}

function softmax(scores: readonly number[]): number[] {
  const highest = Math.max(...scores);
  const raised = scores.map((score) => Math.exp(score - highest));
  const total = raised.reduce((sum, value) => sum + value, 0);
  return raised.map((value) => value / total);
}
