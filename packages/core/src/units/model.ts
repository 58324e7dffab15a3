/**
 * @file The recognizer of units: its file, and its answers for a flow image.
 */
import { EngineError, readSafetensors, writeSafetensors, type Safetensors } from '@telltale/engine';

import { TelltaleError } from '../base/errors.ts';
import { sha256 } from '../base/sha256.ts';
import * as is from '../base/shape.ts';
import { flowInput, inputVersion } from '../nets/input.ts';
import type { RgbImage } from '../base/image.ts';
import { probabilityOf, type UnitCalibration } from './calibrate.ts';
import { UNIT_CELLS, UNIT_FEATURES, unitFeatures } from './features.ts';
import { decideUnits, faceDecision, type LinearUnits } from './fit.ts';
import { asymmetryOf, ODD_FEATURES, sideOf, type LinearSides } from './sides.ts';
import type { UnitSide } from './vocabulary.ts';

/** What is known of a recognizer of units. */
export interface UnitsCard {
  /** The units it learned from coded clips, in order. */
  readonly units: readonly number[];
  /** Those that it learned from synthetic movements alone, after the others; absent where there are none. */
  readonly syntheticUnits?: readonly number[];
  /** One line: data, protocol and score. */
  readonly score: string;
  /** SHA-256 of the weights file, hexadecimal. */
  readonly weights: string;
}

/** A trained recognizer of units. */
export interface UnitsModel extends LinearUnits {
  /** What is known of it. */
  readonly card: UnitsCard;
  /** One per unit; here and in the others those of `syntheticUnits` follow. */
  readonly calibrations: readonly UnitCalibration[];
  /** How sides are distinguished. */
  readonly sides: LinearSides;
}

/** The answer for one unit of one face. */
export interface UnitAnswer {
  /** Number in FACS. */
  readonly unit: number;
  /** Probability that a coder of the training data would have coded it; 0 to 1. */
  readonly probability: number;
  /** `sure`: named, and more probable than not; `unsure`: named, because missing it would cost more; `absent`. */
  readonly verdict: 'sure' | 'unsure' | 'absent';
  /** Sides of the subject that show it. */
  readonly side: UnitSide;
  /**
   * `false` where the recognizer cannot distinguish the sides of this unit: `side` is `both` whatever moved. Absent where it
   * can.
   */
  readonly sideMeasured?: boolean;
  /** `synthetic`: learned from synthetic movements alone; how often it is right on real faces is not known. */
  readonly learnedFrom?: 'synthetic';
  /**
   * How clearly it is seen: from 0 on it is named. Unlike the probability it does not know how often a unit is coded.
   * Absent in reports of versions that did not state it.
   */
  readonly decision?: number;
}

/** Name of the format in the metadata of the file. */
const FORMAT = 'telltale.units/2';

/** An answer with its decision. */
export type RecognizedUnit = UnitAnswer & Required<Pick<UnitAnswer, 'decision'>>;

/**
 * What a flow image shows, unit by unit, in the order of the card.
 *
 * @param image - R = u, G = v, B = optical strain, 28×28 pixels
 * @throws TelltaleError `SHAPE_MISMATCH`
 */
export function recognizeUnits(model: UnitsModel, image: RgbImage): RecognizedUnit[] {
  const features = unitFeatures(flowInput(image));
  const { left, right } = decideUnits(model, features);
  const asymmetries = asymmetryOf(model.sides, features);
  const { units } = model.card;
  return allUnits(model.card).map((unit, i) => {
    const decision = faceDecision(left[i]!, right[i]!);
    const threshold = model.sides.thresholds[i] ?? null;
    return {
      unit,
      ...answerOf(decision, model.calibrations[i]!),
      side: sideOf(asymmetries[i]!, threshold),
      ...(threshold === null && { sideMeasured: false }),
      ...(i >= units.length && { learnedFrom: 'synthetic' as const }),
      decision,
    };
  });
}

/** All units of a card: those learned from coded clips, then those learned from synthetic movements alone. */
export function allUnits({
  units,
  syntheticUnits = [],
}: Pick<UnitsCard, 'units' | 'syntheticUnits'>): number[] {
  return [...units, ...syntheticUnits];
}

/** Reads the decision of a face. */
export function answerOf(
  decision: number,
  calibration: UnitCalibration,
): Pick<UnitAnswer, 'probability' | 'verdict'> {
  const probability = probabilityOf(decision, calibration);
  const isNamed = decision >= 0;
  return { probability, verdict: !isNamed ? 'absent' : probability >= 0.5 ? 'sure' : 'unsure' };
}

