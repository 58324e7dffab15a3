/** @file The figures of an evaluation: scores with intervals, confusion, subjects, loss. */
import * as Plot from '@observablehq/plot';
import { averageConfusion } from '@telltale/core/evaluate';
import type { EvaluationResult, Interval, MethodResult } from '@telltale/core/evaluate';

import { curve, gap, ground, ink, kinds, muted, quiet } from './colors.ts';
import type { FigureOptions } from './options.ts';
import { draw } from './plot.ts';
import { percent } from './words.ts';

/** A score that is drawn. */
export type Measure = 'uf1' | 'uar' | 'accuracy';

/** Names of the scores. */
export const measureNames: Readonly<Record<Measure, string>> = {
  uf1: 'UF1',
  uar: 'UAR',
  accuracy: 'accuracy',
};

/** A point with its interval in {@link scoresFigure}. */
interface ScoreRow {
  readonly label: string;
  readonly measure: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Draws the scores of all methods, UF1 and UAR beside each other, each with its 95 % interval over
 * subjects. A line through all rows marks the first method, for comparison.
 */
export function scoresFigure(result: EvaluationResult, options: FigureOptions): SVGSVGElement {
  const rows = result.methods.flatMap((method) =>
    (['uf1', 'uar'] as const).map((measure): ScoreRow => {
      const [low, high] = method.intervals['all']![measure] satisfies Interval;
      const value = method.scores.all[measure].mean;
      return { label: method.label, measure: measureNames[measure], value, low, high };
    }),
  );
  const labels = result.methods.map(({ label }) => label);
  const longest = Math.max(...labels.map((label) => label.length));
  const marginLeft = Math.min(280, 24 + 6.6 * longest);
  const { width = 880, height = 66 + 34 * labels.length } = options;
  const least = Math.min(...rows.map(({ low }) => low));
  const most = Math.max(...rows.map(({ high }) => high));
  const first = rows.filter(({ label }) => label === labels[0]);
  const values = rows.map(({ label, measure, value }) => `${label} ${measure} ${value.toFixed(3)}`);
  return draw(`Scores with 95 % intervals over subjects: ${values.join(', ')}.`, options, {
    width,
    height,
    marginLeft,
    marginRight: 24,
    marginTop: 34,
    marginBottom: 32,
    x: {
      domain: [least - 0.02, most + 0.02],
      label: null,
      grid: true,
      ticks: 5,
      tickFormat: '.2f',
    },
    y: { domain: labels, label: null, tickSize: 0 },
    fx: { domain: ['UF1', 'UAR'], label: null },
    marks: [
      ...(labels.length > 1
        ? [Plot.ruleX(first, { x: 'value', fx: 'measure', stroke: gap, strokeDasharray: '3 4' })]
        : []),
      Plot.ruleY(rows, {
        x1: 'low',
        x2: 'high',
        y: 'label',
        fx: 'measure',
        stroke: curve,
        strokeWidth: 2,
      }),
      Plot.dot(rows, { x: 'value', y: 'label', fx: 'measure', r: 4.5, fill: curve }),
      Plot.text(rows, {
        x: 'value',
        y: 'label',
        fx: 'measure',
        text: ({ value }: ScoreRow) => value.toFixed(3),
        dy: -12,
        fill: ink,
        stroke: ground,
        strokeWidth: 4,
        fontWeight: 'bold',
      }),
    ],
  });
}

/** One cell of {@link confusionFigure}. */
interface Cell {
  readonly target: string;
  readonly prediction: string;
  readonly count: number;
  readonly share: number;
}

/** Draws the confusion matrix; counts are averaged over seeds, shades are shares of the target class. */
export function confusionFigure(
  { classes }: EvaluationResult,
  method: MethodResult,
  options: FigureOptions,
): SVGSVGElement {
  const cells = averageConfusion(method).flatMap((row, i) => {
    const support = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, j): Cell => ({
      target: classes[i]!,
      prediction: classes[j]!,
      count,
      share: support === 0 ? 0 : count / support,
    }));
  });
  const longest = Math.max(...classes.map((name) => name.length));
  const marginLeft = 34 + 7 * longest;
  const { width = marginLeft + 96 * classes.length, height = 62 + 58 * classes.length } = options;
  const right = cells.filter(({ target, prediction }) => target === prediction);
  const values = right.map(({ target, share }) => `${target} ${percent(share)} right`);
  return draw(`Confusion matrix: ${values.join(', ')}.`, options, {
    width,
    height,
    marginLeft,
    marginTop: 48,
    marginRight: 8,
    marginBottom: 8,
    x: { domain: classes, label: 'prediction →', axis: 'top', tickSize: 0, labelAnchor: 'right' },
    y: { domain: classes, label: 'target ↓', tickSize: 0 },
    marks: [
      Plot.cell(cells, {
        x: 'prediction',
        y: 'target',
        inset: 1.5,
        rx: 4,
        fill: muted,
        fillOpacity: 0.18,
      }),
      Plot.cell(cells, {
        x: 'prediction',
        y: 'target',
        inset: 1.5,
        rx: 4,
        fill: ({ target, prediction }: Cell) => (target === prediction ? kinds.macro : kinds.micro),
        fillOpacity: ({ share }: Cell) => 0.75 * share,
      }),
      Plot.text(cells, {
        x: 'prediction',
        y: 'target',
        text: ({ count }: Cell) => (Number.isInteger(count) ? String(count) : count.toFixed(1)),
        fill: ink,
        stroke: ground,
        strokeWidth: 3,
        fontWeight: 'bold',
        fontSize: 14,
        dy: -6,
      }),
      Plot.text(cells, {
        x: 'prediction',
        y: 'target',
        text: ({ share }: Cell) => percent(share),
        fill: ink,
        stroke: ground,
        strokeWidth: 3,
        dy: 11,
      }),
    ],
  });
}

