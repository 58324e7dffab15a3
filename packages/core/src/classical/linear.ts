/**
 * @file The linear support vector machine, one class against the rest.
 *
 * Hsieh, Chang, Lin, Keerthi and Sundararajan 2008, "A Dual Coordinate Descent
 * Method for Large-scale Linear SVM", ICML: L2 regularization, squared hinge
 * loss, and the threshold regularized as the weight of a feature that is always
 * 1. It is the problem that scikit-learn's LinearSVC solves.
 *
 *     min ½ |w|² + Σ cᵢ max(0, 1 − yᵢ w·xᵢ)²
 */
import type { Random } from '../base/random.ts';
import { dot, type Machine, type Points } from './points.ts';

/** How it is regularized and how exactly it is solved. */
export interface LinearOptions {
  /** Cost of a mistake. */
  readonly cost: number;
  /** Factors of the cost for each class against the rest, whose factor is 1, as in LIBLINEAR. By default 1. */
  readonly weights?: readonly number[];
  /** Largest projected gradient that is let stand. @defaultValue 1e-4 */
  readonly tolerance?: number;
  /** Shuffles the order of the points. */
  readonly random: Random;
}

/** Sweeps over all points after which the solution is taken as it is. */
const MOST_SWEEPS = 100_000;

/** One hyperplane for each class. */
export function fitLinear(points: Points, options: LinearOptions): Machine {
  const rows = points.rows.map((row) => Float64Array.of(...row, 1));
  const planes = Array.from({ length: points.classes }, (_, c) => {
    const signs = points.labels.map((label) => (label === c ? 1 : -1));
    const weight = options.weights?.[c] ?? 1;
    const costs = signs.map((sign) => options.cost * (sign > 0 ? weight : 1));
    return separate({ rows, signs, costs }, options);
  });
  return {
    scores: (row) => {
      const extended = Float64Array.of(...row, 1);
      return planes.map((plane) => dot(plane, extended));
    },
  };
}

/** Two sides, and what a mistake costs at each point. */
interface Sides {
  readonly rows: readonly Float64Array[];
  /** 1 or −1. */
  readonly signs: readonly number[];
  readonly costs: readonly number[];
}

/**
 * The hyperplane between two sides.
 *
 * @see Hsieh et al. 2008, algorithm 1 with Dᵢᵢ = 1 / (2 cᵢ) and U = ∞
 */
function separate(
  { rows, signs, costs }: Sides,
  { tolerance = 1e-4, random }: LinearOptions,
): Float64Array {
  const plane = new Float64Array(rows[0]?.length ?? 0);
  const alphas = new Float64Array(rows.length);
  const ridges = costs.map((cost) => 1 / (2 * cost));
  const curvatures = rows.map((row, i) => dot(row, row) + ridges[i]!);
  let order = rows.map((_, i) => i);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let worst = 0;
    order = random.shuffle(order);
    for (const i of order) {
      const [row, sign, alpha] = [rows[i]!, signs[i]!, alphas[i]!];
      const slope = sign * dot(plane, row) - 1 + ridges[i]! * alpha;
      const projected = alpha === 0 ? Math.min(slope, 0) : slope;
      if (projected === 0) continue;
      worst = Math.max(worst, Math.abs(projected));
      const next = Math.max(alpha - slope / curvatures[i]!, 0);
      alphas[i] = next;
      const change = (next - alpha) * sign;
      for (let k = 0; k < plane.length; k++) plane[k]! += change * row[k]!;
    }
    if (worst < tolerance) break;
  }
  return plane;
}
