/**
 * @file Optical strain: how much the skin is stretched or sheared, whatever the head does.
 *
 * Shreve, Godavarthy, Goldgof and Sarkar 2011, "Macro- and micro-expression spotting in long videos
 * using spatio-temporal strain", FG: the magnitude of the infinitesimal strain tensor of the flow.
 */
import type { Plane } from '../base/image.ts';
import type { FlowField } from './flow.ts';

/**
 * The magnitude √(uₓ² + v_y² + ½(u_y + v_x)²) of the strain tensor at every pixel, without unit; shape `[height, width]`.
 *
 * Slopes are central differences, one-sided at the edges. A shift has no strain; a turn by a small angle has none
 * to first order.
 */
export function opticalStrain({ u, v, width, height }: FlowField): Plane {
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const above = y > 0 ? -width : 0;
    const below = y < height - 1 ? width : 0;
    const rows = Math.max((below - above) / width, 1);
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const left = x > 0 ? i - 1 : i;
      const right = x < width - 1 ? i + 1 : i;
      const columns = Math.max(right - left, 1);
      const stretchX = (u[right]! - u[left]!) / columns;
      const stretchY = (v[i + below]! - v[i + above]!) / rows;
      const shear = (u[i + below]! - u[i + above]!) / rows + (v[right]! - v[left]!) / columns;
      data[i] = Math.sqrt(stretchX * stretchX + stretchY * stretchY + 0.5 * shear * shear);
    }
  }
  return { data, width, height };
}
