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

/** How far verdicts can be trusted. */
export interface Trust {
  /** Share of verdicts that are not `unsure`. */
  readonly sure: number;
  /** Share of those that are right; 0 where there is none. */
  readonly right: number;
  /** Expected calibration error of the most probable class, ten bins of equal width. */
  readonly calibrationError: number;
}

const BINS = 10;

/**
 * How far verdicts can be trusted, of groups of which each is read with the calibration of all others: by how often
 * verdicts turn out right in a group that taught neither temperature nor threshold.
 *
 * @param groups - two or more, such as the predictions on each dataset
 * @param rightShare - see {@link calibrate}
 * @see Guo et al. 2017, equation 3: the mean over the bins of the difference of probability and accuracy, weighted by
 *   the number of predictions
 */
export function trustAcross(
  groups: readonly (readonly LabeledPrediction[])[],
  rightShare: number,
): Trust {
  const bins = Array.from({ length: BINS }, () => 0);
  let [n, sure, right] = [0, 0, 0];
  groups.forEach((group, i) => {
    const others = groups.filter((_, k) => k !== i).flat();
    const { temperature, unsureBelow } = calibrate(others, rightShare);
    for (const { probabilities, target } of group) {
      const p = tempered(probabilities, temperature);
      const best = Math.max(...p);
      const isRight = p.indexOf(best) === target;
      bins[Math.min(BINS - 1, Math.floor(best * BINS))]! += best - Number(isRight);
      n += 1;
      if (best < unsureBelow) continue;
      sure += 1;
      right += Number(isRight);
    }
  });
  return {
    sure: n === 0 ? 0 : sure / n,
    right: sure === 0 ? 0 : right / sure,
    calibrationError: n === 0 ? 0 : bins.reduce((sum, gap) => sum + Math.abs(gap), 0) / n,
  };
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
