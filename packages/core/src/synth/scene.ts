/** @file Prepares a photograph: the face upright and of known size, the rest of the image out of focus. */
import type { RgbImage } from '../base/image.ts';
import { eyes } from './actions.ts';
import { cubicWeights } from './cubic.ts';

/** A still of the face, a little larger than the clip, so that the head can sway. */
export interface Scene {
  /** Red, green and blue planes, 0–255; shape `[height, width]` each. */
  readonly planes: readonly [Float32Array, Float32Array, Float32Array];
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Pixels around the clip's frame on each side. */
  readonly margin: number;
  /** 478 landmarks in this image, pixels; shape `[478, 2]`. */
  readonly points: Float32Array;
}

/** Width and height of the clip, and the size of the face in it, pixels. */
export interface SceneOptions {
  readonly width: number;
  readonly height: number;
  /** Between the centers of the eyes. */
  readonly interocular: number;
  readonly margin: number;
}

/**
 * Turns, scales and places a photographed face: eyes level, at the given distance, above the middle.
 *
 * Beyond the head the image fades into a blur of itself, which keeps other faces of a group
 * photograph out of the clip.
 *
 * @param points - 478 landmarks in the photograph, pixels
 */
export function composeScene(
  photo: RgbImage,
  points: Float32Array,
  { width, height, interocular, margin }: SceneOptions,
): Scene {
  const [w, h] = [width + 2 * margin, height + 2 * margin];
  const { left, right, distance } = eyes(points);
  const scale = distance / interocular; // photograph pixels per scene pixel
  const cos = ((right[0] - left[0]) / distance) * scale;
  const sin = ((right[1] - left[1]) / distance) * scale;
  const [cx, cy] = [w / 2, margin + 0.43 * height];
  const [px, py] = [(left[0] + right[0]) / 2, (left[1] + right[1]) / 2];
  // Landmarks have pixel centers at whole numbers plus a half; here they lie at whole numbers.

  const planes = [0, 1, 2].map(() => new Float32Array(w * h)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const samples = Math.max(1, Math.round(scale)); // box filter where the photograph is finer
  const color = [0, 0, 0];
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      color.fill(0);
      for (let s = 0; s < samples * samples; s++) {
        const dx = x + ((s % samples) + 0.5) / samples - 0.5 - cx;
        const dy = y + (Math.floor(s / samples) + 0.5) / samples - 0.5 - cy;
        addCubic(photo, [px - 0.5 + dx * cos - dy * sin, py - 0.5 + dx * sin + dy * cos], color);
      }
      for (let c = 0; c < 3; c++) planes[c]![y * w + x] = color[c]! / (samples * samples);
    }
  }

  const moved = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const [dx, dy] = [points[i]! - px, points[i + 1]! - py];
    moved[i] = cx + (dx * cos + dy * sin) / (scale * scale);
    moved[i + 1] = cy + (-dx * sin + dy * cos) / (scale * scale);
  }
  for (const plane of planes)
    blurBeyondHead(plane, w, { cx, cy: cy + 0.35 * interocular, interocular });
  return { planes, width: w, height: h, margin, points: moved };
}

/** Adds the photograph's color at a point, by Catmull–Rom interpolation; edge pixels are repeated. */
function addCubic(photo: RgbImage, [x, y]: readonly [number, number], color: number[]): void {
  const { data, width, height, channels } = photo;
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const wx = cubicWeights(x - x0);
  const wy = cubicWeights(y - y0);
  for (let j = 0; j < 4; j++) {
    const row = Math.min(height - 1, Math.max(0, y0 + j - 1)) * width;
    for (let i = 0; i < 4; i++) {
      const column = Math.min(width - 1, Math.max(0, x0 + i - 1));
      const weight = wx[i]! * wy[j]!;
      for (let c = 0; c < 3; c++) color[c]! += weight * data[(row + column) * channels + c]!;
    }
  }
}

/** Blends a plane into its own coarse average outside an ellipse around the head, in place. */
function blurBeyondHead(
  plane: Float32Array,
  width: number,
  head: { readonly cx: number; readonly cy: number; readonly interocular: number },
): void {
  const height = plane.length / width;
  const cell = 80;
  const [columns, rows] = [Math.ceil(width / cell), Math.ceil(height / cell)];
  const sum = new Float64Array(columns * rows);
  const count = new Float64Array(columns * rows);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = Math.floor(y / cell) * columns + Math.floor(x / cell);
      sum[i]! += plane[y * width + x]!;
      count[i]! += 1;
    }
  }
  const coarse = (column: number, row: number): number => {
    const i = Math.min(rows - 1, Math.max(0, row)) * columns;
    const j = i + Math.min(columns - 1, Math.max(0, column));
    return sum[j]! / count[j]!;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const r = Math.hypot((x - head.cx) / 1.5, (y - head.cy) / 2) / head.interocular;
      const t = Math.min(1, Math.max(0, (r - 1) / 0.35));
      const blur = t * t * (3 - 2 * t);
      if (blur === 0) continue;
      const [gx, gy] = [x / cell - 0.5, y / cell - 0.5];
      const [x0, y0] = [Math.floor(gx), Math.floor(gy)];
      const [fx, fy] = [gx - x0, gy - y0];
      const upper = coarse(x0, y0) * (1 - fx) + coarse(x0 + 1, y0) * fx;
      const lower = coarse(x0, y0 + 1) * (1 - fx) + coarse(x0 + 1, y0 + 1) * fx;
      const i = y * width + x;
      plane[i] = plane[i]! * (1 - blur) + (upper * (1 - fy) + lower * fy) * blur;
    }
  }
}
