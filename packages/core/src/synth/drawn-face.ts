/**
 * @file A drawn face that a face detector accepts and that resembles no real subject.
 *
 * Every pixel is computed from ellipses and curves in the coordinates of the face (see `muscles.ts`), lit by one
 * lamp, with skin that has a grain. Differences between synthetic subjects are drawn from their seed: tone of the
 * skin, hair, shape, light.
 */
import type { RgbImage } from '../base/image.ts';
import { createRandom, type Random } from '../base/random.ts';
import type { Landmarks } from '../face/landmarks.ts';

/** Where a drawn face has the mesh's landmarks that anything here uses; one side, x mirrored for the other. */
const PLACES: readonly (readonly [left: number, right: number, x: number, y: number])[] = [
  ...([
    [33, 263, 0.73, 0],
    [133, 362, 0.27, 0],
  ] as const),
  ...([
    [107, 336, 0.2, -0.34],
    [55, 285, 0.22, -0.28],
    [66, 296, 0.38, -0.4],
  ] as const),
  ...([
    [65, 295, 0.4, -0.33],
    [105, 334, 0.55, -0.42],
    [63, 293, 0.72, -0.4],
  ] as const),
  ...([
    [52, 282, 0.55, -0.35],
    [53, 283, 0.72, -0.33],
  ] as const),
  ...([
    [61, 291, 0.42, 1.15],
    [205, 425, 0.6, 0.78],
    [129, 358, 0.25, 0.64],
  ] as const),
  ...([[98, 327, 0.2, 0.7]] as const),
  ...([
    [246, 466, 0.68, -0.04],
    [161, 388, 0.6, -0.08],
    [160, 387, 0.54, -0.1],
  ] as const),
  ...([
    [159, 386, 0.5, -0.11],
    [158, 385, 0.44, -0.1],
    [157, 384, 0.38, -0.07],
  ] as const),
  ...([
    [173, 398, 0.32, -0.04],
    [7, 249, 0.66, 0.03],
    [163, 390, 0.6, 0.06],
  ] as const),
  ...([
    [144, 373, 0.55, 0.07],
    [145, 374, 0.5, 0.08],
    [153, 380, 0.44, 0.07],
  ] as const),
  ...([
    [154, 381, 0.38, 0.05],
    [155, 382, 0.32, 0.03],
  ] as const),
  ...([
    [13, 13, 0, 1.14],
    [14, 14, 0, 1.16],
  ] as const),
];

/** Landmarks with the eyes level, at the given distance around a place; those that nothing uses lie in the middle. */
export function drawnLandmarks(
  [x, y]: readonly [number, number],
  interocular: number,
  shape: { readonly wide: number; readonly high: number } = { wide: 1, high: 1 },
): Landmarks {
  const points = new Float32Array(2 * 478);
  for (let i = 0; i < 478; i++) {
    points[2 * i] = x;
    points[2 * i + 1] = y + 0.4 * interocular;
  }
  for (const [left, right, across, down] of PLACES) {
    // Eyes stay where they are; what lies below them follows the shape of the face.
    const outward = Math.abs(down) < 0.2 ? across : across * shape.wide;
    const below = Math.max(0, down - 0.2) * (shape.high - 1) + down;
    for (const [point, side] of [
      [left, -1],
      [right, 1],
    ] as const) {
      points[2 * point] = x + side * outward * interocular;
      points[2 * point + 1] = y + below * interocular;
    }
  }
  return { points, presence: 1 };
}

/** A drawn synthetic subject. */
export interface DrawnFace {
  /** The face from the front, as RGB. */
  readonly image: RgbImage;
  /** Landmarks of the 478-point mesh, pixels of the image. */
  readonly landmarks: Landmarks;
}

type Color = readonly [red: number, green: number, blue: number];

/** Skin from light to dark, and hair. */
const SKIN: readonly Color[] = [
  [236, 198, 174],
  [226, 184, 156],
  [212, 168, 134],
  [194, 146, 112],
  [164, 116, 86],
  [128, 88, 66],
];
const HAIR: readonly Color[] = [
  [34, 28, 26],
  [52, 38, 30],
  [86, 60, 40],
  [120, 86, 54],
];

/**
 * Draws the face of the subject with this seed: 3.6 interocular distances wide, 4.4 high.
 *
 * @param interocular - distance between the pupils, pixels
 */
