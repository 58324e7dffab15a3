/** @file Draws on frames: boxes, numbers of seven segments, and a strip with the curve of movement. No fonts are needed. */
import type { FaceRegion, Report } from '@telltale/core';

/** RGB pixels that are drawn on. */
export interface Canvas {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Red, green and blue. */
export type Color = readonly [number, number, number];

/** Color of each kind of event, as in the figures of a report. */
export const KIND_COLORS: Readonly<Record<'micro' | 'macro' | 'blink', Color>> = {
  micro: [217, 95, 2],
  macro: [27, 158, 119],
  blink: [117, 112, 179],
};
const WHITE: Color = [255, 255, 255];
const GRAY: Color = [120, 120, 120];
const PAPER: Color = [24, 24, 24];

/** Fills a rectangle; what lies outside of the image is left out. */
export function fill(
  { data, width, height }: Canvas,
  [left, top, right, bottom]: readonly [number, number, number, number],
  color: Color,
): void {
  const [x0, x1] = [Math.max(0, Math.round(left)), Math.min(width, Math.round(right))];
  for (let y = Math.max(0, Math.round(top)); y < Math.min(height, Math.round(bottom)); y++) {
    for (let x = x0; x < x1; x++) data.set(color, 3 * (y * width + x));
  }
}

/** The box around a face. */
export function box(canvas: Canvas, { x, y, size }: FaceRegion, color: Color): void {
  const half = 0.38 * size;
  const line = Math.max(2, Math.round(canvas.height / 240));
  const [left, top, right, bottom] = [x - half, y - half, x + half, y + half];
  fill(canvas, [left, top, right, top + line], color);
  fill(canvas, [left, bottom - line, right, bottom], color);
  fill(canvas, [left, top, left + line, bottom], color);
  fill(canvas, [right - line, top, right, bottom], color);
}

/** Which of the seven segments of each digit are on: top, upper right, lower right, bottom, lower left, upper left, middle. */
const SEGMENTS = [0b1111110, 0b0110000, 0b1101101, 0b1111001, 0b0110011, 0b1011011, 0b1011111, 0b1110000, 0b1111111, 0b1111011]; // prettier-ignore

/** A number on a ground of a color; its upper left corner at (x, y). */
export function badge(
  canvas: Canvas,
  { number, x, y, height, color }: { readonly number: number; readonly x: number; readonly y: number; readonly height: number; readonly color: Color }, // prettier-ignore
): void {
  const digits = Array.from(String(number), Number);
  const [wide, line, pad] = [height * 0.5, Math.max(1, height * 0.12), height * 0.3];
  const full = pad + digits.length * (wide + pad);
  fill(canvas, [x, y, x + full, y + height + 2 * pad], color);
  digits.forEach((digit, i) => {
    const [left, top] = [x + pad + i * (wide + pad), y + pad];
    const [right, bottom, middle] = [left + wide, top + height, top + height / 2];
    const parts = [
      [left, top, right, top + line],
      [right - line, top, right, middle],
      [right - line, middle, right, bottom],
      [left, bottom - line, right, bottom],
      [left, middle, left + line, bottom],
      [left, top, left + line, middle],
      [left, middle - line / 2, right, middle + line / 2],
    ] as const;
    parts.forEach((part, segment) => {
      if ((SEGMENTS[digit]! >> (6 - segment)) & 1) fill(canvas, part, WHITE);
    });
  });
}

/** The strip below the frames: events as colored spans, the curve of movement and its threshold. */
export function strip({ movement, expressions }: Report, width: number, height: number): Canvas {
  const canvas: Canvas = { data: new Uint8Array(3 * width * height), width, height };
  fill(canvas, [0, 0, width, height], PAPER);
  const at = placeOf(movement.times, width);
  for (const { kind, onset, offset } of expressions) {
    fill(canvas, [at(onset.time), 0, Math.max(at(onset.time) + 2, at(offset.time)), height], KIND_COLORS[kind]); // prettier-ignore
  }
  const most = movement.values.reduce<number>((max, value) => Math.max(max, value ?? 0), 2 * movement.threshold); // prettier-ignore
  const level = (value: number): number => height - 2 - (value / (most || 1)) * (height - 4);
  fill(canvas, [0, level(movement.threshold), width, level(movement.threshold) + 1], GRAY);
  // The largest value of each column: no peak is lost.
  const columns = new Float64Array(width).fill(-1);
  movement.values.forEach((value, i) => {
    const column = Math.min(width - 1, Math.floor(at(movement.times[i]!)));
    if (value !== null) columns[column] = Math.max(columns[column]!, value);
  });
  let before: number | undefined;
  columns.forEach((value, x) => {
    if (value < 0) return;
    const y = level(value);
    const from = before ?? y;
    fill(canvas, [x, Math.min(y, from), x + 1, Math.max(y, from) + 2], WHITE);
    before = y;
  });
  return canvas;
}

/** Where a time lies in a strip, pixels from the left. */
export function placeOf(times: readonly number[], width: number): (time: number) => number {
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 1];
  return (time) => ((time - first) / (last - first || 1)) * (width - 1);
}

/** The frame above the strip, with a line at its time. */
export function withStrip(frame: Canvas, below: Canvas, x: number): Canvas {
  const height = frame.height + below.height;
  const data = new Uint8Array(3 * frame.width * height);
  data.set(frame.data);
  data.set(below.data, 3 * frame.width * frame.height);
  const canvas: Canvas = { data, width: frame.width, height };
  fill(canvas, [x - 1, frame.height, x + 1, height], WHITE);
  return canvas;
}
