/**
 * @file A flow as an image: hue is direction, saturation is speed.
 *
 * The color wheel of Baker, Scharstein, Lewis, Roth, Black and Szeliski 2011, "A Database and
 * Evaluation Methodology for Optical Flow", IJCV 92(1): six arcs whose lengths follow how finely
 * hues are easy to distinguish.
 */
import type { RgbImage } from '../base/image.ts';
import type { FlowField } from './flow.ts';

/** The arcs of the wheel: where they start (red, green, blue), and their numbers of steps. */
const ARCS: readonly {
  readonly color: readonly [number, number, number];
  readonly steps: number;
}[] = [
  { color: [255, 0, 0], steps: 15 },
  { color: [255, 255, 0], steps: 6 },
  { color: [0, 255, 0], steps: 4 },
  { color: [0, 255, 255], steps: 11 },
  { color: [0, 0, 255], steps: 13 },
  { color: [255, 0, 255], steps: 6 },
];

/** The wheel's 55 colors, red first, each a mixture of the corners of its arc. */
const WHEEL: readonly (readonly number[])[] = ARCS.flatMap(({ color, steps }, arc) => {
  const next = ARCS[(arc + 1) % ARCS.length]!.color;
  return Array.from({ length: steps }, (_, i) =>
    color.map((value, channel) => value + ((next[channel]! - value) * i) / steps),
  );
});

/**
 * Draws a flow on the color wheel: still is white, red is to the right, yellow is down, blue up and left.
 *
 * @param flow - Pixels; shape `[height, width]`.
 * @param fastest - Speed of the full color, pixels; faster is darkened. The fastest pixel by default.
 * @returns RGB, the size of the flow.
 */
export function flowColors(flow: FlowField, fastest?: number): RgbImage {
  const { u, v, width, height } = flow;
  const full = fastest ?? u.reduce((most, x, i) => Math.max(most, Math.hypot(x, v[i]!)), 0);
  const data = new Uint8ClampedArray(width * height * 3);
  for (let i = 0; i < u.length; i++) {
    const speed = full > 0 ? Math.hypot(u[i]!, v[i]!) / full : 0;
    const turn = Math.atan2(v[i]!, u[i]!) / (2 * Math.PI);
    const place = (turn < 0 ? turn + 1 : turn) * WHEEL.length;
    const color = WHEEL[Math.floor(place) % WHEEL.length]!;
    const next = WHEEL[Math.ceil(place) % WHEEL.length]!;
    for (let channel = 0; channel < 3; channel++) {
      const hue =
        color[channel]! + (next[channel]! - color[channel]!) * (place - Math.floor(place));
      data[3 * i + channel] = speed <= 1 ? 255 - speed * (255 - hue) : 0.75 * hue;
    }
  }
  return { data, width, height, channels: 3 };
}