/** The bytes of a file that {@link readUnitsModel} reads. */
export function writeUnitsModel(
  model: Omit<UnitsModel, 'card'> & {
    readonly card: Omit<UnitsCard, 'weights'>;
  },
): Uint8Array {
  const { card, calibrations, means, scales, weights, sides } = model;
  const tensor = (shape: number[], data: Iterable<number>) => ({
    shape,
    data: Float32Array.from(data),
  });
  const n = allUnits(card).length;
  return writeSafetensors({
    tensors: {
      means: tensor([UNIT_FEATURES], means),
      scales: tensor([UNIT_FEATURES], scales),
      weights: tensor(
        [n, UNIT_FEATURES + 1],
        weights.flatMap((row) => [...row]),
      ),
      sides: tensor(
        [n, ODD_FEATURES],
        sides.weights.flatMap((row) => [...row]),
      ),
    },
    metadata: {
      format: FORMAT,
      input: inputVersion,
      cells: String(UNIT_CELLS),
      units: JSON.stringify(card.units),
      ...(card.syntheticUnits !== undefined && {
        synthetic_units: JSON.stringify(card.syntheticUnits),
      }),
      calibrations: JSON.stringify(
        calibrations.map(({ slope, offset }) =>
          [slope, offset].map((value) => Number(value.toFixed(4))),
        ),
      ),
      sides: JSON.stringify(sides.thresholds),
      score: card.score,
    },
  });
}

/** Whether bytes are weights of action units, of this version or another, rather than of a network. */
export function isUnitsFile(bytes: Uint8Array): boolean {
  try {
    return readSafetensors(bytes).metadata['format']?.startsWith('telltale.units/') === true;
  } catch (cause) {
    if (cause instanceof EngineError) return false;
    throw cause;
  }
}

const calibrationList = is.listOf(is.listOf(is.number(-1e6, 1e6)));
const thresholdList = is.listOf(is.nullable(is.number(0, 1e6)));
const unitList = is.listOf(is.integer(1, 99));

/**
 * Reads a weights file of units.
 *
 * @throws TelltaleError `WEIGHTS_CORRUPT`, `WEIGHTS_MISMATCH`, `MODEL_INPUT_MISMATCH`
 */
export function readUnitsModel(bytes: Uint8Array): UnitsModel {
  const { metadata, tensors } = open(bytes);
  if (metadata['format'] !== FORMAT)
    throw new TelltaleError(
      'WEIGHTS_MISMATCH',
      `the weights are not of action units (${FORMAT})`,
      'Give a units.safetensors that "telltale evaluate units" wrote.',
    );
  if (metadata['input'] !== inputVersion || metadata['cells'] !== String(UNIT_CELLS))
    throw new TelltaleError(
      'MODEL_INPUT_MISMATCH',
      `the weights were trained on images prepared as ${String(metadata['input'])} in ${String(metadata['cells'])} cells, this version prepares ${inputVersion} in ${UNIT_CELLS}`,
      'Train again with this version, or use the version that made the weights.',
    );
  const learned = parsed(metadata['units'], unitList, 'units') as number[];
  const synthetic = metadata['synthetic_units'];
  const syntheticUnits =
    synthetic === undefined ? undefined : (parsed(synthetic, unitList, 'units') as number[]);
  const units = [...learned, ...(syntheticUnits ?? [])];
  const calibrations = parsed(metadata['calibrations'], calibrationList, 'calibrations');
  const size = UNIT_FEATURES + 1;
  const numbers = (name: string, length: number): Float64Array => {
    const data = Object.hasOwn(tensors, name) ? tensors[name]!.data : undefined;
    if (data?.length !== length || !data.every((value) => Number.isFinite(value)))
      throw corrupt(`${name} are not ${length} finite numbers`);
    return Float64Array.from(data);
  };
  const weights = numbers('weights', units.length * size);
  const rows = calibrations as (readonly number[])[];
  if (rows.length !== units.length || rows.some(({ length }) => length !== 2))
    throw corrupt(`it has not two numbers of calibration for each of ${units.length} units`);
  const thresholds = parsed(metadata['sides'], thresholdList, 'sides') as (number | null)[];
  if (thresholds.length !== units.length)
    throw corrupt(`it has not one threshold of sides for each of ${units.length} units`);
  const sides = numbers('sides', units.length * ODD_FEATURES);
  return {
    card: {
      units: learned,
      ...(syntheticUnits !== undefined && { syntheticUnits }),
      ...{ score: metadata['score'] ?? 'never measured', weights: sha256(bytes) },
    },
    means: numbers('means', UNIT_FEATURES),
    scales: numbers('scales', UNIT_FEATURES),
    weights: units.map((_, i) => weights.subarray(i * size, (i + 1) * size)),
    calibrations: rows.map(([slope, offset]) => ({ slope: slope!, offset: offset! })),
    sides: {
      weights: units.map((_, i) => sides.subarray(i * ODD_FEATURES, (i + 1) * ODD_FEATURES)),
      thresholds,
    },
  };
}

function open(bytes: Uint8Array): Safetensors {
  try {
    return readSafetensors(bytes);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    throw corrupt(cause.message, cause);
  }
}

function parsed(text: string | undefined, shape: is.Shape, name: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch (cause) {
    throw corrupt(`its ${name} are not valid JSON`, cause);
  }
  const wrong = shape(value, name);
  if (wrong !== undefined) throw corrupt(wrong);
  return value;
}

function corrupt(why: string, cause?: unknown): TelltaleError {
  return new TelltaleError(
    'WEIGHTS_CORRUPT',
    `the weights of action units cannot be read: ${why}`,
    'Copy or download the file again.',
    { cause },
  );
}
