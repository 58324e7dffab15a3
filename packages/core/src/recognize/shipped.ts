/** @file The recognizers that ship: adding one is one line. */
import type { EnsembleCalibration } from './ensemble.ts';

/** Files under `@telltale/core/models/`, by the name of their network; a second one of a network has a name of its own. */
export const shippedRecognizers: Readonly<Record<string, string>> = {
  merba: 'merba-flow28.safetensors',
  mfdan: 'mfdan-flow28.safetensors',
  // The faces at apex and onset beside the flow, as its paper has it; trained on rendered movements and never calibrated.
  'mfdan-faces': 'mfdan-face112.safetensors',
  // Magnified faces, as its paper has it; trained on rendered movements and never calibrated.
  densemix: 'densemix-face28.safetensors',
  'densemix-flow': 'densemix-flow28.safetensors',
  'svm-rbf': 'svm-rbf-flow28.safetensors',
  'merba-awake': 'merba-awake28.safetensors',
};

/** Several of them as one: the mean of their probabilities, calibrated as a whole. */
export interface ShippedEnsemble extends EnsembleCalibration {
  /** Names of its members. */
  readonly members: readonly string[];
  /** How all of them together were measured, in one line: see docs/results.md. A file that changes takes it along. */
  readonly score: string;
}

/** The best by leave-one-dataset-out: see docs/results.md. */
export const DEFAULT_RECOGNIZER = 'merba+svm-rbf';

/** Name of the mean of all three networks. */
export const ENSEMBLE = 'ensemble';

/**
 * By name. Calibration and `elsewhere` are of `bench/ensembles.mjs`, which reads the result of the evaluation in
 * docs/results.md.
 */
export const shippedEnsembles: Readonly<Record<string, ShippedEnsemble>> = {
  'merba+svm-rbf': {
    members: ['merba', 'svm-rbf'],
    score:
      'UF1 0.808 ± 0.004, UAR 0.827 ± 0.005: one of 40 subjects left out at a time, epochs fixed in advance, 3 seeds; 309 clips (CASME II 145, SMIC-HS 164)',
    temperature: 0.7464,
    unsureBelow: 0.6265,
    elsewhere: {
      ...{ clips: 309, uf1: 0.806, uar: 0.82, standardizedUf1: 0.82 },
      ...{ sure: 0.761, right: 0.807, calibrationError: 0.109 },
    },
  },
  [ENSEMBLE]: {
    members: ['merba', 'mfdan', 'densemix-flow'],
    score:
      'UF1 0.823 ± 0.008, UAR 0.842 ± 0.007: one of 40 subjects left out at a time, epochs fixed in advance, 3 seeds; 309 clips (CASME II 145, SMIC-HS 164)',
    temperature: 0.7478,
    unsureBelow: 0.6003,
    elsewhere: {
      ...{ clips: 309, uf1: 0.8, uar: 0.813, standardizedUf1: 0.814 },
      ...{ sure: 0.756, right: 0.802, calibrationError: 0.13 },
    },
  },
};
