/** @file Curves of single regions: how far each is from where it was in one frame. */
import { REGIONS } from '@telltale/core/spot';

/** Colors of regions that differ on light and dark; left and right of a pair are alike. */
const COLORS = ['#c2410c', '#0f766e', '#7c3aed', '#b45309', '#be185d', '#2563eb'] as const;

/** The part of the face that a region is of: its name without the side. */
const partOf = (name: string): string => name.replace(/^(?:left|right)/, '');

const parts = [...new Set(REGIONS.map(partOf))];

/** Color of each region. */
export const REGION_COLORS: ReadonlyMap<string, string> = new Map(
  REGIONS.map((name) => [name, COLORS[parts.indexOf(partOf(name)) % COLORS.length]!]),
);

/**
 * Distance of a region from where it was in frame `from`, pixels at an interocular distance of 100.
 *
 * @param moves - as in `Result`
 * @returns one value per frame, NaN where nothing was measured; empty where the region is not known
 */
export function distancesOf(
  moves: readonly Float32Array[],
  name: string,
  from: number,
): Float32Array {
  const index = REGIONS.findIndex((one) => one === name);
  const [x, y] = [moves[2 * index], moves[2 * index + 1]];
  if (x === undefined || y === undefined) return new Float32Array();
  const [x0, y0] = [x[from] ?? NaN, y[from] ?? NaN];
  return x.map((value, frame) => Math.hypot(value - x0, y[frame]! - y0));
}
