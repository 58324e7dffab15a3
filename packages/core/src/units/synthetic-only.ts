/**
 * @file Units that are learned from synthetic movements alone, because no coded clip shows them: one linear classifier each,
 * as for the others, but with a threshold that is set where few faces without the unit reach it.
 */
import { CONSTANT, decideUnits, faceDecision, RIDGE, standardOf, syntheticPart } from './fit.ts';
import type { CodedFace, LinearUnits } from './fit.ts';
import { UNIT_FEATURES } from './features.ts';
import { factorize, solveLower, solveUpper } from './squares.ts';

/** Share of other synthetic faces without the unit that may be named. */
const NAMED_SYNTHETIC = 0.01;
/** Share of real faces whose coders did not write the unit that may be named. */
const NAMED_REAL = 0.03;

/** What {@link fitSyntheticUnits} learns from. */
export interface SyntheticUnitFaces {
  /** Synthetic faces that weights are learned from. */
  readonly train: readonly CodedFace[];
  /** Synthetic faces that thresholds are chosen on. */
  readonly others: readonly CodedFace[];
  /** Real faces with what coders wrote of these units: thresholds are chosen on those without the unit, too. */
  readonly real: readonly CodedFace[];
}

/**
 * Learns units from synthetic faces, for real ones that are standardized by their own means and scales.
 *
 * @param units - number of units
 * @param faces - with one label for each of them
 * @returns standardized as `fitUnits` does with the same real faces
 */
export function fitSyntheticUnits(
  units: number,
  { train, others, real }: SyntheticUnitFaces,
): LinearUnits {
  const { moments } = syntheticPart(train, units);
  const weights = moments.map(({ gram, target }) => {
    const lower = factorize(gram, RIDGE);
    return solveUpper(lower, solveLower(lower, target));
  });
  const standard = standardOf(real);
  const sets = [
    { faces: others, share: NAMED_SYNTHETIC, model: { ...standardOf(others), weights } },
    { faces: real, share: NAMED_REAL, model: { ...standard, weights } },
  ];
  const decided = sets.map(({ faces, share, model }) => ({
    share,
    faces: faces.map((face) => ({ face, decisions: decisionsOf(model, face) })),
  }));
  weights.forEach((weight, unit) => {
    const least = Math.max(
      0,
      ...decided.map(({ faces, share }) =>
        reachedBy(
          faces.flatMap(({ face, decisions }) =>
            face.left[unit] === 0 && face.right[unit] === 0 ? [decisions[unit]!] : [],
          ),
          share,
        ),
      ),
    );
    weight[UNIT_FEATURES]! -= least / CONSTANT;
  });
  return { ...standard, weights };
}

function decisionsOf(model: LinearUnits, { features }: CodedFace): number[] {
  const { left, right } = decideUnits(model, features);
  return left.map((value, unit) => faceDecision(value, right[unit]!));
}

/** The least value that no more than a share of the values reaches; −∞ where there are none. */
function reachedBy(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => b - a);
  const most = sorted[Math.floor(share * sorted.length)];
  return most === undefined ? -Infinity : most + Number.EPSILON;
}
