/**
 * @file What each facial action unit does to the skin, in the coordinates of any face.
 *
 * The units are those of Ekman, Friesen and Hager 2002, "Facial Action Coding System"; which way the
 * skin goes follows the manual's descriptions. A unit is a handful of pulls: a place, a direction and
 * an elliptical reach, after the zones of influence of Waters 1987, "A Muscle Model for Animating
 * Three-Dimensional Facial Expression", SIGGRAPH. Sizes are ours: an imitation with a known answer,
 * not a model of muscle.
 *
 * Face coordinates: the origin lies midway between the pupils, the unit is the distance between them,
 * x runs to the right of the image and y down. The mouth line lies near y = 1.15, the chin near 1.85.
 */

/** A patch of skin and where it goes, for the side with x ≥ 0. */
export interface Pull {
  /** Where it pulls most; 0 for the middle of the face, which has no twin. */
  readonly x: number;
  readonly y: number;
  /** Away from the middle of the face; rightward where x is 0. */
  readonly outward: number;
  /** Downward. */
  readonly down: number;
  /** Half-width of the ellipse beyond which nothing moves. */
  readonly wide: number;
  /** Half-height of that ellipse. */
  readonly high: number;
}

const pull = (
  [x, y]: readonly [number, number],
  [outward, down]: readonly [number, number],
  [wide, high]: readonly [number, number],
): Pull => ({ x, y, outward, down, wide, high });

/** Pulls by action unit number. The lip corner of unit 12 moves by about 1 at full strength. */
export const MUSCLES: Readonly<Record<number, readonly Pull[]>> = {
  // Inner and outer brow raiser: frontalis.
  1: [
    pull([0.24, -0.34], [-0.05, -1], [0.42, 0.42]),
    pull([0.3, -0.6], [0, -0.45], [0.5, 0.4]),
    pull([0.45, -0.12], [0, -0.2], [0.35, 0.2]),
  ],
  2: [
    pull([0.64, -0.36], [0.12, -1], [0.4, 0.42]),
    pull([0.62, -0.6], [0.05, -0.45], [0.45, 0.4]),
    pull([0.6, -0.1], [0, -0.25], [0.3, 0.22]),
  ],
  // Brow lowerer: corrugator and depressor supercilii.
  4: [
    pull([0.26, -0.32], [-0.5, 0.75], [0.42, 0.36]),
    pull([0.58, -0.36], [-0.35, 0.4], [0.4, 0.32]),
    pull([0, -0.25], [0, 0.4], [0.25, 0.35]),
    pull([0.45, -0.1], [-0.05, 0.25], [0.35, 0.18]),
  ],
  // Upper lid raiser.
  5: [pull([0.5, -0.08], [0, -0.5], [0.34, 0.16])],
  // Cheek raiser and lid tightener: orbicularis oculi, outer and inner ring.
  6: [
    pull([0.62, 0.4], [0, -0.5], [0.45, 0.4]),
    pull([0.88, 0.05], [-0.4, 0.05], [0.3, 0.4]),
    pull([0.5, 0.14], [0, -0.3], [0.4, 0.18]),
    pull([0.6, -0.3], [0, 0.15], [0.4, 0.25]),
  ],
  7: [
    pull([0.5, 0.12], [-0.08, -0.36], [0.36, 0.2]),
    pull([0.5, -0.08], [0, 0.25], [0.34, 0.16]),
    pull([0.78, 0.02], [-0.2, 0], [0.22, 0.25]),
  ],
  // Nose wrinkler.
  9: [
    pull([0.2, 0.55], [0.05, -0.7], [0.3, 0.36]),
    pull([0.12, 0.15], [0, -0.45], [0.25, 0.35]),
    pull([0.2, -0.28], [-0.2, 0.45], [0.32, 0.28]),
    pull([0.2, 0.92], [0, -0.4], [0.3, 0.25]),
    pull([0.45, 0.3], [-0.15, -0.25], [0.3, 0.3]),
  ],
  // Upper lip raiser.
  10: [
    pull([0.24, 0.98], [0.06, -0.75], [0.32, 0.3]),
    pull([0.36, 0.68], [0.12, -0.5], [0.34, 0.36]),
    pull([0.22, 0.62], [0.1, -0.3], [0.24, 0.25]),
  ],
  11: [pull([0.34, 0.8], [0.25, -0.45], [0.3, 0.4])],
  // Lip corner puller: zygomatic major.
  12: [
    pull([0.44, 1.14], [0.62, -0.75], [0.42, 0.38]),
    pull([0.62, 0.78], [0.35, -0.5], [0.42, 0.45]),
    pull([0.62, 0.42], [0.08, -0.35], [0.42, 0.35]),
    pull([0.2, 1.16], [0.25, -0.12], [0.3, 0.25]),
  ],
  13: [pull([0.44, 1.12], [0.2, -0.9], [0.36, 0.4]), pull([0.58, 0.8], [0.1, -0.5], [0.36, 0.4])],
  // Dimpler: buccinator.
  14: [
    pull([0.42, 1.15], [0.65, 0.02], [0.34, 0.3]),
    pull([0.72, 1.12], [-0.35, 0.02], [0.3, 0.36]),
    pull([0.18, 1.15], [0.25, 0], [0.28, 0.2]),
  ],
  // Lip corner depressor: triangularis.
  15: [
    pull([0.42, 1.18], [0.12, 0.8], [0.36, 0.36]),
    pull([0.46, 1.48], [0.05, 0.4], [0.34, 0.34]),
    pull([0.15, 1.3], [0, 0.15], [0.3, 0.2]),
  ],
  16: [pull([0.2, 1.3], [0.1, 0.65], [0.32, 0.26])],
  // Chin raiser: mentalis.
  17: [
    pull([0, 1.56], [0, -0.8], [0.46, 0.36]),
    pull([0, 1.28], [0, -0.5], [0.5, 0.22]),
    pull([0.36, 1.3], [0.05, 0.15], [0.28, 0.25]),
  ],
  18: [pull([0.34, 1.15], [-0.6, 0], [0.34, 0.36]), pull([0.6, 1.1], [-0.3, 0], [0.32, 0.4])],
  // Lip stretcher: risorius.
  20: [
    pull([0.44, 1.18], [0.85, 0.12], [0.42, 0.36]),
    pull([0.75, 1.2], [0.4, 0.08], [0.36, 0.42]),
    pull([0.2, 1.2], [0.35, 0.05], [0.3, 0.26]),
  ],
  // Funneler, tightener, pressor: orbicularis oris.
  22: [pull([0.3, 1.15], [-0.3, 0], [0.3, 0.3]), pull([0, 1.02], [0, -0.35], [0.4, 0.16])],
  23: [
    pull([0.38, 1.15], [-0.4, 0], [0.3, 0.26]),
    pull([0, 1.04], [0, 0.28], [0.42, 0.14]),
    pull([0, 1.26], [0, -0.28], [0.42, 0.14]),
  ],
  24: [
    pull([0, 1.03], [0, 0.42], [0.46, 0.16]),
    pull([0, 1.27], [0, -0.42], [0.46, 0.16]),
    pull([0, 1.5], [0, -0.2], [0.36, 0.26]),
  ],
  // Lips part, jaw drop, mouth stretch.
  25: [pull([0, 1.28], [0, 0.6], [0.44, 0.24]), pull([0, 1.02], [0, -0.2], [0.4, 0.16])],
  26: [pull([0, 1.6], [0, 0.9], [0.8, 0.6]), pull([0, 1.28], [0, 0.4], [0.46, 0.26])],
  27: [pull([0, 1.6], [0, 1.1], [0.85, 0.75]), pull([0.36, 1.18], [-0.2, 0.3], [0.3, 0.3])],
  28: [pull([0, 1.04], [0, 0.35], [0.4, 0.16]), pull([0, 1.26], [0, -0.45], [0.42, 0.18])],
  // Nostril dilator.
  38: [pull([0.22, 0.68], [0.4, 0], [0.2, 0.18])],
  // Swallow: the floor of the mouth and the chin.
  80: [pull([0, 1.75], [0, -0.5], [0.6, 0.4])],
  // Lids closed.
  43: [pull([0.5, -0.06], [0, 0.8], [0.36, 0.17]), pull([0.5, 0.1], [0, -0.12], [0.32, 0.12])],
};