export function drawFace(seed: number, interocular = 120): DrawnFace {
  const random = createRandom(seed);
  const look = drawLook(random);
  const width = Math.round(3.6 * interocular);
  const height = Math.round(4.4 * interocular);
  const [cx, cy] = [width / 2, 0.41 * height];
  const grain = grainOf(random, width, height);
  const data = new Uint8ClampedArray(width * height * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = (column + 0.5 - cx) / interocular;
      const y = (row + 0.5 - cy) / interocular;
      const i = row * width + column;
      const [red, green, blue] = colorAt(look, x, y);
      const rough = 1 + 0.035 * grain[i]!;
      data[3 * i] = red * rough;
      data[3 * i + 1] = green * rough;
      data[3 * i + 2] = blue * rough;
    }
  }
  return {
    image: { data, width, height, channels: 3 },
    landmarks: drawnLandmarks([cx, cy], interocular, look),
  };
}

/** Parameters of a drawn subject. */
interface Look {
  readonly wide: number;
  readonly high: number;
  readonly skin: Color;
  readonly hair: Color;
  readonly iris: Color;
  readonly behind: Color;
  readonly clothes: Color;
  /** Where the light comes from: x, y, and toward the camera. */
  readonly lamp: Color;
  readonly browThickness: number;
  readonly lips: number;
  readonly fringe: number;
}

function drawLook(random: Random): Look {
  const mix = (table: readonly Color[]): Color => {
    const place = random.uniform() * (table.length - 1);
    const [a, b] = [table[Math.floor(place)]!, table[Math.ceil(place)]!];
    const t = place - Math.floor(place);
    return blend(a, b, t);
  };
  const around = (spread: number): number => 1 + spread * (2 * random.uniform() - 1);
  const wall = 90 + 110 * random.uniform();
  const lamp = [0.9 * (random.uniform() - 0.5), -0.25 - 0.4 * random.uniform(), 1] as const;
  const length = Math.hypot(...lamp);
  return {
    wide: around(0.07),
    high: around(0.05),
    skin: mix(SKIN),
    hair: mix(HAIR),
    iris: random.uniform() < 0.7 ? [52, 36, 26] : [78, 96, 108],
    behind: [wall * around(0.1), wall * around(0.1), wall * around(0.1)],
    clothes: [180 * random.uniform(), 180 * random.uniform(), 180 * random.uniform()],
    lamp: [lamp[0] / length, lamp[1] / length, lamp[2] / length],
    browThickness: 0.05 * around(0.35),
    lips: around(0.25),
    fringe: -0.8 * around(0.12),
  };
}

/** The color of the drawing at a place, face coordinates. */
function colorAt(look: Look, px: number, py: number): Color {
  const x = px / look.wide;
  const y = py <= 0.2 ? py : 0.2 + (py - 0.2) / look.high;
  const side = Math.abs(x);

  let color = blend(look.behind, [255, 255, 255], 0.12 * smooth(-1, 1, -y));
  const scalp = ellipse([x, y - 0.1], [1.36, 1.5], 0.05) * smooth(1.2, 0.9, y);
  color = blend(color, look.hair, scalp);
  const shoulders = smooth(2.28, 2.34, y - 0.12 * Math.max(0, 1.2 - side));
  color = blend(
    color,
    shade(look.skin, 0.66),
    smooth(0.02, -0.02, Math.abs(px) - 0.68) * smooth(1.2, 1.3, y),
  );
  color = blend(color, look.clothes, shoulders * smooth(1.9, 1.7, side));
  color = blend(color, shade(look.skin, 0.78), ellipse([side - 1.2, y - 0.3], [0.14, 0.3], 0.03));

  // The face itself: half an ellipse above, a narrower jaw below.
  const jaw = y < 0.5 ? 1.18 : 1.18 * Math.sqrt(Math.max(0, 1 - ((y - 0.5) / 1.46) ** 2.6));
  const inside = jaw > 0.03 ? smooth(0.03, -0.03, side - jaw) * (y < 0 ? scalp : 1) : 0;
  if (inside > 0) color = blend(color, skinAt(look, x, y), inside);
  const hairline = look.fringe + 0.3 * side ** 3;
  if (y < hairline + 0.1) {
    color = blend(color, look.hair, scalp * smooth(0.04, -0.04, y - hairline));
  }
  return color;
}

