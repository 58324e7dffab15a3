/** @file Weights on disk: those that a person names, or those that ship with telltale. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { TelltaleError } from '@telltale/core';

/** The recognizer that ships. */
export const shippedWeights = '@telltale/core/models/merba-flow28.safetensors';

/**
 * Bytes of a weights file.
 *
 * @param path - the shipped recognizer where left out
 * @throws TelltaleError `FILE_MISSING`
 */
export async function readWeights(path?: string): Promise<Uint8Array> {
  try {
    return await readFile(path ?? createRequire(import.meta.url).resolve(shippedWeights));
  } catch (error) {
    throw new TelltaleError(
      'FILE_MISSING',
      `cannot read the weights ${path ?? shippedWeights}: ${(error as Error).message}`,
      path === undefined
        ? 'Install telltale again: the weights that ship with it are missing.'
        : 'Give the path of a weights file that "telltale train" made.',
      { cause: error },
    );
  }
}
