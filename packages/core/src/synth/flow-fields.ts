/**
 * @file The flow of a micro-expression that never was: displacement fields straight from action units.
 *
 * No image is rendered and no flow computed, so that a network can see a hundred thousand of them before it
 * sees a face. What spoils flow of real clips is put in: a head that moves (with the parallax of a face that
 * is not flat), a face box that is cut a little differently each time, noise with the smoothness that TV-L1 leaves,
 * smooth skin on which flow is lost, lids and eyes that move for themselves, sides that differ, units of
 * different strength. The recipe is ours; no label of a real dataset was used to choose it.
 */
import type { RgbImage } from '../base/image.ts';
import type { Random } from '../base/random.ts';
import { TelltaleError } from '../base/errors.ts';
import type { FlowField } from '../motion/flow.ts';
import { FLOW_IMAGE_SIZE, flowImage } from '../motion/flow-image.ts';
import { drawUnits, parseUnits } from './emotions.ts';
import { patchesOf, reachOf, type Patch } from './muscles.ts';

/** Constant over the clips of one synthetic subject. */
export interface FaceShape {
  /** Factor on widths, near 1. */
  readonly wide: number;
  /** Factor on heights, near 1. */
  readonly high: number;
  /** Ratio of movement of the image-right side to the left: a factor near 1. */
  readonly balance: number;
  /** How far pulls lie from where the table has them, as a seed. */
  readonly seed: number;
  /** How much of the movement is lost on smooth skin, 0 to 1. */
  readonly smoothness: number;
}

/** Options of {@link syntheticFlow}. */
export interface FlowOptions {
  /** Side of the field, cells; of a flow image, pixels. @defaultValue 28 */
  readonly size?: number;
  /** The subject. @defaultValue drawn */
  readonly shape?: FaceShape;
  /** Strength of the expression, times a strength that is drawn around 1. @defaultValue 1 */
  readonly intensity?: number;
  /** Scale of everything that spoils the flow: 0 none, 1 as in real clips. @defaultValue 1 */
  readonly nuisance?: number;
  /** Whether each half of the chin is raised by a muscle of its own, as `patchesOf` describes. @defaultValue false */
  readonly isPaired?: boolean;
}

/** A flow field of a face box with what made it. */
export interface SyntheticFlow extends FlowField {
  /** As a coder would write it: `4+7`. */
  readonly units: string;
}

/** Draws the face shape of a subject. */
export function drawFaceShape(random: Random): FaceShape {
  return {
    wide: Math.exp(0.06 * random.normal()),
    high: Math.exp(0.06 * random.normal()),
    balance: Math.exp(0.2 * random.normal()),
    seed: random.integer(2 ** 31),
    smoothness: 0.25 + 0.6 * random.uniform(),
  };
}

/** Where the training data has pupils and mouth, parts of the box; see `motion/flow-image.ts`. */
const BOX = { left: 0.225, right: 0.735, eyes: 0.21, mouth: 0.69 };
/** Between the eyes and the mouth, distances between the pupils. */
const MOUTH = 1.15;
/** Displacement of a unit at full strength, parts of the distance between the pupils: about 1.5 of 100 pixels. */
const STRENGTH = 0.015;

/**
 * Flow from onset to apex in the face box of the training data (see `faceBox` in `@telltale/core`).
 *
 * @param emotionOrUnits - `disgust`, `negative`, or units such as `4+7` or `L12`
 * @returns rightward and downward displacements in cells of the field, shape `[size, size]`
 * @throws TelltaleError `OPTION_INVALID`
 */
