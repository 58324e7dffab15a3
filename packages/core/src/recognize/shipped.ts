/** @file The recognizers that ship: adding one is one line. */

/** Files under `@telltale/core/models/`, by the name of their network; the first is the default. */
export const shippedRecognizers: Readonly<Record<string, string>> = {
  merba: 'merba-flow28.safetensors',
  mfdan: 'mfdan-flow28.safetensors',
  densemix: 'densemix-flow28.safetensors',
};

/** What stands for all of them together. */
export const ENSEMBLE = 'ensemble';

/** How all of them together were measured, in one line: see docs/results.md. A file that changes takes it along. */
export const shippedEnsembleScore: string =
  'UF1 0.823 ± 0.008, UAR 0.842 ± 0.007: one of 40 subjects left out at a time, epochs fixed in advance, 3 seeds; 309 clips (CASME II 145, SMIC-HS 164)';
