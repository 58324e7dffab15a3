/**
 * @file Which side of a face a unit is on: one more linear measure for each unit, of how the two halves differ.
 *
 * Coders mark few units as one-sided, so what recognizes a unit hardly differs between the sides. Therefore sides are
 * learned apart, from synthetic flow, half of it one-sided. The measure is an odd function by its form: it sees only
 * how a face differs from its mirror image, and the mirrored face has its negative. From which value on a unit counts
 * as one-sided is chosen for each unit, on synthetic faces that took no part in the fit.
 */
import { mirrorFeatures, UNIT_CELLS, UNIT_FEATURES } from './features.ts';
import type { CodedFace } from './fit.ts';
import { addRows, dot, factorize, solveLower, solveUpper, type Gram } from './squares.ts';
import type { UnitSide } from './vocabulary.ts';

/** Number of {@link oddFeatures}. */
export const ODD_FEATURES: number = UNIT_FEATURES / 2;

/** A linear measure of the sides of each unit. */
export interface LinearSides {
  /** Of each unit: a weight per odd feature. */
  readonly weights: readonly Float64Array[];
  /** Of each unit: the least asymmetry of a one-sided movement; `null` where sides cannot be distinguished. */
  readonly thresholds: readonly (number | null)[];
}

/** Ridge per row; scores on held-out synthetic faces hardly depend on it (docs/experiments.md). */
const RIDGE = 0.01;
/** Candidates of a threshold: a face that moves on one side only has 1. */
const CANDIDATES = Array.from({ length: 60 }, (_, i) => (i + 1) / 50);
/** Shares of one-sided and of two-sided movements that are read correctly, added up: by chance 1, at most 2. */
const LEAST_SUM = 1.2;

/**
 * Half the difference between a face and its mirror image. The right half of the cells repeats the left one, and is
 * left out.
 *
 * @param features - as `unitFeatures` computes them
 */
export function oddFeatures(features: Float64Array): Float64Array {
  const mirrored = mirrorFeatures(features);
  const half = UNIT_CELLS / 2;
  return Float64Array.from({ length: ODD_FEATURES }, (_, i) => {
    const at = Math.floor(i / half) * UNIT_CELLS + (i % half);
    return (features[at]! - mirrored[at]!) / 2;
  });
}

/**
 * Of each unit, how much more the subject's left side shows it: about 1 where only the left does, 0 where both do, −1
 * where only the right does.
 */
export function asymmetryOf(
  { weights }: Pick<LinearSides, 'weights'>,
  features: Float64Array,
): number[] {
  const odd = oddFeatures(features);
  return weights.map((weight) => dot(weight, odd));
}

/** Weights of the features that give what weights of the odd features give. */
export function unfoldOdd(weight: Float64Array): Float64Array {
  const half = UNIT_CELLS / 2;
  const spread = new Float64Array(UNIT_FEATURES);
  weight.forEach(
    (value, i) => (spread[Math.floor(i / half) * UNIT_CELLS + (i % half)] = value / 2),
  );
  const mirrored = mirrorFeatures(spread);
  return spread.map((value, i) => value - mirrored[i]!);
}

/** The side on which a unit is, by its asymmetry. */
export function sideOf(asymmetry: number, threshold: number | null): UnitSide {
  if (threshold === null || Math.abs(asymmetry) < threshold) return 'both';
  return asymmetry > 0 ? 'left' : 'right';
}

/** Weights and thresholds in a scale of their own, from synthetic faces; {@link scaleSides} scales them for real faces. */
export interface SyntheticSides {
  /** Of each unit, for odd features divided by their root mean square. */
  readonly weights: readonly Float64Array[];
  /** As in {@link LinearSides}. */
  readonly thresholds: readonly (number | null)[];
}

/** Every unit is reported on both sides. */
export function noSides(units: number): SyntheticSides {
  const each = Array.from({ length: units });
  return {
    weights: each.map(() => new Float64Array(ODD_FEATURES)),
    thresholds: each.map(() => null),
  };
}

/**
 * Learns sides: of the faces that show a unit, which have it on the left, on the right, on both.
 *
 * @param units - number of units
 * @param faces - `train`: weights are learned from these; `others`: thresholds are chosen on these
 * @param options - `leastKept`: share of two-sided movements that must be read as such @defaultValue 0
 */
