/**
 * @file Maps of tokens: where their channels stand, and the windows they divide into.
 */
import { transpose, type Tensor } from '@telltale/engine';

import { TelltaleError } from '../base/errors.ts';

/** `[n, d, h, h] → [n, h, h, d]` */
export const channelsLast = (x: Tensor): Tensor => transpose(x, [0, 2, 3, 1]);

/** `[n, h, h, d] → [n, d, h, h]` */
export const channelsFirst = (x: Tensor): Tensor => transpose(x, [0, 3, 1, 2]);

/**
 * Checks that each map divides into windows.
 *
 * @param sides - of the maps, tokens
 * @param divisor - what the input size must be a multiple of
 * @throws TelltaleError `OPTION_INVALID`
 */
export function checkWindows(
  sides: readonly number[],
  window: number,
  input: { readonly size: number; readonly divisor: number },
): void {
  const odd = sides.find((side) => !Number.isInteger(side / window));
  if (odd === undefined) return;
  throw new TelltaleError(
    'OPTION_INVALID',
    `a map of ${odd}×${odd} tokens does not divide into windows of ${window}×${window}`,
    `Choose an input size that is a multiple of ${input.divisor} pixels, not ${input.size}.`,
  );
}
