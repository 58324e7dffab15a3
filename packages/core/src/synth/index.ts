/** @file Demonstration clips with a known answer. */
export { ACTIONS, type Action, type ActionKind, type ActionSide } from './actions.ts';
export { synthesize, type SynthesisOptions, type SyntheticClip } from './synthesize.ts';
export { activation, type PlantedEvent, type Truth, type TruthMoment } from './truth.ts';
export { scoreAgainst, type FoundInterval, type PlantedScore, type ScoredEvent } from './score.ts';
export {
  COMBINATIONS,
  COMPOSITE,
  drawUnits,
  SYNTHETIC_EMOTIONS,
  type SyntheticEmotion,
} from './emotions.ts';
export {
  drawFaceShape,
  syntheticFlow,
  syntheticFlowImage,
  type FaceShape,
  type FlowOptions,
  type SyntheticFlow,
} from './flow-fields.ts';
export { drawFace, type DrawnFace } from './drawn-face.ts';
export {
  filmScenario,
  type SyntheticSubject,
  type Scenario,
  type ScenarioClip,
  type ScenarioEvent,
} from './scenario.ts';
export {
  countPlan,
  planDataset,
  truthOf,
  type DatasetOptions,
  type DatasetPlan,
  type PlannedFilm,
  type SyntheticCounts,
} from './dataset.ts';
export {
  LAYOUT_NAMES,
  LAYOUTS,
  type Film,
  type FilmEvent,
  type Layout,
  type LayoutName,
  type SheetCell,
  type SheetFile,
} from './layouts/index.ts';
export { planFlowSamples, type FlowSample, type FlowSampleOptions } from './flow-samples.ts';
export { varySubject } from './vary.ts';
export {
  drawRelations,
  RELATION_SIZE,
  relationTasks,
  type RelationName,
  type Relations,
  type RelationTask,
} from './relations.ts';
export {
  pairedSamples,
  sidedSamples,
  singleUnitSamples,
  unitSamples,
  type UnitSample,
  type UnitSampleOptions,
} from './unit-samples.ts';
