/** @file Class probabilities of one movement: a bar per class, and the threshold below which the verdict is unsure. */
import { own } from '@telltale/core/report';
import * as Plot from '@observablehq/plot';
import type { Expression, Report } from '@telltale/core';

import { ground, ink, kinds, muted, quiet } from './colors.ts';
import type { FigureOptions } from './options.ts';
import { draw } from './plot.ts';
import { english } from './text.ts';
import { percent } from './words.ts';

/**
 * Draws the class probabilities of one expression; `undefined` where it has none.
 *
 * @param report - the report that the expression is from
 */
export function probabilities(
  report: Report,
  expression: Expression,
  options: FigureOptions,
): SVGSVGElement | undefined {
  if (expression.classes === undefined) return undefined;
  const given = expression.classes;
  const bars = (report.recognizer?.classes ?? Object.keys(given)).map((name) => ({
    name,
    share: own(given, name) ?? 0,
    isVerdict: name === expression.verdict,
  }));
  const threshold = report.recognizer?.unsureBelow;
  const { width = 430, height = 52 + 27 * bars.length, words = english } = options;
  const values = words.list(bars.map(({ name, share }) => `${words.name(name)} ${percent(share)}`));
  const verdict = expression.verdict;
  const text = words.probabilities;

  return draw(
    text.label(values, verdict === undefined ? text.none : words.name(verdict)),
    options,
    {
      width,
      height,
      marginLeft: 92,
      marginRight: 44,
      marginTop: 22,
      marginBottom: 30,
      x: { domain: [0, 1], label: null, ticks: [0, 0.5, 1], tickFormat: percent },
      y: { domain: bars.map(({ name }) => name), label: null, tickSize: 0, tickFormat: words.name },
      marks: [
        Plot.barX(bars, {
          x: 'share',
          y: 'name',
          fill: ({ isVerdict }: { isVerdict: boolean }) =>
            isVerdict ? kinds[expression.kind] : muted,
          rx: 2,
          insetTop: 2,
          insetBottom: 2,
        }),
        ...(threshold === undefined || threshold === 0
          ? []
          : thresholdMarks(threshold, text.unsureBelow(percent(threshold)))),
        Plot.text(bars, {
          x: 'share',
          y: 'name',
          dx: 6,
          text: ({ share }: { share: number }) => percent(share),
          textAnchor: 'start',
          fill: ink,
          stroke: ground,
          strokeWidth: 4,
          fontWeight: 'bold',
        }),
      ],
    },
  );
}

function thresholdMarks(threshold: number, values: string): Plot.Markish[] {
  return [
    Plot.ruleX([threshold], { stroke: quiet, strokeDasharray: '4 3' }),
    Plot.text([threshold], {
      x: threshold,
      frameAnchor: 'top',
      dy: -14,
      text: () => values,
      fill: quiet,
    }),
  ];
}