export function syntheticFlow(
  random: Random,
  emotionOrUnits: string,
  options: FlowOptions = {},
): SyntheticFlow {
  const { size = 28, intensity = 1, nuisance = 1, isPaired = false } = options;
  if (!(size >= 8 && Number.isInteger(size) && intensity >= 0 && nuisance >= 0)) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `size ${size}, intensity ${intensity}, nuisance ${nuisance}`,
      'Give a whole size of at least 8, and numbers that are not negative.',
    );
  }
  const shape = options.shape ?? drawFaceShape(random);
  const units = drawUnits(random, emotionOrUnits);
  const strength = intensity * Math.exp(0.45 * nuisance * random.normal());
  const patches = [
    ...moved(random, expressed(random, units, { shape, strength, nuisance, isPaired }), {
      shape,
      nuisance,
    }),
    ...distractions(random, nuisance),
  ];

  // A cell in face coordinates, the box cut a little off.
  const jitter = (sigma: number): number => sigma * nuisance * random.normal();
  const zoom = [Math.exp(jitter(0.04)), Math.exp(jitter(0.04))] as const;
  const turn = jitter(0.025);
  const center = [(BOX.left + BOX.right) / 2 + jitter(0.018), BOX.eyes + jitter(0.02)] as const;
  const wide = zoom[0] / (BOX.right - BOX.left) / size;
  const high = (zoom[1] * MOUTH) / (BOX.mouth - BOX.eyes) / size;
  const x0 = (0.5 - center[0] * size) * wide;
  const y0 = (0.5 - center[1] * size) * high;

  const head = headMotion(random, nuisance);
  const lost = lossMap(random, shape.smoothness * Math.min(1, nuisance));
  const level = nuisance * strength * Math.exp(-2.6 + 0.6 * random.normal());
  const noise = [smoothNoise(random, size, level), smoothNoise(random, size, level)] as const;
  const restless = smoothNoise(random, size, 0.9); // noise is not equally strong everywhere
  const behind = random.uniform() < 0.6 * nuisance; // what is beyond the cheeks stands still

  const u = new Float32Array(size * size);
  const v = new Float32Array(size * size);
  for (const patch of patches) {
    // Rows and columns that it may reach, the turn included.
    const slack = 2 * Math.abs(turn);
    const first = Math.max(0, Math.floor((patch.x - patch.wide - slack - x0) / wide));
    const last = Math.min(size - 1, Math.ceil((patch.x + patch.wide + slack - x0) / wide));
    const low = Math.max(0, Math.floor((patch.y - patch.high - slack - y0) / high));
    const most = Math.min(size - 1, Math.ceil((patch.y + patch.high + slack - y0) / high));
    for (let row = low; row <= most; row++) {
      for (let column = first; column <= last; column++) {
        const x = x0 + column * wide + turn * row * high;
        const weight = reachOf(patch, x, y0 + row * high - turn * column * wide);
        if (weight === 0) continue;
        u[row * size + column]! += weight * patch.u;
        v[row * size + column]! += weight * patch.v;
      }
    }
  }
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const i = row * size + column;
      const x = x0 + column * wide + turn * row * high;
      const y = y0 + row * high - turn * column * wide;
      const kept = lost(x, y);
      const [headU, headV] = head(x, y);
      const skin = behind ? inFace(x, y) : 1;
      const rough = Math.exp(restless[i]!) * (1 + 1.6 * ease(outline(x, y)));
      u[i] = (STRENGTH / wide) * (skin * (kept * u[i]! + strength * headU) + rough * noise[0][i]!);
      v[i] = (STRENGTH / high) * (skin * (kept * v[i]! + strength * headV) + rough * noise[1][i]!);
    }
  }
  return { u, v, width: size, height: size, units };
}

/** Cells of the field per pixel of the image, so that strain sees edges. */
const FINER = 2;

/**
 * The flow image of a synthetic micro-expression: u, v and strain in bytes, `[size, size]`, as recognizers are trained on.
 *
 * @throws TelltaleError `OPTION_INVALID`
 */
export function syntheticFlowImage(
  random: Random,
  emotionOrUnits: string,
  options: FlowOptions = {},
): { readonly image: RgbImage; readonly units: string } {
  const { size = FLOW_IMAGE_SIZE } = options;
  const side = FINER * size;
  const flow = syntheticFlow(random, emotionOrUnits, { ...options, size: side });
  const box = { left: 0, top: 0, width: side, height: side };
  return { image: flowImage(flow, box, size), units: flow.units };
}