export function fitSides(
  units: number,
  {
    train,
    others,
  }: { readonly train: readonly CodedFace[]; readonly others: readonly CodedFace[] },
  { leastKept = 0 }: { readonly leastKept?: number } = {},
): SyntheticSides {
  const scales = oddScales(train);
  const rows = train.map(({ features }) => times(oddFeatures(features), scales));
  const tested = others.map(({ features }) => times(oddFeatures(features), scales));
  const weights = Array.from({ length: units }, (_, unit) => {
    const shown = train.flatMap((face, i) => {
      const target = targetOf(face, unit);
      return target === undefined ? [] : [{ row: rows[i]!, target }];
    });
    return fitOne(shown);
  });
  return {
    weights,
    thresholds: weights.map((weight, unit) =>
      thresholdOf(
        others.flatMap((face, i) => {
          const target = targetOf(face, unit);
          return target === undefined ? [] : [{ asymmetry: dot(weight, tested[i]!), target }];
        }),
        leastKept,
      ),
    ),
  };
}

/** For faces like these, whose features have another scale than synthetic ones. */
export function scaleSides(
  { weights, thresholds }: SyntheticSides,
  faces: readonly CodedFace[],
): LinearSides {
  const scales = oddScales(faces);
  return { weights: weights.map((weight) => times(weight, scales)), thresholds };
}

/** 1: on the subject's left; −1: on the right; 0: on both; undefined where it is absent or not known. */
function targetOf({ left, right }: CodedFace, unit: number): 1 | 0 | -1 | undefined {
  const [l, r] = [left[unit], right[unit]];
  if (l === undefined || r === undefined || l + r === 0) return undefined;
  return (l - r) as 1 | 0 | -1;
}

interface Sided {
  readonly target: 1 | 0 | -1;
}

function fitOne(shown: readonly (Sided & { readonly row: Float64Array })[]): Float64Array {
  const both = shown.filter(({ target }) => target === 0).length;
  const one = shown.length - both;
  if (one === 0) return new Float64Array(ODD_FEATURES);
  // Both kinds weigh the same; without two-sided ones there is one kind only.
  const weights = shown.map(({ target }) =>
    both === 0 ? 1 : (0.5 * shown.length) / (target === 0 ? both : one),
  );
  const gram: Gram = { size: ODD_FEATURES, data: new Float64Array(ODD_FEATURES ** 2) };
  const rows = shown.map(({ row }) => row);
  addRows(gram, rows, (i) => weights[i]!);
  const aim = new Float64Array(ODD_FEATURES);
  shown.forEach(({ row, target }, i) => {
    if (target === 0) return;
    for (let k = 0; k < ODD_FEATURES; k++) aim[k]! += weights[i]! * target * row[k]!;
  });
  const lower = factorize(gram, RIDGE * shown.length);
  return solveUpper(lower, solveLower(lower, aim));
}

/** By which most one-sided and most two-sided movements are read correctly, both kinds weighing the same. */
function thresholdOf(
  shown: readonly (Sided & { readonly asymmetry: number })[],
  leastKept: number,
): number | null {
  const both = shown.filter(({ target }) => target === 0);
  const one = shown.filter(({ target }) => target !== 0);
  if (both.length === 0 || one.length === 0) return null;
  let [best, most]: [number | null, number] = [null, LEAST_SUM];
  for (const threshold of CANDIDATES) {
    const right = one.filter(({ asymmetry, target }) => target * asymmetry >= threshold).length;
    const kept = both.filter(({ asymmetry }) => Math.abs(asymmetry) < threshold).length;
    const sum = right / one.length + kept / both.length;
    if (kept >= leastKept * both.length && sum > most) [best, most] = [threshold, sum];
  }
  return best;
}

/** 1 / root mean square of each odd feature, over the root of their number; 0 where it is always 0. */
function oddScales(faces: readonly CodedFace[]): Float64Array {
  const squares = new Float64Array(ODD_FEATURES);
  for (const { features } of faces) {
    const odd = oddFeatures(features);
    for (let i = 0; i < ODD_FEATURES; i++) squares[i]! += odd[i]! ** 2 / faces.length;
  }
  return squares.map((square) => (square > 1e-12 ? 1 / Math.sqrt(square * ODD_FEATURES) : 0));
}

function times(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value * b[i]!);
}
