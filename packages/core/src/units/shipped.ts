/** @file The recognizer of units that ships. */

/** File under `@telltale/core/models/`. */
export const shippedUnits = 'units-flow28.safetensors';
