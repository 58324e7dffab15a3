/**
 * @file Token maps: channel order, and the windows that a map divides into.
 *
 * Patterns name `n` batch, `d` channels, `y` and `x` windows of a map, `a` and
 * `b` tokens of a window.
 */
import { rearrange, type Tensor } from '@telltale/engine';

import { TelltaleError } from '../base/errors.ts';

/** `[n, d, h, w] → [n, h, w, d]` */
export const channelsLast = (x: Tensor): Tensor => rearrange(x, 'n d h w -> n h w d');

/** `[n, h, w, d] → [n, d, h, w]` */
export const channelsFirst = (x: Tensor): Tensor => rearrange(x, 'n h w d -> n d h w');

/**
 * Checks that each map divides into windows.
 *
 * @param sides - of the maps, tokens
 * @param input - the size of the input, and what it must be a multiple of
 * @throws TelltaleError `OPTION_INVALID`
 */
export function checkWindows(
  sides: readonly number[],
  window: number,
  input: { readonly size: number; readonly divisor: number },
): void {
  const indivisible = sides.find((side) => !Number.isInteger(side / window));
  if (indivisible === undefined) return;
  throw new TelltaleError(
    'OPTION_INVALID',
    `a map of ${indivisible}×${indivisible} tokens does not divide into windows of ${window}×${window}`,
    `Choose an input size that is a multiple of ${input.divisor} pixels, not ${input.size}.`,
  );
}
