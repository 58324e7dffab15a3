/** @file Where the face moved: the movement of each region between onset and apex. */
import * as Plot from '@observablehq/plot';
import type { Expression } from '@telltale/core';

import { ink, kinds, muted } from './colors.ts';
import type { FigureOptions } from './options.ts';
import { draw } from './plot.ts';
import { english } from './text.ts';

/** Draws the movement of each region of one expression, in the order the report gives; `undefined` where it has none. */
export function regions(expression: Expression, options: FigureOptions): SVGSVGElement | undefined {
  const bars = Object.entries(expression.regions).map(([name, movement]) => ({ name, movement }));
  if (bars.length === 0) return undefined;
  const most = Math.max(...bars.map(({ movement }) => movement));
  const { width = 430, height = 40 + 22 * bars.length, words = english } = options;
  const values = words.list(
    bars.map(({ name, movement }) => `${words.name(name)} ${movement.toFixed(1)}`),
  );

  return draw(words.regions.label(values), options, {
    width,
    height,
    marginLeft: 128,
    marginRight: 44,
    marginTop: 4,
    marginBottom: 36,
    x: {
      domain: [0, most > 0 ? most : 1],
      label: words.regions.axis,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: 4,
    },
    y: { domain: bars.map(({ name }) => name), label: null, tickSize: 0, tickFormat: words.name },
    marks: [
      Plot.barX(bars, {
        x: ({ movement }: { movement: number }) => Math.max(movement, 0),
        y: 'name',
        fill: ({ movement }: { movement: number }) =>
          movement > most / 2 ? kinds[expression.kind] : muted,
        rx: 2,
        insetTop: 2,
        insetBottom: 2,
      }),
      Plot.text(bars, {
        x: ({ movement }: { movement: number }) => Math.max(movement, 0),
        y: 'name',
        dx: 6,
        text: ({ movement }: { movement: number }) => movement.toFixed(1),
        textAnchor: 'start',
        fill: ink,
      }),
    ],
  });
}
