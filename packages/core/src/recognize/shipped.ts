/** @file The recognizers that ship: adding one is one line. */

/** Files under `@telltale/core/models/`, by the name of their network; the first is the one that is used where nobody chooses. */
export const shippedRecognizers: Readonly<Record<string, string>> = {
  merba: 'merba-flow28.safetensors',
  mfdan: 'mfdan-flow28.safetensors',
  densemix: 'densemix-flow28.safetensors',
};

/** What stands for all of them together. */
export const ENSEMBLE = 'ensemble';
