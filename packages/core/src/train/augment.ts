/**
 * @file What a training sample may look like besides what it looks like.
 *
 * All of it acts on prepared inputs (`nets/input.ts`) of shape
 * `[planes, size, size]`; in those of u, v and optical strain, 0 means no movement.
 *
 * Mirroring follows the geometry of flow: the face is turned left to right, so
 * what moved rightward moves leftward. Mixing is Zhang, Cisse, Dauphin and
 * Lopez-Paz 2018, "mixup: Beyond Empirical Risk Minimization", ICLR.
 */
import { createRandom, type Random } from '../base/random.ts';
import { flowPlanes, mirrorInput } from '../nets/input.ts';
import type { InputPlane } from '../nets/input.ts';

/** How far a sample may be changed. */
export interface AugmentOptions {
  /** Probability of the mirrored face, u negated. */
  readonly mirror: number;
  /** Largest shift to each side, pixels, whole. */
  readonly shift: number;
  /** Largest relative change of the movement's amplitude: 0.2 scales by 0.8 to 1.2. */
  readonly amplitude: number;
  /** Both parameters of the beta distribution that mixes two samples; 0 mixes none. */
  readonly mixup: number;
  /**
   * How much light and camera of the planes of faces change: at 1, light falls off by up to half across the face, dark
   * and bright parts gain or lose up to a quarter of their contrast, and noise has a tenth of the face's standard
   * deviation. @defaultValue 0
   */
  readonly light?: number;
}

/** Changes nothing. */
export const noAugmentation: AugmentOptions = { mirror: 0, shift: 0, amplitude: 0, mixup: 0 };

/**
 * One randomly changed copy of a prepared input.
 *
 * Draws the same number of random numbers whatever the options are, and one more where light changes.
 *
 * @param input - shape `[planes, size, size]`; left as it is
 * @param options - `planes` lists the planes, by default u, v and strain: u changes its
 *   sign in the mirror, and only flow has an amplitude
 */
export function augmentInput(
  input: Float32Array,
  options: AugmentOptions & { readonly planes?: readonly InputPlane[] },
  random: Random,
): Float32Array {
  const { planes = flowPlanes } = options;
  const area = input.length / planes.length;
  const size = Math.sqrt(area);
  const mirrored = random.uniform() < options.mirror;
  const across = random.integer(2 * options.shift + 1) - options.shift;
  const down = random.integer(2 * options.shift + 1) - options.shift;
  const scale = 1 + options.amplitude * (2 * random.uniform() - 1);
  const turned = mirrored ? mirrorInput(input, size, planes) : input;
  const shifted = shiftInput(turned, { across, down, planes: planes.length });
  planes.forEach((plane, c) => {
    if (!flowPlanes.includes(plane)) return;
    for (let i = c * area; i < (c + 1) * area; i++) shifted[i]! *= scale;
  });
  const { light = 0 } = options;
  if (light > 0) relight(shifted, { planes, light }, createRandom(random.integer(2 ** 31)));
  return shifted;
}

/** Middle gray of a face over its standard deviation: where black lies below it. */
const BLACK = 2;

/**
 * Changes light and camera of the planes of faces, in place, alike in all of them but for the noise. Faces are
 * standardized again, as `prepareInput` does; a difference of two planes stays theirs.
 */
