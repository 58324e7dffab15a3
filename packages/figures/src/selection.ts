/**
 * @file Which expressions get a card of their own. A clip of somebody who talks can hold hundreds; a page with pictures and
 * figures of each would be long and heavy, and nobody would read it.
 */
import type { Report } from '@telltale/core';

/** Most expressions with a card; those beyond it are rows of a table. */
const MOST_CARDS = 30;

/** Tables that are longer begin folded up, rows. */
export const MOST_ROWS = 30;

/**
 * The expressions that the page shows with pictures and figures: all, or the most certain ones of many.
 *
 * @returns their places in the report, in its order; never a blink's
 */
export function expressionsInFull({ expressions }: Report): ReadonlySet<number> {
  const surest = expressions
    .map(({ kind, confidence }, index) => ({ kind, confidence, index }))
    .filter(({ kind }) => kind !== 'blink')
    .sort((a, b) => b.confidence - a.confidence || a.index - b.index)
    .slice(0, MOST_CARDS)
    .map(({ index }) => index);
  return new Set(surest.sort((a, b) => a - b));
}
