/**
 * @file Movement over time: the curve, its threshold, the spotted movements with onset, apex and offset, and where no face
 * was detected.
 */
import * as Plot from '@observablehq/plot';
import type { Expression, Moment, Report, Stretch } from '@telltale/core';

import { curve, gap, ground, kinds, quiet } from './colors.ts';
import type { FigureOptions } from './options.ts';
import { draw } from './plot.ts';
import type { ReportWords } from './report-words.ts';
import { english } from './text.ts';

/** A timeline of the whole clip, or of a part of it. */
export interface TimelineOptions extends FigureOptions {
  /** Seconds. @defaultValue the start of the clip */
  readonly from?: number;
  /** Seconds. @defaultValue the end of the clip */
  readonly to?: number;
  /** Index of the one expression whose onset, apex and offset are named, instead of numbers for all. */
  readonly named?: number;
}

/** The drawn part and its scale. */
interface View {
  /** Seconds. */
  readonly from: number;
  /** Seconds. */
  readonly to: number;
  /** Movement at the upper edge. */
  readonly top: number;
  /** Pixels per second. */
  readonly scale: number;
}

interface Point {
  readonly time: number;
  readonly value: number;
}

interface Numbered extends Expression {
  readonly number: number;
}

/** Most numbers; more would overlap. */
const MOST_NUMBERS = 40;
/** Columns of the curve beyond which frames are joined. */
const COLUMNS = 900;

/** Draws the movement of a report over time. */
export function timeline(report: Report, options: TimelineOptions): SVGSVGElement {
  const { times, threshold } = report.movement;
  const { from = times[0] ?? 0, to = Math.max(times.at(-1) ?? 0, from + 1e-3), named } = options;
  const { width = 920, height = 250, words = english } = options;
  const text = words.timeline;
  const points = pointsBetween(report, from, to);
  const shown = report.expressions
    .map((expression, index): Numbered => ({ ...expression, number: index + 1 }))
    .filter(({ onset, offset }) => offset.time >= from && onset.time <= to);
  const peak = points.reduce((most, { value }) => (value > most ? value : most), threshold);
  const view = { from, to, top: peak > 0 ? 1.2 * peak : 1, scale: (width - 120) / (to - from) };
  const one = shown.find(({ number }) => number - 1 === named);

  return draw(labelOf(report, shown, words), options, {
    width,
    height,
    marginLeft: 48,
    marginRight: 72,
    marginTop: one ? 44 : 36,
    marginBottom: 42,
    x: { domain: [from, to], label: text.time, labelAnchor: 'center', labelArrow: 'none' },
    y: {
      domain: [0, view.top],
      label: one ? text.movementShort : text.movement,
      labelArrow: 'none',
      labelOffset: 44,
      ticks: 5,
      grid: true,
    },
    marks: [
      ...gapMarks(report.face.gaps, view, text.noFace),
      cutMarks(report.clip.cuts ?? [], view),
      ...intervalMarks(shown, view),
      ...thresholdMarks(threshold, view, text.threshold),
      Plot.lineY(points, { x: 'time', y: 'value', stroke: curve, strokeWidth: 1.6 }),
      apexMarks(report, shown, view),
      ...(one ? nameMarks(one, view, words) : numberMarks(shown, view)),
    ],
  });
}

function gapMarks(gaps: readonly Stretch[], view: View, noFace: string): Plot.Markish[] {
  const bands = gaps
    .filter(({ start, end }) => end.time >= view.from && start.time <= view.to)
    .map(({ start, end }) => ({ x1: inside(start.time, view), x2: inside(end.time, view) }));
  const wide = bands.filter(({ x1, x2 }) => (x2 - x1) * view.scale > 50);
  return [
    Plot.rect(bands, { x1: 'x1', x2: 'x2', y1: 0, y2: view.top, fill: gap, fillOpacity: 0.22 }),
    Plot.text(wide, {
      x: ({ x1, x2 }: { x1: number; x2: number }) => (x1 + x2) / 2,
      y: view.top / 2,
      text: () => noFace,
      fill: quiet,
    }),
  ];
}

/** A line at every cut. */
function cutMarks(cuts: readonly Moment[], view: View): Plot.Markish {
  return Plot.ruleX(
    cuts.filter(({ time }) => isInside(time, view)),
    { x: 'time', y1: 0, y2: view.top, stroke: quiet, strokeDasharray: '2 3' },
  );
}