/** The units with strengths of their own and sides that differ, and now and then one that the coder did not name. */
function expressed(
  random: Random,
  units: string,
  options: Required<Pick<FlowOptions, 'shape' | 'nuisance' | 'isPaired'>> & {
    readonly strength: number;
  },
): Patch[] {
  const { shape, strength, nuisance, isPaired } = options;
  const side = Math.sqrt(shape.balance);
  const active = parseUnits(units).map(({ unit, left, right }) => {
    const own = strength * Math.exp(0.3 * nuisance * random.normal());
    const tilt = Math.exp(0.15 * nuisance * random.normal());
    return { unit, left: (own * left) / (side * tilt), right: own * right * side * tilt };
  });
  const extra = [4, 7, 6, 14, 17, 25, 24, 1, 2, 12, 10][random.integer(11)]!;
  const some = 0.6 * strength * random.uniform();
  const tipped = random.uniform() < 0.25 * nuisance;
  const shown = tipped ? [...active, { unit: extra, left: some, right: some }] : active;
  return patchesOf(shown, { isPaired });
}

/** Pulls where this face has them, in directions that differ a little between faces and clips. */
function moved(
  random: Random,
  patches: readonly Patch[],
  { shape, nuisance }: { readonly shape: FaceShape; readonly nuisance: number },
): Patch[] {
  return patches.map((patch, index) => {
    const own = random.fork(index);
    const angle = 0.22 * nuisance * own.normal();
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    // The twin of a pull has another seed: faces are not symmetric.
    const place = Math.sin(shape.seed * 0.001 + 12.9898 * patch.x + 78.233 * patch.y);
    const other = Math.cos(shape.seed * 0.0017 + 39.425 * patch.x + 11.135 * patch.y);
    return {
      x: patch.x * shape.wide + 0.06 * nuisance * place,
      y: patch.y * shape.high + 0.06 * nuisance * other,
      u: cos * patch.u - sin * patch.v,
      v: sin * patch.u + cos * patch.v,
      wide: patch.wide * Math.exp(0.18 * nuisance * own.normal()),
      high: patch.high * Math.exp(0.18 * nuisance * own.normal()),
    };
  });
}

/** Lids that blink, eyes that turn, and flow that goes wrong in small places. */
function distractions(random: Random, nuisance: number): Patch[] {
  const patches: Patch[] = [];
  if (random.uniform() < 0.3 * nuisance) {
    const closing = (random.uniform() < 0.6 ? 1 : -1) * Math.exp(-0.4 + 0.6 * random.normal());
    patches.push(...patchesOf([{ unit: 43, left: closing, right: closing }]));
  }
  if (random.uniform() < 0.4 * nuisance) {
    const [u, v] = [0.5 * random.normal(), 0.3 * random.normal()];
    for (const x of [-0.5, 0.5]) patches.push({ x, y: 0, u, v, wide: 0.22, high: 0.14 });
  }
  const wrong = Math.floor(nuisance * 5 * random.uniform());
  for (let i = 0; i < wrong; i++) {
    const angle = 2 * Math.PI * random.uniform();
    const length = 0.35 * Math.abs(random.normal());
    patches.push({
      x: -1 + 2 * random.uniform(),
      y: -0.5 + 2.4 * random.uniform(),
      u: length * Math.cos(angle),
      v: length * Math.sin(angle),
      wide: 0.12 + 0.35 * random.uniform(),
      high: 0.12 + 0.3 * random.uniform(),
    });
  }
  return patches;
}