/** Skin with its light and everything on it. */
function skinAt(look: Look, x: number, y: number): Color {
  const side = Math.abs(x);
  // Light on an egg with a nose.
  const [nx, ny] = [x / 1.25, (y - 0.45) / 1.6];
  const ridge = bump([x, y - 0.36], [0.15, 0.42]) + 1.1 * bump([x, y - 0.64], [0.22, 0.16]);
  const slope = -ridge * (x / 0.1) * 0.4;
  const nz = Math.sqrt(Math.max(0.12, 1 - nx * nx - ny * ny));
  const light = (nx - slope) * look.lamp[0] + ny * look.lamp[1] + nz * look.lamp[2];
  let tone = 0.42 + 0.66 * Math.max(0, light);
  tone -= 0.2 * bump([side - 0.42, y + 0.08], [0.4, 0.24]); // socket
  tone += 0.07 * bump([side - 0.66, y - 0.5], [0.34, 0.26]); // cheekbone
  tone -= 0.1 * bump([x, y - 0.78], [0.3, 0.09]); // below the nose
  tone -= 0.06 * Math.abs(bump([x, y - 0.92], [0.07, 0.14])); // philtrum
  tone -= 0.11 * bump([x, y - 1.4], [0.36, 0.11]); // below the lip
  tone += 0.06 * bump([x, y - 1.62], [0.3, 0.16]); // chin
  tone -=
    0.09 *
    band(side - (0.34 + 0.28 * (y - 0.7)), 0.045) *
    smooth(0.62, 0.75, y) *
    smooth(1.15, 0.95, y);
  tone += 0.14 * bump([x, y - 0.6], [0.08, 0.12]) + 0.06 * bump([x, y - 0.3], [0.06, 0.3]); // ridge
  tone -= 0.2 * band(side - 0.25, 0.04) * bump([0, y - 0.65], [1, 0.13]); // nose wing
  tone -= 0.12 * band(side - 0.16 - 0.05 * y, 0.07) * smooth(0.6, 0.3, y) * smooth(-0.2, 0.1, y);
  let color = shade(look.skin, tone);
  color = blend(
    color,
    shade(look.skin, 0.2),
    0.85 * ellipse([side - 0.12, y - 0.73], [0.075, 0.035], 0.35),
  );

  color = mouthOn(color, look, { x, y, tone });
  color = eyeOn(color, look, { x: side, y, tone });

  // Brow: an arch that thins out.
  const along = (side - 0.18) / 0.64;
  if (along > 0 && along < 1) {
    const arch = -0.31 - 0.12 * Math.sin(Math.PI * (0.15 + 0.62 * along));
    const thick = look.browThickness * (1 - 0.55 * along) + 0.01;
    const hairs = 0.75 + 0.25 * Math.sin(140 * side + 90 * y);
    const ends = smooth(0, 0.1, along) * smooth(1, 0.85, along);
    color = blend(
      color,
      shade(look.hair, 1.1),
      0.85 * hairs * ends * smooth(1.3, 0.7, Math.abs(y - arch) / thick),
    );
  }
  return color;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly tone: number;
}

function mouthOn(skin: Color, look: Look, { x, y, tone }: Place): Color {
  const across = x / 0.42;
  if (Math.abs(across) >= 1.1) return skin;
  const taper = Math.sqrt(Math.max(0, 1 - across * across));
  const line = 1.15 + 0.015 * Math.cos(3 * across) - 0.012;
  const bow = 0.09 * look.lips * taper * (1 - 0.25 * bump([across, 0], [0.2, 1]));
  const full = 0.13 * look.lips * taper;
  const red = blend(look.skin, [150, 62, 62], 0.55);
  const upper = smooth(0.012, -0.012, line - bow - y) * smooth(0.008, -0.008, y - line);
  const lower = smooth(0.012, -0.012, y - line - full) * smooth(0.008, -0.008, line - y);
  let color = blend(skin, shade(red, 0.82 * tone), upper * taper);
  const shine = 1 + 0.18 * bump([x, y - line - 0.6 * full], [0.2, 0.03]);
  color = blend(color, shade(red, tone * shine), lower * taper);
  const dark = band(y - line, 0.016) * smooth(1.05, 0.9, Math.abs(across));
  return blend(color, shade(look.skin, 0.22), 0.9 * dark);
}