/** A pull at work on one side of a face: as {@link Pull}, but with its displacement along x and y. */
export interface Patch {
  readonly x: number;
  readonly y: number;
  readonly u: number;
  readonly v: number;
  readonly wide: number;
  readonly high: number;
}

/** A unit and how strongly each side of the face shows it, image-left and image-right; 1 is full strength. */
export interface ActiveUnit {
  readonly unit: number;
  readonly left: number;
  readonly right: number;
}

/** Units whose muscle is a pair beside the middle, so that one half can act alone: mentalis. */
const PAIRED: readonly number[] = [17];
/** How far the halves of such a muscle lie from the middle, and how strongly each pulls. */
const HALF = { x: 0.15, strength: 0.6 };

/**
 * The pulls of the units at work, on both sides. Units that the table does not have move nothing.
 *
 * @param options - `isPaired`: a unit of the middle with a muscle on either side is pulled by each of them @defaultValue false:
 *   by their mean, in the middle
 */
export function patchesOf(
  units: readonly ActiveUnit[],
  { isPaired = false }: { readonly isPaired?: boolean } = {},
): Patch[] {
  return units.flatMap(({ unit, left, right }) =>
    (MUSCLES[unit] ?? []).flatMap(({ x, y, outward, down, wide, high }) => {
      const side = (sign: number, weight: number): Patch => ({
        ...{ x: sign * x, y, wide, high },
        u: sign * outward * weight,
        v: down * weight,
      });
      if (x > 0) return [side(-1, left), side(1, right)];
      if (!isPaired || !PAIRED.includes(unit)) return [side(1, (left + right) / 2)];
      return [
        { ...side(1, HALF.strength * left), x: -HALF.x },
        { ...side(1, HALF.strength * right), x: HALF.x },
      ];
    }),
  );
}

/** How much a patch moves a point: (1 − r²)², twice differentiable, 0 beyond the ellipse. */
export function reachOf(patch: Patch, x: number, y: number): number {
  const dx = (x - patch.x) / patch.wide;
  const dy = (y - patch.y) / patch.high;
  const inside = 1 - dx * dx - dy * dy;
  return inside > 0 ? inside * inside : 0;
}
