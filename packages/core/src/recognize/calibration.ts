/**
 * @file Calibration of probabilities, fitted to predictions on subjects outside of the training data.
 *
 * Temperature scaling of Guo, Pleiss, Sun and Weinberger 2017, "On Calibration
 * of Modern Neural Networks", §4.2: one number divides all logits. It changes
 * no verdict, only how sure it sounds.
 */

/** A prediction whose answer is known. */
export interface LabeledPrediction {
  /** Sum 1. */
  readonly probabilities: ArrayLike<number>;
  /** Index of the true class. */
  readonly target: number;
}

/** What the predictions teach. */
export interface Calibration {
  /** Divides the logits. */
  readonly temperature: number;
  /** Verdicts below this probability are `unsure`. */
  readonly unsureBelow: number;
}

/** Probabilities after division of their logits by a temperature. */
export function tempered(probabilities: ArrayLike<number>, temperature: number): number[] {
  const logits = Array.from(probabilities, (p) => Math.log(Math.max(p, 1e-12)) / temperature);
  const largest = Math.max(...logits);
  const raised = logits.map((logit) => Math.exp(logit - largest));
  const total = raised.reduce((a, b) => a + b, 0);
  return raised.map((value) => value / total);
}

/** Mean negative log-likelihood of the true classes at a temperature. */
export function surprise(predictions: readonly LabeledPrediction[], temperature: number): number {
  const each = predictions.map(({ probabilities, target }) =>
    Math.log(Math.max(tempered(probabilities, temperature)[target]!, 1e-12)),
  );
  return -each.reduce((a, b) => a + b, 0) / predictions.length;
}

/**
 * The temperature at which the true classes are least surprising, and the
 * lowest probability from which on verdicts were right as often as `rightShare`.
 *
 * @param predictions - for subjects outside of each prediction's training data
 * @param rightShare - share of right verdicts among those not called unsure
 */
export function calibrate(
  predictions: readonly LabeledPrediction[],
  rightShare: number,
): Calibration {
  const temperature = Math.exp(
    goldenSection((x) => surprise(predictions, Math.exp(x)), Math.log(0.1), Math.log(10)),
  );
  const verdicts = predictions
    .map(({ probabilities, target }) => {
      const p = tempered(probabilities, temperature);
      const best = Math.max(...p);
      return { best, right: p.indexOf(best) === target };
    })
    .sort((a, b) => b.best - a.best);
  let right = 0;
  let unsureBelow = 1;
  verdicts.forEach((verdict, i) => {
    right += Number(verdict.right);
    const last = i + 1 === verdicts.length || verdicts[i + 1]!.best < verdict.best;
    if (last && right >= rightShare * (i + 1)) unsureBelow = verdict.best;
  });
  return { temperature, unsureBelow };
}

/** Where a function with one valley is lowest (Kiefer 1953). */
function goldenSection(f: (x: number) => number, from: number, to: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  while (high - low > 1e-6) {
    const left = high - ratio * (high - low);
    const right = low + ratio * (high - low);
    if (f(left) < f(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}
