/** @file The displacement field of action units on one face in an image. */
import { eyes, type ActionField } from './actions.ts';
import { patchesOf, reachOf, type ActiveUnit } from './muscles.ts';

/** Landmarks of the line between the lips. */
const [UPPER_LIP, LOWER_LIP] = [13, 14];
/** Where the table of muscles has that line. */
const MOUTH = 1.15;

/**
 * The field of units acting together, scaled so that its largest vector is 1 pixel; all 0 where they move nothing.
 *
 * @param points - 478 landmarks, pixels, eyes level; shape `[478, 2]`
 */
export function muscleField(units: readonly ActiveUnit[], points: Float32Array): ActionField {
  const { left: a, right: b, distance } = eyes(points);
  const [cx, cy] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const mouth = (points[2 * UPPER_LIP + 1]! + points[2 * LOWER_LIP + 1]!) / 2 - cy;
  const high = mouth > 0.5 * distance ? mouth / MOUTH : distance;
  const patches = patchesOf(units);
  if (patches.length === 0) return EMPTY;

  const edge = (side: -1 | 1, axis: 'x' | 'y', reach: 'wide' | 'high'): number =>
    side * Math.max(...patches.map((patch) => side * patch[axis] + patch[reach]));
  const left = Math.floor(cx + edge(-1, 'x', 'wide') * distance);
  const top = Math.floor(cy + edge(-1, 'y', 'high') * high);
  const width = Math.ceil(cx + edge(1, 'x', 'wide') * distance) - left + 1;
  const height = Math.ceil(cy + edge(1, 'y', 'high') * high) - top + 1;
  const u = new Float32Array(width * height);
  const v = new Float32Array(width * height);
  let largest = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const i = row * width + column;
      const [x, y] = [(left + column - cx) / distance, (top + row - cy) / high];
      for (const patch of patches) {
        const weight = reachOf(patch, x, y);
        u[i]! += weight * patch.u;
        v[i]! += weight * patch.v;
      }
      largest = Math.max(largest, Math.hypot(u[i]!, v[i]!));
    }
  }
  if (largest === 0) return EMPTY;
  for (let i = 0; i < u.length; i++) {
    u[i]! /= largest;
    v[i]! /= largest;
  }
  return { left, top, width, height, u, v };
}

/** Nothing moves. */
const EMPTY: ActionField = {
  ...{ left: 0, top: 0, width: 1, height: 1 },
  u: new Float32Array(1),
  v: new Float32Array(1),
};
