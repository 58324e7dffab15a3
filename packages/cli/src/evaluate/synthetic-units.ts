/** @file Units learned from synthetic movements alone, as `telltale evaluate units` adds them to those of coded clips. */
import { unitAlone } from '@telltale/core/evaluate';
import type { SyntheticUnitScore } from '@telltale/core/evaluate';
import { pairedSamples, singleUnitSamples } from '@telltale/core/synth';
import {
  fitSides,
  fitSyntheticUnits,
  SYNTHETIC_UNIT_NUMBERS,
  UNIT_NUMBERS,
} from '@telltale/core/units';
import type { CodedFace, SyntheticSides, UnitCalibration } from '@telltale/core/units';

import type { DrawSamples } from './synthetic-faces.ts';

/**
 * All units of these synthetic faces: those that are learned, and others of the mouth, so that these are not taken for them.
 * The images depend on the order.
 */
export const DRAWN_UNITS: readonly number[] = [
  ...UNIT_NUMBERS,
  ...[16, 18, 20, 26, 38, 22, 23, 24, 25, 28],
];
/** Units whose side was right in planted clips (docs/units.md). */
const SIDED: readonly number[] = [16, 17, 18];
/** Added to the seed of what these units are learned from, and tested on. */
const [TRAIN, TEST] = [2_000_000, 3_000_000];

/** Share of two-sided movements that must be read as such, so that a side that is reported can be relied on. */
const LEAST_KEPT = 0.95;

/** Draws that many faces of {@link DRAWN_UNITS}. */
export type DrawFaces = (
  what: string,
  options: {
    readonly seed: number;
    readonly draw: DrawSamples;
    readonly units: readonly number[];
  },
) => Promise<readonly CodedFace[]>;

/** Units whose sides are learned from faces whose chin has two halves: AU17, and those learned from synthetic movements alone. */
const PAIRED = [17, ...SYNTHETIC_UNIT_NUMBERS];

/** What {@link learnPairedSides} learns. */
export interface PairedSides {
  /** Of AU17. */
  readonly chin: SyntheticSides;
  /** Of `SYNTHETIC_UNIT_NUMBERS`. */
  readonly others: SyntheticSides;
}

/** Learns sides from faces whose chin has two halves; no side of units where it was not right. */
export async function learnPairedSides(draw: DrawFaces, seed: number): Promise<PairedSides> {
  const options = { draw: pairedSamples, units: DRAWN_UNITS };
  const train = await draw('one-sided image of more units', { ...options, seed: seed + TRAIN });
  const others = await draw('other one-sided image', { ...options, seed: seed + TEST });
  const { weights, thresholds } = fitSides(
    PAIRED.length,
    { train: labeled(train, PAIRED), others: labeled(others, PAIRED) },
    { leastKept: LEAST_KEPT },
  );
  const known = PAIRED.map((unit, i) => (SIDED.includes(unit) ? thresholds[i]! : null));
  return {
    chin: { weights: weights.slice(0, 1), thresholds: known.slice(0, 1) },
    others: { weights: weights.slice(1), thresholds: known.slice(1) },
  };
}

/** Faces with the labels of some of {@link DRAWN_UNITS} only. */
function labeled(faces: readonly CodedFace[], numbers: readonly number[]): CodedFace[] {
  const at = numbers.map((number) => DRAWN_UNITS.indexOf(number));
  return faces.map(({ left, right, ...face }) => ({
    ...face,
    left: at.map((i) => left[i]),
    right: at.map((i) => right[i]),
  }));
}

/** Rows for the weights file, and how often each unit was named. */
export interface SyntheticUnits {
  readonly weights: readonly Float64Array[];
  readonly calibrations: readonly UnitCalibration[];
  readonly scores: readonly SyntheticUnitScore[];
}

/**
 * Learns the units.
 *
 * @param coded - coded clips, labeled with {@link DRAWN_UNITS}
 */
export async function learnSyntheticUnits(
  draw: DrawFaces,
  seed: number,
  coded: readonly CodedFace[],
): Promise<SyntheticUnits> {
  const options = { draw: singleUnitSamples, units: DRAWN_UNITS };
  const drawn = [
    await draw('image of more units', { ...options, seed: seed + TRAIN }),
    await draw('other image of more units', { ...options, seed: seed + TEST }),
    coded,
  ];
  const [train, others, real] = drawn.map((faces) => labeled(faces, SYNTHETIC_UNIT_NUMBERS));
  const faces = { train: train!, others: others!, real: real! };
  const fit = fitSyntheticUnits(SYNTHETIC_UNIT_NUMBERS.length, faces);
  const alone = SYNTHETIC_UNIT_NUMBERS.map((number, unit) =>
    unitAlone(fit, { ...faces, unit, number }),
  );
  return {
    weights: fit.weights,
    calibrations: alone.map(({ calibration }) => calibration),
    scores: alone.map(({ score }) => score),
  };
}