/** Movement of the whole head: shift, turn, scale, and the parallax of yaw and pitch on a face with a nose. */
function headMotion(
  random: Random,
  nuisance: number,
): (x: number, y: number) => readonly [number, number] {
  const scale = nuisance * Math.exp(-1.2 + 0.7 * random.normal());
  const [shiftX, shiftY] = [scale * random.normal(), scale * random.normal()];
  const [turn, zoom] = [0.2 * scale * random.normal(), 0.15 * scale * random.normal()];
  const [yaw, pitch] = [0.5 * scale * random.normal(), 0.6 * scale * random.normal()];
  return (x, y) => {
    const nose = Math.max(0, 1 - (x * x) / 0.06 - ((y - 0.6) * (y - 0.6)) / 0.3);
    const depth = 1 - 0.45 * x * x - 0.3 * (y - 0.5) * (y - 0.5) + 0.3 * nose;
    return [
      shiftX - turn * (y - 0.5) + zoom * x + yaw * depth,
      shiftY + turn * x + zoom * (y - 0.5) + pitch * depth,
    ];
  };
}

/** Places with edges that flow holds on to: brows, eyes, nose and mouth. */
const FEATURES: readonly Patch[] = [
  ...[-1, 1].flatMap((side) => [
    { x: 0.5 * side, y: -0.35, u: 1, v: 0, wide: 0.55, high: 0.3 },
    { x: 0.5 * side, y: 0, u: 1, v: 0, wide: 0.45, high: 0.25 },
    { x: 0.2 * side, y: 0.65, u: 1, v: 0, wide: 0.3, high: 0.3 },
  ]),
  { x: 0, y: 1.15, u: 1, v: 0, wide: 0.65, high: 0.4 },
];

/** How much of a movement flow finds at a place: all at features, less on smooth skin. */
function lossMap(random: Random, smoothness: number): (x: number, y: number) => number {
  const phases = [random.uniform(), random.uniform(), random.uniform()].map((t) => 6.28 * t);
  return (x, y) => {
    let feature = 0;
    for (const place of FEATURES) feature = Math.max(feature, reachOf(place, x, y));
    const wave =
      0.5 + 0.25 * (Math.sin(3.1 * x + phases[0]!) + Math.sin(2.7 * y + 1.9 * x + phases[1]!));
    return 1 - smoothness * (1 - Math.min(1, 1.6 * feature)) * wave;
  };
}

/** 1 on the face, 0 beyond its outline. */
function inFace(x: number, y: number): number {
  const dy = y < 0.55 ? 0 : (y - 0.55) / 1.4;
  const r = (x * x) / 1.3 + dy * dy;
  return Math.min(1, Math.max(0, (1.12 - r) / 0.16));
}

/** 1 along the cheeks and the hair line, where flow meets what is behind, 0 in the middle of the face. */
function outline(x: number, y: number): number {
  const cheek = (Math.abs(x) - 0.55) / 0.4 - Math.max(0, y - 1.1);
  const hair = (-0.3 - y) / 0.2;
  return Math.min(1, Math.max(0, cheek, hair));
}

/** Noise of two sizes of grain, `[size, size]`, with the given standard deviation at the middle of its cells. */
function smoothNoise(random: Random, size: number, sigma: number): Float32Array {
  const out = new Float32Array(size * size);
  for (const [grain, share] of [
    [3 + random.integer(3), 0.75],
    [7 + random.integer(5), 0.65],
  ] as const) {
    const nodes = Float32Array.from(
      { length: (grain + 1) * (grain + 1) },
      () => sigma * share * random.normal(),
    );
    for (let row = 0; row < size; row++) {
      const y = (row * grain) / size;
      const j = Math.floor(y);
      const ty = ease(y - j);
      for (let column = 0; column < size; column++) {
        const x = (column * grain) / size;
        const i = j * (grain + 1) + Math.floor(x);
        const tx = ease(x - Math.floor(x));
        const upper = nodes[i]! + tx * (nodes[i + 1]! - nodes[i]!);
        const lower = nodes[i + grain + 1]! + tx * (nodes[i + grain + 2]! - nodes[i + grain + 1]!);
        out[row * size + column]! += upper + ty * (lower - upper);
      }
    }
  }
  return out;
}

/** 3t² − 2t³. */
const ease = (t: number): number => t * t * (3 - 2 * t);
