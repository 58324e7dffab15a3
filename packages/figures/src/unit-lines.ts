/** @file How far action units moved the skin over time: a row for each unit that moved most, its sides apart. */
import * as Plot from '@observablehq/plot';
import { movesOf, unitMoves } from '@telltale/core';
import type { Report, UnitMoves } from '@telltale/core';

import { curve, ink, kinds, quiet } from './colors.ts';
import type { FigureOptions } from './options.ts';
import { draw } from './plot.ts';
import { english } from './text.ts';

/** Rows at most, those of the highest peaks. */
const MOST = 6;
/** A unit with a lower peak is not drawn, pixels at an interocular distance of 100: what noise reaches. */
const LEAST = 0.2;
/** Columns of a curve beyond which frames are joined. */
const COLUMNS = 900;

/** Draws the curves of a report; `undefined` where it holds no displacements, or no unit moved. */
export function unitLines(report: Report, options: FigureOptions): SVGSVGElement | undefined {
  const { times } = report.movement;
  const curves = unitMoves(movesOf(report), times);
  const peaks = new Map<number, number>();
  for (const { unit, values } of curves) {
    const peak = values.reduce((most, value) => (value > most ? value : most), 0);
    peaks.set(unit, Math.max(peaks.get(unit) ?? 0, peak));
  }
  const units = [...peaks]
    .filter(([, peak]) => peak >= LEAST)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST)
    .map(([unit]) => unit)
    .sort((a, b) => a - b);
  if (units.length === 0) return undefined;
  const { width = 920, height = 40 + 46 * units.length, words = english } = options;
  const text = words.units;
  const named = (unit: number): string => `AU${unit} ${text.name(unit)}`;
  const top = Math.max(...units.map((unit) => peaks.get(unit)!));
  const shown = curves.filter(({ unit }) => units.includes(unit));
  const pointsOf = (isRight: boolean): Point[] =>
    shown.filter(({ side }) => (side === 'right') === isRight).flatMap((one) => points(one, times));
  const line = { x: 'time', y: 'value', z: 'unit', fy: 'unit', strokeWidth: 1.4 } as const;
  return draw(text.curvesLabel(words.list(units.map((unit) => `${named(unit)} ${peaks.get(unit)!.toFixed(1)}`))), options, {
    ...{ width, height, marginLeft: 48, marginRight: 190, marginTop: 8, marginBottom: 40 },
    x: { label: words.timeline.time, labelAnchor: 'center', labelArrow: 'none' },
    y: { domain: [0, top], label: null, ticks: 2 },
    fy: { domain: units, axis: null, padding: 0.15 },
    marks: [
      Plot.ruleY([0], { stroke: quiet, strokeOpacity: 0.5 }),
      Plot.lineY(pointsOf(false), { ...line, stroke: curve }),
      Plot.lineY(pointsOf(true), { ...line, stroke: kinds.micro, strokeDasharray: '4 3' }),
      Plot.text(units, {
        ...{ fy: (unit: number) => unit, text: named, frameAnchor: 'right', textAnchor: 'start' },
        ...{ dx: 8, fill: ink },
      }),
    ],
  }); // prettier-ignore
}

interface Point {
  readonly unit: number;
  readonly time: number;
  readonly value: number;
}

/** `NaN` where nothing was measured; where frames are denser than pixels, each column keeps its peak. */
function points({ unit, values }: UnitMoves, times: readonly number[]): readonly Point[] {
  const step = Math.max(1, Math.ceil(times.length / COLUMNS));
  return Array.from({ length: Math.ceil(times.length / step) }, (_, column) => {
    const part = values.slice(column * step, (column + 1) * step);
    const known = part.filter((value) => !Number.isNaN(value));
    const value = known.length === 0 ? NaN : Math.max(...known);
    return { unit, time: times[column * step + Math.max(0, part.indexOf(value))]!, value };
  });
}
