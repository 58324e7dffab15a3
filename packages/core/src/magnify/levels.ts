/**
 * @file The sizes of a pyramid, and how much of each level is added.
 *
 * Wu et al. 2012, "Eulerian Video Magnification…", ACM TOG 31(4), §3.2: a movement δ of a structure of wavelength λ can
 * be magnified linearly while (1 + α) δ is below λ/8 (equation 14); finer structures get a smaller α.
 */

/** Pixels. */
export interface Size {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** Smallest side of the coarsest level, pixels. */
export const SMALLEST_SIDE = 3;

/** The levels of a pyramid, finest first: each half as wide and high as the one before, rounded up. */
export function pyramidSizes({ width, height }: Size, levels: number): readonly Size[] {
  const sizes: Size[] = [{ width, height }];
  for (let level = 0; level < levels; level++) {
    const finer = sizes[level]!;
    sizes.push({ width: (finer.width + 1) >> 1, height: (finer.height + 1) >> 1 });
  }
  return sizes;
}

/** Maximum number of levels of an image besides its low-pass remainder. */
export function mostLevels({ width, height }: Size): number {
  let [side, levels] = [Math.min(width, height), 0];
  while ((side + 1) >> 1 >= SMALLEST_SIDE) {
    side = (side + 1) >> 1;
    levels++;
  }
  return levels;
}

/**
 * The wavelength that stands for a level, pixels of the clip: the geometric middle of the octave in which the level has
 * more of the image than its neighbors. With the binomial kernel, levels l and l + 1 share a wavelength of 2^(l + 3) evenly.
 *
 * @param level - 0 is the finest
 */
export function wavelengthOf(level: number): number {
  return 2 ** (level + 2.5);
}

/**
 * Gains by the λ/8 rule: the largest movement that `alpha` may be used for is the δ with (1 + α) δ = λ_c / 8; where the
 * level's own λ allows less, α is what it allows, and 0 where that is negative.
 *
 * @param levels - number of levels beside the remainder
 * @param options - `wavelength`: λ_c, pixels; `finest`: whether the finest level, which is mostly noise, counts
 * @returns one gain for each level, and 0 for the remainder
 * @see Wu et al. 2012, equation 14 and figure 6
 */
export function levelGains(
  levels: number,
  alpha: number,
  { wavelength, finest }: { readonly wavelength: number; readonly finest: boolean },
): readonly number[] {
  const gains = Array.from({ length: levels }, (_, level) => {
    if (level === 0 && !finest) return 0;
    const allowed = ((1 + alpha) * wavelengthOf(level)) / wavelength - 1;
    return Math.max(0, Math.min(alpha, allowed));
  });
  return [...gains, 0];
}
