/**
 * @file From decision values to probabilities, learned from decisions on subjects outside of the training data.
 *
 * Probabilities follow Platt 1999,
 * "Probabilistic Outputs for Support Vector Machines", with the targets and the Newton iteration of Lin, Lin and Weng
 * 2007, "A Note on Platt's Probabilistic Outputs for Support Vector Machines", Machine Learning 68.
 */

/** How decisions of a unit are read. */
export interface UnitCalibration {
  /** Probability: 1 / (1 + exp(−(slope · decision + offset))). */
  readonly slope: number;
  /** See {@link UnitCalibration.slope}. */
  readonly offset: number;
}

/** A decision on an unseen subject, and whether the unit was coded. */
export interface LabeledDecision {
  /** Of the whole face, see `faceDecision`. */
  readonly decision: number;
  /** Whether the unit was coded. */
  readonly present: boolean;
}

/** The probability of a decision. */
export function probabilityOf(decision: number, { slope, offset }: UnitCalibration): number {
  return 1 / (1 + Math.exp(-(slope * decision + offset)));
}

const MOST_STEPS = 100;

/** Slope and offset that make the presence of the unit most likely. */
export function calibrateUnit(labeled: readonly LabeledDecision[]): UnitCalibration {
  const positives = labeled.filter(({ present }) => present).length;
  const negatives = labeled.length - positives;
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (negatives + 2)];
  const loss = (slope: number, offset: number): number =>
    labeled.reduce(
      (sum, { decision, present }) => {
        const x = slope * decision + offset;
        return (
          sum + Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0) - (present ? high : low) * x
        );
      },
      SHRINK * slope * slope,
    );
  let [slope, offset] = [1, Math.log((positives + 1) / (negatives + 1))];
  for (let step = 0; step < MOST_STEPS; step++) {
    let [aa, ab, bb, a, b] = [2 * SHRINK, 0, 1e-12, 2 * SHRINK * slope, 0];
    for (const { decision, present } of labeled) {
      const p = probabilityOf(decision, { slope, offset });
      const [curve, error] = [p * (1 - p), p - (present ? high : low)];
      aa += decision * decision * curve;
      ab += decision * curve;
      bb += curve;
      a += decision * error;
      b += error;
    }
    const determinant = aa * bb - ab * ab;
    const [da, db] = [-(bb * a - ab * b) / determinant, -(aa * b - ab * a) / determinant];
    let length = 1;
    const before = loss(slope, offset);
    while (length > 1e-8 && loss(slope + length * da, offset + length * db) > before) length /= 2;
    [slope, offset] = [slope + length * da, offset + length * db];
    if (Math.abs(length * da) + Math.abs(length * db) < 1e-9) break;
  }
  // A unit that is decided worse than by chance has no information: all clips get its frequency.
  return slope > SMALLEST ? { slope, offset } : { slope: SMALLEST, offset };
}

/** Pulls the slope toward 0, so that it is finite where decisions separate the classes. */
const SHRINK = 0.05;
/** Slopes are positive: a larger decision never makes a unit less probable. */
const SMALLEST = 1e-3;