/** Draws the accuracy on each subject, descending within each dataset; the area of a dot is the number of clips. */
export function subjectsFigure({ subjects }: MethodResult, options: FigureOptions): SVGSVGElement {
  const datasets = [...new Set(subjects.map(({ dataset }) => dataset))];
  const rows = datasets.flatMap((dataset) =>
    subjects
      .filter((one) => one.dataset === dataset)
      .sort((a, b) => b.accuracy.mean - a.accuracy.mean || b.samples - a.samples)
      .map((one, place) => ({
        dataset,
        place,
        name: one.subject.slice(dataset.length + 1),
        share: one.accuracy.mean,
        clips: one.samples,
      })),
  );
  type Row = (typeof rows)[number];
  const most = Math.max(...rows.map(({ place }) => place)) + 1;
  const { width = 880, height = 56 + 150 * datasets.length } = options;
  const step = (width - 76) / most;
  return draw(
    `Share of correct clips of each of ${rows.length} subjects, from ${percent(Math.min(...rows.map(({ share }) => share)))} to ${percent(Math.max(...rows.map(({ share }) => share)))}.`,
    options,
    {
      width,
      height,
      marginLeft: 52,
      marginRight: 24,
      marginTop: 22,
      marginBottom: 34,
      x: { domain: [-0.7, most - 0.3], axis: null },
      y: { domain: [0, 1], label: null, ticks: [0, 0.5, 1], tickFormat: percent, grid: true },
      fy: { domain: datasets, axis: null, padding: 0.42 },
      r: { range: [2.5, Math.min(11, Math.max(4, step * 0.45))] },
      marks: [
        Plot.text(datasets, {
          fy: (dataset: string) => dataset,
          text: (dataset: string) => dataset,
          frameAnchor: 'top-left',
          dy: -17,
          fontWeight: 'bold',
          fill: ink,
        }),
        Plot.ruleX(rows, { x: 'place', y1: 0, y2: 'share', fy: 'dataset', stroke: muted }),
        Plot.dot(rows, {
          x: 'place',
          y: 'share',
          fy: 'dataset',
          r: 'clips',
          fill: curve,
          stroke: ground,
          title: ({ name, share, clips }: Row) => `${name}: ${percent(share)} of ${clips}`,
        }),
        Plot.text(rows, {
          x: 'place',
          y: 0,
          fy: 'dataset',
          text: 'name',
          rotate: step < 34 ? -45 : 0,
          textAnchor: step < 34 ? 'end' : 'middle',
          dy: step < 34 ? 6 : 12,
          fontSize: 10,
          fill: quiet,
        }),
      ],
    },
  );
}

/** Draws the mean training loss over all folds and seeds, with the band from minimum to maximum; `undefined` for methods without epochs. */
export function lossFigure(
  { losses }: MethodResult,
  options: FigureOptions,
): SVGSVGElement | undefined {
  if (losses.length < 2) return undefined;
  const { width = 430, height = 200 } = options;
  const [first, last] = [losses[0]!, losses.at(-1)!];
  return draw(
    `Training loss from ${first.mean.toFixed(2)} to ${last.mean.toFixed(2)} over ${losses.length} epochs.`,
    options,
    {
      width,
      height,
      marginLeft: 44,
      marginRight: 14,
      marginBottom: 36,
      x: {
        label: 'epoch →',
        labelAnchor: 'right',
        tickFormat: 'd',
        ticks: Math.min(losses.length - 1, 6),
      },
      y: { label: '↑ training loss', grid: true, zero: true, ticks: 4 },
      marks: [
        Plot.areaY(losses, { x: 'epoch', y1: 'low', y2: 'high', fill: curve, fillOpacity: 0.18 }),
        Plot.lineY(losses, { x: 'epoch', y: 'mean', stroke: curve, strokeWidth: 2 }),
      ],
    },
  );
}