function eyeOn(skin: Color, look: Look, { x, y, tone }: Place): Color {
  const across = (x - 0.5) / 0.23;
  if (Math.abs(across) > 1.35 || Math.abs(y) > 0.3) return skin;
  const round = Math.max(0, 1 - across * across);
  const upper = -0.115 * round ** 0.8;
  const lower = 0.08 * round;
  let color = skin;
  color = blend(
    color,
    shade(look.skin, 0.6 * tone),
    0.6 * band(y - (upper - 0.055), 0.014) * smooth(1.2, 0.9, Math.abs(across)),
  );
  const open =
    smooth(-0.008, 0.008, y - upper) *
    smooth(0.008, -0.008, y - lower) *
    smooth(1, 0.95, Math.abs(across));
  if (open > 0) {
    const shadow = 0.72 + 0.28 * smooth(0, 0.07, y - upper);
    let ball = shade([232, 228, 224], shadow * (0.75 + 0.3 * tone));
    const r = Math.hypot(x - 0.5, y + 0.012);
    ball = blend(ball, shade(look.iris, 0.6 + 0.6 * smooth(0.03, 0.1, r)), smooth(0.115, 0.1, r));
    ball = blend(ball, [12, 10, 10], smooth(0.055, 0.045, r));
    ball = blend(ball, [250, 250, 250], ellipse([x - 0.53, y + 0.045], [0.02, 0.02], 0.3));
    color = blend(color, ball, open);
  }
  const lash = band(y - upper, 0.017) * smooth(1.1, 0.98, Math.abs(across));
  color = blend(color, [28, 22, 20], 0.92 * lash);
  const under = band(y - lower, 0.01) * smooth(1.05, 0.9, Math.abs(across));
  return blend(color, shade(look.skin, 0.5), 0.5 * under);
}

/** From 0 at `a` to 1 at `b`, without corners. */
function smooth(a: number, b: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - a) / (b - a)));
  return t * t * (3 - 2 * t);
}

/** 1 in an ellipse around the origin, 0 outside, with a soft edge. */
function ellipse(
  [x, y]: readonly [number, number],
  [wide, high]: readonly [number, number],
  soft: number,
): number {
  return smooth(1 + soft, 1 - soft, Math.hypot(x / wide, y / high));
}

/** A bell of height 1 around the origin. */
function bump([x, y]: readonly [number, number], [wide, high]: readonly [number, number]): number {
  return Math.exp(-((x / wide) ** 2) - (y / high) ** 2);
}

/** 1 at 0, fading within `width` to both sides. */
const band = (distance: number, width: number): number => Math.exp(-((distance / width) ** 2));

const shade = ([red, green, blue]: Color, factor: number): Color => [
  red * factor,
  green * factor,
  blue * factor,
];

const blend = (a: Color, b: Color, t: number): Color => [
  a[0] + t * (b[0] - a[0]),
  a[1] + t * (b[1] - a[1]),
  a[2] + t * (b[2] - a[2]),
];

/** The grain of skin: random numbers smoothed at three sizes, standard deviation near 1; shape `[height, width]`. */
function grainOf(random: Random, width: number, height: number): Float32Array {
  const out = new Float32Array(width * height);
  for (const [cell, share] of [
    [2, 0.5],
    [5, 0.6],
    [14, 0.7],
  ] as const) {
    const columns = Math.ceil(width / cell) + 2;
    const rows = Math.ceil(height / cell) + 2;
    const nodes = Float32Array.from({ length: columns * rows }, () => share * random.normal());
    for (let row = 0; row < height; row++) {
      const j = Math.floor(row / cell);
      const ty = row / cell - j;
      for (let column = 0; column < width; column++) {
        const i = j * columns + Math.floor(column / cell);
        const tx = (column % cell) / cell;
        const upper = nodes[i]! + tx * (nodes[i + 1]! - nodes[i]!);
        const lower = nodes[i + columns]! + tx * (nodes[i + columns + 1]! - nodes[i + columns]!);
        out[row * width + column]! += 1.4 * (upper + ty * (lower - upper));
      }
    }
  }
  return out;
}
