/** @file The curves that one can switch on beside the movement: of regions, and of action units. */
import { unitLabel } from '@telltale/core/units';

import type { UnitLine } from '../session/protocol.ts';
import { distancesOf, REGION_COLORS } from './region-curves.ts';

/** Units that are measured as curves, with colors of which each has a contrast of 3 on light and on dark. */
export const UNIT_COLORS: ReadonlyMap<number, string> = new Map([
  [1, '#c2410c'],
  [2, '#2563eb'],
  [4, '#0f766e'],
  [5, '#a21caf'],
  [9, '#4d7c0f'],
  [10, '#be185d'],
  [12, '#7c3aed'],
  [14, '#0e7490'],
  [15, '#a16207'],
  [17, '#64748b'],
]);

/** One curve. */
export interface Line {
  /** Name of the region, or `AU12 left`. */
  readonly name: string;
  readonly of: 'region' | 'unit';
  /** The subject's right is dashed, so that color is not the only difference. */
  readonly isDashed: boolean;
  readonly color: string;
  /** Pixels at an interocular distance of 100, one per frame; NaN where nothing was measured. */
  readonly values: Float32Array;
  /** Number of the unit. */
  readonly unit?: number;
  readonly side?: UnitLine['side'];
}

/**
 * Curves of regions and units.
 *
 * @param shown - names of regions, numbers of units
 * @param from - frame from which the distance of regions is measured
 */
export function linesOf(
  {
    moves,
    unitLines,
  }: { readonly moves: readonly Float32Array[]; readonly unitLines: readonly UnitLine[] },
  {
    regions,
    units,
    from,
  }: {
    readonly regions: readonly string[];
    readonly units: readonly number[];
    readonly from: number;
  },
): readonly Line[] {
  return [
    ...regions.map((name) => ({
      ...{ name, of: 'region' as const, isDashed: name.startsWith('right') },
      color: REGION_COLORS.get(name) ?? 'currentColor',
      values: distancesOf(moves, name, from),
    })),
    ...unitLines
      .filter(({ unit }) => units.includes(unit))
      .map(({ unit, side, values }) => ({
        ...{ name: unitLabel(unit, side), of: 'unit' as const },
        ...{ isDashed: side === 'right', color: UNIT_COLORS.get(unit) ?? 'currentColor' },
        ...{ values, unit, side },
      })),
  ];
}

/** The highest value of all, at least half a pixel: what the full height of the plot stands for. */
export function topOf(lines: readonly Line[]): number {
  let most = 0.5;
  for (const { values } of lines) for (const value of values) if (value > most) most = value;
  return most;
}

/**
 * Where a curve is highest between two frames, for its name.
 *
 * @returns undefined where nothing was measured, or the curve stays near zero
 */
export function peakOf(
  { values }: Line,
  { first, last, least }: { readonly first: number; readonly last: number; readonly least: number },
): { readonly frame: number; readonly value: number } | undefined {
  let [frame, value] = [-1, least];
  for (let i = Math.max(0, first); i <= last && i < values.length; i++) {
    if (values[i]! > value) [frame, value] = [i, values[i]!];
  }
  return frame < 0 ? undefined : { frame, value };
}
