/** @file How a unit that was learned from synthetic movements alone answers for real clips and for other synthetic faces. */
import { calibrateUnit, type UnitCalibration } from '../../units/calibrate.ts';
import {
  decideUnits,
  faceDecision,
  standardOf,
  type CodedFace,
  type LinearUnits,
} from '../../units/fit.ts';
import { shownOn } from './folds.ts';
import { aucOf } from './scores.ts';

/** What was counted of a unit that no real clip taught. */
export interface SyntheticUnitScore {
  /** Number in FACS. */
  readonly unit: number;
  /** AUC on synthetic faces that took no part in the training; `null` where they show it all, or not at all. */
  readonly auc: number | null;
  /** Share of those faces with the unit in which it is named. */
  readonly found: number;
  /** Real clips in which coders wrote it. */
  readonly coded: number;
  /** Real clips in which it is named. */
  readonly named: number;
  /** Real clips in which it is named and was coded. */
  readonly agreed: number;
}

/** The calibration of a unit by what coders wrote, and its counts. */
export function unitAlone(
  fit: LinearUnits,
  faces: {
    /** Number in FACS. */
    readonly number: number;
    /** Index of its row and labels. */
    readonly unit: number;
    readonly real: readonly CodedFace[];
    readonly others: readonly CodedFace[];
  },
): { readonly calibration: UnitCalibration; readonly score: SyntheticUnitScore } {
  const { number, unit, real, others } = faces;
  const decided = (some: readonly CodedFace[], model: LinearUnits) =>
    some.flatMap((face) => {
      const shown = shownOn(face, unit);
      if (shown === undefined) return [];
      const { left, right } = decideUnits(model, face.features);
      return [{ decision: faceDecision(left[unit]!, right[unit]!), present: shown === 1 }];
    });
  const clips = decided(real, fit);
  const synthetic = decided(others, { ...standardOf(others), weights: fit.weights });
  const shown = synthetic.filter(({ present }) => present);
  const named = clips.filter(({ decision }) => decision >= 0);
  const isNeither = shown.length === 0 || shown.length === synthetic.length;
  return {
    calibration: calibrateUnit(clips),
    score: {
      unit: number,
      auc: isNeither ? null : aucOf(synthetic),
      found: shown.filter(({ decision }) => decision >= 0).length / Math.max(1, shown.length),
      coded: clips.filter(({ present }) => present).length,
      named: named.length,
      agreed: named.filter(({ present }) => present).length,
    },
  };
}
