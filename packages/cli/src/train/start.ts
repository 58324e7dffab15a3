/** @file The weights that ship with telltale for a training to start from. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { TelltaleError } from '@telltale/core';
import { startOf } from '@telltale/core/train';

/** Value of `--from` that starts a training from random numbers. */
export const NO_START = 'none';

/**
 * The weights that ship with telltale for a training to start from, where there are any.
 *
 * @throws TelltaleError `FILE_MISSING`
 */
export function shippedStart(
  network: string,
  config: string,
  classes: readonly string[],
): Uint8Array | undefined {
  const start = startOf(network, config, classes);
  if (start === undefined) return undefined;
  const file = `@telltale/core/models/${start}`;
  try {
    return readFileSync(createRequire(import.meta.url).resolve(file));
  } catch (error) {
    throw new TelltaleError(
      'FILE_MISSING',
      `cannot read the weights ${file}: ${(error as Error).message}`,
      'Install telltale again: the weights that ship with it are missing.',
      { cause: error },
    );
  }
}
