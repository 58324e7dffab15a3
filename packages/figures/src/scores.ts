/** @file Scores, differences, p-values and times in the tables of pages. */
import type { Interval, Spread } from '@telltale/core/evaluate';

import { html } from './markup.ts';
import type { Markup } from './markup.ts';

/** Mean ± standard deviation; the standard deviation of a single seed is 0 and left out. */
export function spread({ mean, deviation }: Spread): Markup {
  const around = deviation === 0 ? '' : ` ± ${deviation.toFixed(3)}`;
  return html`<strong>${mean.toFixed(3)}</strong>${around}`;
}

/** An interval as `low to high`. */
export function range([low, high]: Interval): Markup {
  return html`<span class="facts">${low.toFixed(3)} to ${high.toFixed(3)}</span>`;
}

/** A difference with its sign, three decimals. */
export function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}

/** A p-value. */
export function probability(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** A time in seconds, minutes or hours. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${seconds.toFixed(1)} s`;
  return seconds < 5400 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
