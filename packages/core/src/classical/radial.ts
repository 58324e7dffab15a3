/**
 * @file The support vector machine with a Gaussian kernel, each class against each other.
 *
 * C-SVC of Cortes and Vapnik 1995, "Support-Vector Networks", solved by
 * sequential minimal optimization with the working set of Fan, Chen and Lin
 * 2005, "Working Set Selection Using Second Order Information for Training
 * Support Vector Machines", JMLR 6. It is the problem that LIBSVM and
 * scikit-learn's SVC solve.
 *
 *     K(x, z) = exp(−γ |x − z|²)
 *     min ½ αᵀQα − Σ αᵢ,  0 ≤ αᵢ ≤ cᵢ,  Σ yᵢαᵢ = 0,  Qᵢⱼ = yᵢyⱼK(xᵢ, xⱼ)
 *
 * It keeps all kernel values, which takes 8 bytes for each pair of points.
 */
import type { Machine, Points } from './points.ts';

/** How it is regularized and how exactly it is solved. */
export interface RadialOptions {
  /** Cost of a mistake. */
  readonly cost: number;
  /** γ: how fast similarity falls with the squared distance. */
  readonly gamma: number;
  /** Factors of the cost for each class. By default 1. */
  readonly weights?: readonly number[];
  /** Largest violation of the optimality conditions that is let stand. @defaultValue 1e-3 */
  readonly tolerance?: number;
  /** {@link squaredDistances} of the points, where they are known already. */
  readonly distances?: Float64Array;
}

/** A machine that also reports the decision for each pair of classes. */
export interface RadialMachine extends Machine {
  /** Decisions of the pairs (0, 1), (0, 2), …, (1, 2), …; above 0 for the first of the two. */
  pairs(row: Float64Array): number[];
  /** What was solved, in the order of `pairs`. */
  readonly solution: readonly Pair[];
}

/** One decision between two classes. */
export interface Pair {
  readonly first: number;
  readonly second: number;
  /** yᵢαᵢ of each support vector. */
  readonly factors: readonly number[];
  /** Their places among the points. */
  readonly places: readonly number[];
  readonly threshold: number;
}

/** Steps after which the solution is taken as it is. */
const MOST_STEPS = 10_000_000;

/** One decision for each pair of classes. */
export function fitRadial(points: Points, options: RadialOptions): RadialMachine {
  const { rows, classes } = points;
  const { gamma, distances = squaredDistances(rows) } = options;
  const similarities = new Float64Array(distances.length);
  for (let i = 0; i < distances.length; i++) similarities[i] = Math.exp(-gamma * distances[i]!);
  const pairs: Pair[] = [];
  for (let first = 0; first < classes; first++) {
    for (let second = first + 1; second < classes; second++) {
      pairs.push(decide(points, { ...options, first, second, similarities }));
    }
  }
  const decisions = (row: Float64Array): number[] => {
    const near = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++)
      near[i] = Math.exp(-gamma * squaredDistance(row, rows[i]!));
    return pairs.map(({ factors, places, threshold }) => {
      let sum = -threshold;
      for (let i = 0; i < factors.length; i++) sum += factors[i]! * near[places[i]!]!;
      return sum;
    });
  };
  return {
    pairs: decisions,
    solution: pairs,
    scores: (row) => tally(pairs, decisions(row), classes),
  };
}

/**
 * One score for each class: the number of pairs that it wins, and, to decide between equals, a part
 * below one half that grows with the sum of its decisions.
 */
function tally(pairs: readonly Pair[], decisions: readonly number[], classes: number): number[] {
  const votes = new Array<number>(classes).fill(0);
  const sums = new Array<number>(classes).fill(0);
  pairs.forEach(({ first, second }, p) => {
    const decision = decisions[p]!;
    votes[decision > 0 ? first : second]! += 1;
    sums[first]! += decision;
    sums[second]! -= decision;
  });
  return votes.map((count, c) => count + sums[c]! / (3 * (Math.abs(sums[c]!) + 1)));
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let distance = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    distance += difference * difference;
  }
  return distance;
}

/** Of all points to all points, shape `[points, points]`. */
export function squaredDistances(rows: readonly Float64Array[]): Float64Array {
  const n = rows.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      matrix[i * n + j] = matrix[j * n + i] = squaredDistance(rows[i]!, rows[j]!);
    }
  }
  return matrix;
}

