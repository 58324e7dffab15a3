/** @file One frame of a demonstration clip: the scene warped, lit and made noisy. */
import type { Random } from '../base/random.ts';
import type { ActionField } from './actions.ts';
import { lidShift, type Lids } from './lids.ts';
import type { Scene } from './scene.ts';

/** What is particular to one frame. */
export interface Pose {
  /** Shift of the head, pixels. */
  readonly shift: readonly [x: number, y: number];
  /** Turn of the head, radians, clockwise. */
  readonly turn: number;
  /** Size of the head against the scene. */
  readonly zoom: number;
  /** Brightness against the scene. */
  readonly light: number;
  /** Fields with the length of their largest vector, pixels. */
  readonly moves: readonly { readonly field: ActionField; readonly pixels: number }[];
  /** 0 open, 1 closed. */
  readonly closure: number;
}

/** A renderer of one scene; keeps the tables that all frames share. */
export interface Renderer {
  /** Draws into `out`, RGB, shape `[height, width, 3]`. */
  draw(pose: Pose, random: Random, out: Uint8Array): void;
}

/** How many different noise values there are; rows start anywhere in them. */
const NOISE_VALUES = 1 << 17;

/**
 * A renderer for frames of the scene without its margin.
 *
 * Every pixel of the frame asks where it came from (inverse warp) and reads the scene there by
 * cubic convolution.
 *
 * @param noise - standard deviation, grey levels of 255
 */
export function createRenderer(
  scene: Scene,
  eyes: readonly Lids[],
  { noise, random }: { readonly noise: number; readonly random: Random },
): Renderer {
  const { width, height, margin } = scene;
  const [w, h] = [width - 2 * margin, height - 2 * margin];
  const [red, green, blue] = scene.planes;
  const isGray = red === green && green === blue;
  const grain = Float32Array.from({ length: NOISE_VALUES }, () => noise * random.normal());

  return {
    draw(pose, rows, out) {
      const cos = Math.cos(pose.turn) / pose.zoom;
      const sin = Math.sin(pose.turn) / pose.zoom;
      const moves = pose.moves.filter((move) => move.pixels !== 0);
      const { light } = pose;
      for (let y = 0; y < h; y++) {
        let grainAt = noise === 0 ? 0 : rows.integer(NOISE_VALUES);
        const dy = y - h / 2 - pose.shift[1];
        for (let x = 0; x < w; x++) {
          const dx = x - w / 2 - pose.shift[0];
          // Where this pixel lies on the still head.
          const hx = width / 2 + cos * dx + sin * dy;
          const hy = height / 2 - sin * dx + cos * dy;
          let sx = hx;
          let sy = hy;
          for (const { field, pixels } of moves) {
            const fx = hx - field.left;
            const fy = hy - field.top;
            if (fx < 0 || fy < 0 || fx >= field.width - 1 || fy >= field.height - 1) continue;
            sx -= pixels * bilinear(field.u, field.width, fx, fy);
            sy -= pixels * bilinear(field.v, field.width, fx, fy);
          }
          if (pose.closure > 0) for (const eye of eyes) sy -= lidShift(eye, [hx, hy], pose.closure);

          sx = Math.min(width - 3, Math.max(1, sx));
          sy = Math.min(height - 3, Math.max(1, sy));
          const x0 = Math.floor(sx);
          const y0 = Math.floor(sy);
          const tx = sx - x0;
          const ty = sy - y0;
          // Keys' weights, written out: this is the inner loop.
          const xa = tx * (-0.5 + tx * (1 - 0.5 * tx));
          const xb = 1 + tx * tx * (-2.5 + 1.5 * tx);
          const xc = tx * (0.5 + tx * (2 - 1.5 * tx));
          const xd = 1 - xa - xb - xc;
          let r = 0;
          let g = 0;
          let b = 0;
          let i = (y0 - 1) * width + x0 - 1;
          for (let row = 0; row < 4; row++, i += width) {
            const weight =
              row === 0
                ? ty * (-0.5 + ty * (1 - 0.5 * ty))
                : row === 1
                  ? 1 + ty * ty * (-2.5 + 1.5 * ty)
                  : row === 2
                    ? ty * (0.5 + ty * (2 - 1.5 * ty))
                    : ty * ty * (-0.5 + 0.5 * ty);
            const a = weight * xa;
            const c = weight * xb;
            const d = weight * xc;
            const e = weight * xd;
            r += a * red[i]! + c * red[i + 1]! + d * red[i + 2]! + e * red[i + 3]!;
            if (isGray) continue;
            g += a * green[i]! + c * green[i + 1]! + d * green[i + 2]! + e * green[i + 3]!;
            b += a * blue[i]! + c * blue[i + 1]! + d * blue[i + 2]! + e * blue[i + 3]!;
          }
          const o = 3 * (y * w + x);
          out[o] = level(r * light + grain[grainAt]!);
          if (isGray) {
            out[o + 1] = out[o + 2] = out[o]!;
            grainAt = (grainAt + 1) & (NOISE_VALUES - 1);
            continue;
          }
          out[o + 1] = level(g * light + grain[(grainAt + 40503) & (NOISE_VALUES - 1)]!);
          out[o + 2] = level(b * light + grain[(grainAt + 80021) & (NOISE_VALUES - 1)]!);
          grainAt = (grainAt + 1) & (NOISE_VALUES - 1);
        }
      }
    },
  };
}

/** Nearest of 256 grey levels. */
function level(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : (value + 0.5) | 0;
}

function bilinear(plane: Float32Array, width: number, x: number, y: number): number {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const i = y0 * width + x0;
  const upper = plane[i]! + (x - x0) * (plane[i + 1]! - plane[i]!);
  const lower = plane[i + width]! + (x - x0) * (plane[i + width + 1]! - plane[i + width]!);
  return upper + (y - y0) * (lower - upper);
}
