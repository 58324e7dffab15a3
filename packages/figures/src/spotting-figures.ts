/** @file One video of a spotting evaluation: the movement curve, and below it the annotated and the spotted intervals. */
import { own } from '@telltale/core/report';
import * as Plot from '@observablehq/plot';
import { matchIntervals } from '@telltale/core/evaluate';
import type { IntervalKind, VideoRecord, VideoResult } from '@telltale/core/evaluate';

import { curve as curveColor, gap, kinds, quiet } from './colors.ts';
import type { FigureOptions } from './options.ts';
import { draw } from './plot.ts';

/** The drawn part of a record. */
export type VideoCurve = Pick<VideoRecord, 'curve' | 'numbers' | 'threshold'>;

/** A bar below the curve. */
interface Bar {
  readonly row: string;
  readonly from: number;
  readonly to: number;
  readonly kind: IntervalKind;
  /** Whether it matches an interval of the other row. */
  readonly isMatched: boolean;
}

/** Columns of the curve: a page may hold hundreds of videos. */
const COLUMNS = 220;
/** Parts of the figure's height below the curve, in units of the curve's. */
const ROWS = { annotated: -0.16, spotted: -0.34 } as const;
const THICKNESS = 0.13;

/**
 * Draws a video.
 *
 * @param result - annotated intervals, and those that each method spotted
 * @param record - of the same video
 * @param options - `method`: whose intervals are drawn
 */
export function videoFigure(
  result: VideoResult,
  record: VideoCurve,
  options: FigureOptions & { readonly method: string },
): SVGSVGElement {
  const { width = 880, height = 158 } = options;
  const spotted = own(result.spotted, options.method) ?? [];
  const seconds = secondsOf(record.numbers, result.framesPerSecond);
  const end = Math.max(seconds(record.numbers.at(-1) ?? 0), 1e-3);
  const points = columnsOf(record, seconds);
  const most = points.reduce((a, { value }) => Math.max(a, value), record.threshold) || 1;
  const bars = barsOf(result, spotted, seconds);
  const hits = bars.filter(({ row, isMatched }) => row === 'spotted' && isMatched).length;
  return draw(
    `${result.video}: ${result.truth.length} expressions annotated, ${spotted.length} spotted, ${hits} of them hits.`,
    options,
    {
      width,
      height,
      marginLeft: 78,
      marginRight: 8,
      marginTop: 8,
      marginBottom: 38,
      x: { domain: [0, end], label: 'time (seconds)', labelAnchor: 'center', labelArrow: 'none' },
      y: { domain: [-0.44 * most, 1.05 * most], axis: null },
      marks: [
        Plot.ruleY([record.threshold], { stroke: gap, strokeDasharray: '4 3' }),
        Plot.lineY(points, { x: 'time', y: 'value', stroke: curveColor, strokeWidth: 1.2 }),
        Plot.rect(bars, {
          x1: 'from',
          x2: 'to',
          y1: ({ row }: Bar) => place(row) * most - (THICKNESS * most) / 2,
          y2: ({ row }: Bar) => place(row) * most + (THICKNESS * most) / 2,
          fill: ({ kind }: Bar) => kinds[kind],
          fillOpacity: ({ isMatched }: Bar) => (isMatched ? 0.85 : 0.25),
          stroke: ({ kind }: Bar) => kinds[kind],
          strokeWidth: 0.8,
          title: ({ row, kind, isMatched }: Bar) =>
            `${row}, ${kind}${isMatched ? '' : row === 'spotted' ? ', false alarm' : ', missed'}`,
        }),
        Plot.text(Object.keys(ROWS), {
          x: 0,
          y: (row: string) => place(row) * most,
          text: (row: string) => row,
          textAnchor: 'end',
          dx: -6,
          fill: quiet,
        }),
      ],
    },
  );
}

const place = (row: string): number => ROWS[row as keyof typeof ROWS];

/** Time of a frame number, seconds; gaps in the numbers take no time. */
function secondsOf(numbers: readonly number[], rate: number): (number: number) => number {
  const at = new Map(numbers.map((number, index) => [number, index]));
  const [first = 0, last = 0] = [numbers[0], numbers.at(-1)];
  return (number) => {
    const inside = Math.min(Math.max(number, first), last);
    return (at.get(inside) ?? inside - first) / rate;
  };
}

/** At most this many columns, each with its minimum and maximum, in order of time. */
function columnsOf(
  { curve, numbers }: VideoCurve,
  seconds: (number: number) => number,
): { readonly time: number; readonly value: number }[] {
  const points = curve.map((value, i) => ({ time: seconds(numbers[i]!), value: value ?? NaN }));
  const wide = Math.max(1, Math.ceil(points.length / COLUMNS));
  return Array.from({ length: Math.ceil(points.length / wide) }, (_, column) => {
    const part = points.slice(column * wide, (column + 1) * wide);
    const known = part.filter(({ value }) => !Number.isNaN(value));
    if (known.length === 0) return part.slice(0, 1);
    const least = known.reduce((a, b) => (b.value < a.value ? b : a));
    const most = known.reduce((a, b) => (b.value > a.value ? b : a));
    if (least === most) return [most];
    return least.time < most.time ? [least, most] : [most, least];
  })
    .flat()
    .map(({ time, value }) => ({ time: round(time), value: round(value) }));
}

function barsOf(
  { truth }: VideoResult,
  spotted: VideoResult['spotted'][string],
  seconds: (number: number) => number,
): Bar[] {
  const pairs = (['micro', 'macro'] as const).flatMap((kind) => {
    const of = <T extends { readonly kind: IntervalKind }>(all: readonly T[]): T[] =>
      all.filter((one) => one.kind === kind);
    const [marked, found] = [of(truth), of(spotted)];
    return matchIntervals(marked, found).flatMap((match): unknown[] => [
      marked[match.truth],
      found[match.spotted],
    ]);
  });
  const matched = new Set<unknown>(pairs);
  const bar =
    (row: string) =>
    (one: (typeof truth)[number]): Bar => ({
      row,
      from: round(seconds(one.onset)),
      to: round(seconds(one.offset)),
      kind: one.kind,
      isMatched: matched.has(one),
    });
  return [...truth.map(bar('annotated')), ...spotted.map(bar('spotted'))];
}

const round = (value: number): number => Math.round(value * 1e3) / 1e3;
