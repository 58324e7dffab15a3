/** @file Movement as arrows: from where a point was at the onset to where it is at the apex, enlarged. */

/** An arrow: position and movement, pixels of the face crop. */
export type Arrow = readonly [x: number, y: number, u: number, v: number];

/** Length of the longest arrow, pixels of the face crop. */
const LONGEST = 26;
/** Movements below this part of the longest are left out. */
const LEAST = 0.25;

/** Arrows that are worth drawing, with their ends: the longest as long as `LONGEST`. */
export function arrowsToDraw(arrows: readonly Arrow[]): Arrow[] {
  const most = arrows.reduce((longest, [, , u, v]) => Math.max(longest, Math.hypot(u, v)), 0);
  if (most === 0) return [];
  const scale = LONGEST / most;
  return arrows
    .filter(([, , u, v]) => Math.hypot(u, v) >= LEAST * most)
    .map(([x, y, u, v]) => [x, y, u * scale, v * scale]);
}

/** Draws the arrows, dark on light, so that they stand out from any skin. */
export function drawArrows(context: CanvasRenderingContext2D, arrows: readonly Arrow[]): void {
  const path = new Path2D();
  for (const [x, y, u, v] of arrowsToDraw(arrows)) {
    const [toX, toY] = [x + u, y + v];
    const turn = Math.atan2(v, u);
    path.moveTo(x, y);
    path.lineTo(toX, toY);
    for (const side of [-1, 1]) {
      path.moveTo(toX, toY);
      path.lineTo(toX - 5 * Math.cos(turn + 0.5 * side), toY - 5 * Math.sin(turn + 0.5 * side));
    }
  }
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.strokeStyle = 'rgb(255 255 255 / 85%)';
  context.lineWidth = 3.4;
  context.stroke(path);
  context.strokeStyle = '#14202c';
  context.lineWidth = 1.4;
  context.stroke(path);
}
