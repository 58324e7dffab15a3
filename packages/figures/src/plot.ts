/** @file What all figures share: one labeled SVG, drawn by Observable Plot in a given document. */
import * as Plot from '@observablehq/plot';

import { ink } from './colors.ts';
import type { FigureOptions } from './options.ts';

/** Draws `marks` as one SVG that scales with its container; screen readers read `label`. */
export function draw(
  label: string,
  { document }: Pick<FigureOptions, 'document'>,
  plot: Plot.PlotOptions,
): SVGSVGElement {
  const figure = Plot.plot({
    document,
    ariaLabel: label,
    style: {
      color: ink,
      background: 'transparent',
      fontFamily: 'system-ui, sans-serif',
      fontSize: '12px',
      overflow: 'visible',
    },
    ...plot,
  }) as SVGSVGElement;
  figure.setAttribute('role', 'img');
  figure.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return figure;
}
