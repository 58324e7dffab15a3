/**
 * @file Recognition of units measured: one subject or one dataset left out at a time, everything else learned from the
 * rest.
 *
 * Nested (Varma and Simon 2006, "Bias in error estimation when using cross-validation for model selection"): the
 * probabilities of a fold are calibrated on subjects within its training part. The decision from which on a unit is
 * named is 0 everywhere and never chosen.
 */
import { TelltaleError } from '../../base/errors.ts';
import { pause, type Cancellation } from '../../base/pause.ts';
import { calibrateUnit, probabilityOf, type UnitCalibration } from '../../units/calibrate.ts';
import {
  decideUnits,
  faceDecision,
  fitUnits,
  type CodedFace,
  type Shown,
  type SyntheticPart,
  type UnitsFit,
} from '../../units/fit.ts';
import {
  asymmetryOf,
  noSides,
  scaleSides,
  sideOf,
  type SyntheticSides,
} from '../../units/sides.ts';
import type { UnitSide } from '../../units/vocabulary.ts';

/** A clip as it is evaluated. */
export interface CodedClip extends CodedFace {
  /** Unique over all datasets. */
  readonly id: string;
  /** Name of its dataset. */
  readonly dataset: string;
}

/** What a fold predicts of a clip that it did not see; one number per unit in each list. */
export interface UnitPrediction {
  /** Id of the clip. */
  readonly id: string;
  /** Decision of the subject's left side: above 0 where the unit is recognized. */
  readonly left: readonly number[];
  /** Decision of the subject's right side. */
  readonly right: readonly number[];
  /** Probability that the unit was coded. */
  readonly probability: readonly number[];
  /** How much more the left side shows it: about 1 where only that side does, −1 where only the right does. */
  readonly asymmetry: readonly number[];
  /** The side that is reported where the unit is. */
  readonly side: readonly UnitSide[];
}

/** How {@link crossPredictUnits} works. */
export interface UnitFoldOptions {
  /** Number of units. */
  readonly units: number;
  /** What is left out at a time. */
  readonly leaveOut: 'subject' | 'dataset';
  /** Takes part in every training. */
  readonly synthetic?: SyntheticPart | undefined;
  /** How sides are distinguished. @defaultValue not at all: every unit is reported on both */
  readonly sides?: SyntheticSides | undefined;
  /** Stops the work. */
  readonly signal?: Cancellation | undefined;
  /** Called with the completed share, 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/**
 * Predicts every clip by a fit to the clips of other subjects or datasets.
 *
 * @returns in the order of the clips
 * @throws TelltaleError `DATASET_INVALID` where there is only one subject or dataset; `CANCELED`
 */
export async function crossPredictUnits(
  clips: readonly CodedClip[],
  options: UnitFoldOptions,
): Promise<UnitPrediction[]> {
  const { units, leaveOut, synthetic, signal, onProgress } = options;
  const { sides = noSides(units) } = options;
  const keyOf = (clip: CodedClip): string => (leaveOut === 'subject' ? clip.subject : clip.dataset);
  const keys = [...new Set(clips.map(keyOf))];
  if (keys.length < 2)
    throw new TelltaleError(
      'DATASET_INVALID',
      `coded clips of ${keys.length === 0 ? `no ${leaveOut}` : `one ${leaveOut} only, ${keys[0]!}`}`,
      leaveOut === 'subject'
        ? 'Leaving one subject out takes at least two subjects.'
        : 'Leaving one dataset out takes at least two datasets; --protocol loso leaves one subject out.',
    );
  const predictions = new Map<string, UnitPrediction>();
  for (const [done, key] of keys.entries()) {
    await pause(signal);
    const train = clips.filter((clip) => keyOf(clip) !== key);
    const fit = fitUnits(train, { units, synthetic });
    const calibrations = calibrationsOf(train, fit);
    const sided = scaleSides(sides, train);
    for (const clip of clips) {
      if (keyOf(clip) !== key) continue;
      const { left, right } = decideUnits(fit, clip.features);
      const probability = calibrations.map((calibration, i) =>
        probabilityOf(faceDecision(left[i]!, right[i]!), calibration),
      );
      const asymmetry = asymmetryOf(sided, clip.features);
      const side = asymmetry.map((value, i) => sideOf(value, sided.thresholds[i]!));
      predictions.set(clip.id, { id: clip.id, left, right, probability, asymmetry, side });
    }
    onProgress?.((done + 1) / keys.length);
  }
  return clips.map(({ id }) => predictions.get(id)!);
}

/** What the decisions of a fit on subjects that it did not see teach of its probabilities. */
export function calibrationsOf(faces: readonly CodedFace[], fit: UnitsFit): UnitCalibration[] {
  return fit.weights.map((_, unit) =>
    calibrateUnit(
      fit.unseen.flatMap(({ left, right }, i) => {
        const shown = shownOn(faces[i]!, unit);
        if (shown === undefined) return [];
        return [{ decision: faceDecision(left[unit]!, right[unit]!), present: shown === 1 }];
      }),
    ),
  );
}

/** Whether a face shows a unit on either side; undefined where that is not known. */
export function shownOn({ left, right }: Pick<CodedFace, 'left' | 'right'>, unit: number): Shown {
  if (left[unit] === 1 || right[unit] === 1) return 1;
  return left[unit] === undefined || right[unit] === undefined ? undefined : 0;
}
