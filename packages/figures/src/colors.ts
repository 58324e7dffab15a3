/**
 * @file The colors of the figures. Each is a CSS variable, so that a page can
 * set it for a dark color scheme; its default is for a figure on its own.
 * All have a contrast of at least 4.5 : 1 to the background (WCAG 2.2 AA).
 */
import type { Expression } from '@telltale/core';

/** Text and axes. */
export const ink = 'var(--telltale-ink, #1c2430)';
/** Secondary text, rules that are not data. */
export const quiet = 'var(--telltale-quiet, #5b6675)';
/** The movement curve. */
export const curve = 'var(--telltale-curve, #24496b)';
/** Where no face was detected. */
export const gap = 'var(--telltale-gap, #8a94a3)';
/** Bars that are not emphasized. */
export const muted = 'var(--telltale-muted, #aab4c2)';

/** Color of each kind of movement. */
export const kinds: Readonly<Record<Expression['kind'], string>> = {
  micro: 'var(--telltale-micro, #b93815)',
  macro: 'var(--telltale-macro, #0b7261)',
  blink: 'var(--telltale-blink, #5f6b7a)',
};
/** Background. */
export const ground = 'var(--telltale-ground, #ffffff)';
