/** @file What `@telltale/core/evaluate` exports of units. */
export { codedCell, codedSides, type CodedSides } from './coded.ts';
export {
  calibrationsOf,
  crossPredictUnits,
  shownOn,
  type CodedClip,
  type UnitFoldOptions,
  type UnitPrediction,
} from './folds.ts';
export * from './emotions.ts';
export { unitAlone, type SyntheticUnitScore } from './alone.ts';
export { UNITS_METHOD, unitsMethod } from './method.ts';
export * from './result.ts';
export {
  scoreUnits,
  type Measured,
  type SideScores,
  type UnitScores,
  type UnitsScores,
} from './scores.ts';