function relight(
  input: Float32Array,
  { planes, light }: { readonly planes: readonly InputPlane[]; readonly light: number },
  random: Random,
): void {
  const area = input.length / planes.length;
  const size = Math.sqrt(area);
  const spread = (most: number): number => light * most * (2 * random.uniform() - 1);
  const [across, down, bend, noise] = [spread(0.5), spread(0.5), spread(0.25), 0.1 * light];
  const gain = Float32Array.from(
    { length: area },
    (_, i) =>
      1 +
      across * ((2 * (i % size) + 1) / size - 1) +
      down * ((2 * Math.floor(i / size) + 1) / size - 1),
  );
  const planeOf = (name: InputPlane): Float32Array | undefined => {
    const c = planes.indexOf(name);
    return c < 0 ? undefined : input.subarray(c * area, (c + 1) * area);
  };
  for (const name of ['apex', 'onset', 'magnified'] as const) {
    const plane = planeOf(name);
    if (plane === undefined || plane.every((value) => value === 0)) continue;
    for (let i = 0; i < area; i++) {
      const bent = plane[i]! + bend * (plane[i]! ** 2 - 1);
      plane[i] = gain[i]! * (bent + BLACK) + noise * random.normal();
    }
    const mean = plane.reduce((a, b) => a + b) / area;
    const std = Math.sqrt(plane.reduce((sum, value) => sum + (value - mean) ** 2, 0) / area);
    for (let i = 0; i < area; i++) plane[i] = (plane[i]! - mean) / std;
  }
  const difference = planeOf('difference');
  if (difference === undefined) return;
  const [later, onset] = [planeOf('magnified') ?? planeOf('apex'), planeOf('onset')];
  for (let i = 0; i < area; i++)
    difference[i] =
      later && onset ? later[i]! - onset[i]! : gain[i]! * difference[i]! + noise * random.normal();
}

/**
 * Shifts the image by whole pixels and repeats its border.
 *
 * @param input - shape `[planes, size, size]`; left as it is
 * @param by - `across`: pixels to the right; `down`: pixels downward; `planes`: their number, 3 where left out
 */
export function shiftInput(
  input: Float32Array,
  by: { readonly across: number; readonly down: number; readonly planes?: number },
): Float32Array {
  const { across, down, planes = 3 } = by;
  const size = Math.sqrt(input.length / planes);
  const clamp = (at: number): number => Math.min(Math.max(at, 0), size - 1);
  const shifted = new Float32Array(input.length);
  for (let c = 0; c < planes; c++) {
    for (let y = 0; y < size; y++) {
      const to = (c * size + y) * size;
      const from = (c * size + clamp(y - down)) * size;
      for (let x = 0; x < size; x++) shifted[to + x] = input[from + clamp(x - across)]!;
    }
  }
  return shifted;
}

/** Rows of a training batch that are mixed in place. */
export interface MixableBatch {
  /** Shape `[batch, …]`. */
  readonly inputs: Float32Array;
  /** Shares of the classes; shape `[batch, classes]`. */
  readonly targets: Float32Array;
  /** Number of samples. */
  readonly batch: number;
}

/**
 * Mixes each row with the row behind it (the last with the first), inputs and
 * targets by the same share λ ~ Beta(α, α), drawn for each row.
 *
 * Rows are in random order already, so the neighbor is a random partner.
 *
 * @see Zhang et al. 2018, "mixup", equation 2
 */
export function mixBatch(rows: MixableBatch, alpha: number, random: Random): void {
  if (alpha <= 0 || rows.batch < 2) return;
  const shares = Array.from({ length: rows.batch }, () => beta(alpha, random));
  for (const data of [rows.inputs, rows.targets]) {
    const size = data.length / rows.batch;
    const first = data.slice(0, size);
    for (let row = 0; row < rows.batch; row++) {
      const share = shares[row]!;
      const next = row + 1 < rows.batch ? data.subarray((row + 1) * size) : first;
      for (let i = 0; i < size; i++) {
        data[row * size + i] = share * data[row * size + i]! + (1 - share) * next[i]!;
      }
    }
  }
}

/** A draw from Beta(α, α), by the rejection of Jöhnk 1964, which is quick for the small α of mixing. */
function beta(alpha: number, random: Random): number {
  for (;;) {
    const a = random.uniform() ** (1 / alpha);
    const b = random.uniform() ** (1 / alpha);
    if (a + b <= 1 && a + b > 0) return a / (a + b);
  }
}
