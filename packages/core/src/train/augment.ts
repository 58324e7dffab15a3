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
import type { Random } from '../base/random.ts';
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
}

/** Changes nothing. */
export const noAugmentation: AugmentOptions = { mirror: 0, shift: 0, amplitude: 0, mixup: 0 };

/**
 * One randomly changed copy of a prepared input.
 *
 * Draws the same number of random numbers whatever the options are.
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
  return shifted;
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
