/** @file Demonstration clips with a known answer. */
export { ACTIONS, type Action, type ActionKind } from './actions.ts';
export { synthesize, type SynthesisOptions, type SyntheticClip } from './synthesize.ts';
export { activation, type PlantedEvent, type Truth, type TruthMoment } from './truth.ts';
export { scoreAgainst, type FoundInterval, type PlantedScore, type ScoredEvent } from './score.ts';
