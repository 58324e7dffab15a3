/** @file Scores, differences, p-values and times in the tables of pages. */
import type { Interval, Spread } from '@telltale/core/evaluate';

import { html } from './markup.ts';
import type { Markup } from './markup.ts';

/** A deviation of 0 is that of a single seed: it says nothing and is left out. */
export function spread({ mean, deviation }: Spread): Markup {
  const around = deviation === 0 ? '' : ` ± ${deviation.toFixed(3)}`;
  return html`<strong>${mean.toFixed(3)}</strong>${around}`;
}

export function range([low, high]: Interval): Markup {
  return html`<span class="facts">${low.toFixed(3)} to ${high.toFixed(3)}</span>`;
}

export function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}

export function probability(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

export function duration(seconds: number): string {
  if (seconds < 90) return `${seconds.toFixed(1)} s`;
  return seconds < 5400 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