function intervalMarks(shown: readonly Numbered[], view: View): Plot.Markish[] {
  const edges = shown
    .flatMap((one) => [one.onset, one.offset].map(({ time }) => ({ time, kind: one.kind })))
    .filter(({ time }) => isInside(time, view));
  return [
    Plot.rect(shown, {
      x1: ({ onset }: Expression) => inside(onset.time, view),
      x2: ({ offset }: Expression) => inside(offset.time, view),
      y1: 0,
      y2: view.top,
      fill: ({ kind }: Expression) => kinds[kind],
      fillOpacity: 0.13,
    }),
    Plot.ruleX(edges, {
      x: 'time',
      y1: 0,
      y2: view.top,
      stroke: ({ kind }: Expression) => kinds[kind],
    }),
  ];
}

function thresholdMarks(threshold: number, view: View, name: string): Plot.Markish[] {
  return [
    Plot.ruleY([threshold], { stroke: quiet, strokeDasharray: '5 4' }),
    Plot.text([threshold], {
      x: view.to,
      y: threshold,
      text: () => name,
      textAnchor: 'start',
      dx: 6,
      fill: quiet,
    }),
  ];
}

/** Each kind has a color and a shape: color alone must not carry a meaning. */
function apexMarks(report: Report, shown: readonly Numbered[], view: View): Plot.Markish {
  const symbols = { micro: 'circle', macro: 'diamond', blink: 'square' } as const;
  return Plot.dot(
    shown.filter(({ apex }) => isInside(apex.time, view)),
    {
      x: ({ apex }: Expression) => apex.time,
      y: ({ apex }: Expression) => report.movement.values[apex.frame] ?? 0,
      fill: ({ kind }: Expression) => kinds[kind],
      stroke: ground,
      r: 5,
      symbol: ({ kind }: Expression) => symbols[kind],
    },
  );
}

function numberMarks(shown: readonly Numbered[], view: View): Plot.Markish[] {
  if (shown.length > MOST_NUMBERS) return [];
  return [
    Plot.text(shown, {
      x: ({ apex }: Expression) => inside(apex.time, view),
      y: view.top,
      dy: -11,
      text: ({ number }: Numbered) => String(number),
      fill: ({ kind }: Expression) => kinds[kind],
      fontWeight: 'bold',
      fontSize: 13,
    }),
  ];
}

function nameMarks(one: Numbered, view: View, words: ReportWords): Plot.Markish[] {
  const sides = { onset: 'end', apex: 'middle', offset: 'start' } as const;
  return (['onset', 'apex', 'offset'] as const).map((name) =>
    Plot.text([one[name]], {
      x: 'time',
      y: view.top,
      dx: { onset: 4, apex: 0, offset: -4 }[name],
      dy: name === 'apex' ? -23 : -9,
      text: () => words.moment(name),
      textAnchor: sides[name],
      fill: kinds[one.kind],
      fontWeight: 'bold',
    }),
  );
}

function labelOf(report: Report, shown: readonly Numbered[], words: ReportWords): string {
  const counts = (['micro', 'macro', 'blink'] as const)
    .map((kind) => [kind, shown.filter((one) => one.kind === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => words.count(kind, count));
  const found = counts.length === 0 ? words.timeline.nothing : words.list(counts);
  return words.timeline.label(report.clip.name, found);
}

/**
 * The curve between two times; `NaN` where there was no face. Where frames are
 * denser than pixels, each pixel column keeps its least and its greatest
 * movement: no peak is lost, and a long clip's figure stays small.
 */
function pointsBetween({ movement }: Report, from: number, to: number): readonly Point[] {
  const { times, values } = movement;
  const points: Point[] = [];
  for (let frame = 0; frame < times.length; frame++) {
    const time = times[frame]!;
    if (time >= from && time <= to) points.push({ time, value: values[frame] ?? NaN });
  }
  if (points.length <= 2 * COLUMNS) return points;
  const perColumn = Math.ceil(points.length / COLUMNS);
  return Array.from({ length: Math.ceil(points.length / perColumn) }, (_, column) =>
    extremes(points.slice(column * perColumn, (column + 1) * perColumn)),
  ).flat();
}

function extremes(points: readonly Point[]): readonly Point[] {
  const known = points.filter(({ value }) => !Number.isNaN(value));
  if (known.length === 0) return points.slice(0, 1);
  const least = known.reduce((a, b) => (b.value < a.value ? b : a));
  const most = known.reduce((a, b) => (b.value > a.value ? b : a));
  if (least === most) return [least];
  return least.time < most.time ? [least, most] : [most, least];
}

function isInside(time: number, { from, to }: View): boolean {
  return time >= from && time <= to;
}

function inside(time: number, { from, to }: View): number {
  return Math.min(Math.max(time, from), to);
}
