/**
 * @file Which expressions get a card of their own. A clip of a speaking face can contain hundreds; a page with images and
 * figures of each would be too long and too large.
 */
import type { Report } from '@telltale/core';

/** Most expressions with a card; those beyond it are rows of a table. */
const MOST_CARDS = 30;

/** Longer tables are collapsed; number of rows. */
export const MOST_ROWS = 30;

/**
 * The expressions that the page shows with images and figures: all, or those that a coder coded and those of highest
 * confidence.
 *
 * @returns their indices in the report, ascending; without blinks
 */
export function expressionsInFull({ expressions }: Report): ReadonlySet<number> {
  const selected = expressions
    .map(({ kind, confidence = 1 }, index) => ({ kind, confidence, index }))
    .filter(({ kind }) => kind !== 'blink')
    .sort((a, b) => b.confidence - a.confidence || a.index - b.index)
    .slice(0, MOST_CARDS)
    .map(({ index }) => index);
  return new Set(selected.sort((a, b) => a - b));
}