/** The decision between two classes. A class without points loses. */
function decide(
  { labels }: Points,
  options: RadialOptions & {
    readonly first: number;
    readonly second: number;
    readonly similarities: Float64Array;
  },
): Pair {
  const { first, second, weights, cost, similarities, tolerance = 1e-3 } = options;
  const places = labels.flatMap((label, i) => (label === first || label === second ? [i] : []));
  const signs = places.map((i) => (labels[i] === first ? 1 : -1));
  const limits = places.map((i) => cost * (weights?.[labels[i]!] ?? 1));
  const balance = signs.reduce((sum, sign) => sum + sign, 0);
  if (Math.abs(balance) === signs.length) {
    return { first, second, factors: [], places: [], threshold: -Math.sign(balance) };
  }
  const { alphas, threshold } = solve({ similarities, places, signs, limits, tolerance });
  const support = places.flatMap((_, i) => (alphas[i]! > 0 ? [i] : []));
  return {
    first,
    second,
    factors: support.map((i) => signs[i]! * alphas[i]!),
    places: support.map((i) => places[i]!),
    threshold,
  };
}

/** The dual problem of two classes. */
interface Dual {
  /** Kernel of all points, `[points, points]`. */
  readonly similarities: Float64Array;
  /** Which points take part. */
  readonly places: readonly number[];
  /** 1 or −1. */
  readonly signs: readonly number[];
  /** Largest αᵢ. */
  readonly limits: readonly number[];
  readonly tolerance: number;
}

/** Sequential minimal optimization: two αs at a time. */
function solve(dual: Dual): { readonly alphas: Float64Array; readonly threshold: number } {
  const { similarities, places, signs, limits } = dual;
  const n = places.length;
  const total = Math.sqrt(similarities.length);
  const alphas = new Float64Array(n);
  const slopes = new Float64Array(n).fill(-1); // of the objective: Qα − 1
  for (let step = 0; step < MOST_STEPS; step++) {
    const chosen = workingSet(dual, alphas, slopes);
    if (!chosen) break;
    const { i, j, gap, curvature } = chosen;
    const roomI = signs[i]! > 0 ? limits[i]! - alphas[i]! : alphas[i]!;
    const roomJ = signs[j]! > 0 ? alphas[j]! : limits[j]! - alphas[j]!;
    const length = Math.min(gap / curvature, roomI, roomJ);
    alphas[i] =
      length === roomI ? (signs[i]! > 0 ? limits[i]! : 0) : alphas[i]! + signs[i]! * length;
    alphas[j] =
      length === roomJ ? (signs[j]! > 0 ? 0 : limits[j]!) : alphas[j]! - signs[j]! * length;
    const rowI = places[i]! * total;
    const rowJ = places[j]! * total;
    for (let t = 0; t < n; t++) {
      const at = places[t]!;
      slopes[t]! += signs[t]! * length * (similarities[rowI + at]! - similarities[rowJ + at]!);
    }
  }
  return { alphas, threshold: thresholdOf(dual, alphas, slopes) };
}

/**
 * The pair that promises the largest decrease: i violates the conditions most, and j together with
 * it lowers the objective most. None where the violation is within the tolerance.
 *
 * @see Fan, Chen and Lin 2005, WSS 2
 */
function workingSet(
  { similarities, places, signs, limits, tolerance }: Dual,
  alphas: Float64Array,
  slopes: Float64Array,
):
  | { readonly i: number; readonly j: number; readonly gap: number; readonly curvature: number }
  | undefined {
  const n = places.length;
  const total = Math.sqrt(similarities.length);
  let i = -1;
  let highest = -Infinity;
  for (let t = 0; t < n; t++) {
    const canRise = signs[t]! > 0 ? alphas[t]! < limits[t]! : alphas[t]! > 0;
    const value = -signs[t]! * slopes[t]!;
    if (canRise && value > highest) [i, highest] = [t, value];
  }
  if (i < 0) return undefined;
  let best: { i: number; j: number; gap: number; curvature: number } | undefined;
  let most = 0;
  let lowest = Infinity;
  for (let t = 0; t < n; t++) {
    const canFall = signs[t]! > 0 ? alphas[t]! > 0 : alphas[t]! < limits[t]!;
    if (!canFall) continue;
    const value = -signs[t]! * slopes[t]!;
    lowest = Math.min(lowest, value);
    const gap = highest - value;
    if (gap <= 0) continue;
    const curvature = Math.max(2 - 2 * similarities[places[i]! * total + places[t]!]!, 1e-12);
    const gain = (gap * gap) / curvature;
    if (gain > most) [most, best] = [gain, { i, j: t, gap, curvature }];
  }
  return highest - lowest < tolerance ? undefined : best;
}

/** Where the decision is 0: the mean over the free αs, or the middle of what the others allow. */
function thresholdOf({ signs, limits }: Dual, alphas: Float64Array, slopes: Float64Array): number {
  let [sum, free] = [0, 0];
  let [least, greatest] = [-Infinity, Infinity];
  alphas.forEach((alpha, t) => {
    const value = signs[t]! * slopes[t]!;
    const full = alpha >= limits[t]!;
    if (!full && alpha > 0) [sum, free] = [sum + value, free + 1];
    else if (full === signs[t]! > 0) least = Math.max(least, value);
    else greatest = Math.min(greatest, value);
  });
  return free > 0 ? sum / free : (least + greatest) / 2;
}
