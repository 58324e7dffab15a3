/** @file Emotions learned from units, as an evaluation and a training do it alike, and the weights file that results. */
import { writeSafetensors } from '@telltale/engine';

import { pause, type Cancellation } from '../../base/pause.ts';
import { inputVersion } from '../../nets/input.ts';
import { unitEmotionsNetwork } from '../../nets/unit-emotions.ts';
import { emotionProbabilities, fitEmotions, type UnitEmotions } from '../../units/emotions.ts';
import { UNIT_FEATURES, unitFeatures } from '../../units/features.ts';
import {
  decideUnits,
  faceDecision,
  fitUnits,
  syntheticPart,
  type CodedFace,
  type LinearUnits,
  type SideDecisions,
  type SyntheticPart,
} from '../../units/fit.ts';
import { UNIT_NUMBERS } from '../../units/vocabulary.ts';
import type { TrainingData } from '../folds/method.ts';
import { codedSides } from './coded.ts';

/** Number of synthetic flow images that take part. */
const SYNTHETIC = 3000;

/** What, with the data and a seed, determines the result. Plain JSON. */
export const unitsSettings: Readonly<Record<string, unknown>> = {
  kind: 'units',
  version: 2, // rises with every change that changes results
  input: inputVersion,
  units: UNIT_NUMBERS,
  synthetic: SYNTHETIC,
};

/** Draws that many synthetic faces with their units. */
export type SynthesizeFaces = (
  count: number,
  options: { readonly seed: number; readonly signal?: Cancellation | undefined },
) => Promise<readonly CodedFace[]>;

/** A recognizer of units, and of emotions from what it decides. */
export interface UnitEmotionsFit {
  /** Recognizes units. */
  readonly units: LinearUnits;
  /** Infers emotions from them. */
  readonly emotions: UnitEmotions;
  /** Number of clips whose units were coded. */
  readonly coded: number;
}

/** How {@link learnUnitEmotions} works. */
export interface LearnOptions {
  /** Number of classes. */
  readonly classes: number;
  /** Of {@link drawSyntheticPart}. */
  readonly synthetic: SyntheticPart;
  /** Stops the work. */
  readonly signal?: Cancellation | undefined;
}

/** What is learned from. */
export type UnitEmotionsData = Pick<TrainingData, 'inputs' | 'labels' | 'subjects' | 'annotated'>;

/** Draws the synthetic faces, as every training takes them. @throws TelltaleError `CANCELED` */
export async function drawSyntheticPart(
  synthesize: SynthesizeFaces,
  options: Parameters<SynthesizeFaces>[1],
): Promise<SyntheticPart> {
  return syntheticPart(await synthesize(SYNTHETIC, options), UNIT_NUMBERS.length);
}

/**
 * Learns units, then emotions from what is decided of each face without its subject.
 *
 * @throws TelltaleError `DATASET_INVALID` where there is no sample; `CANCELED`
 */
export async function learnUnitEmotions(
  data: UnitEmotionsData,
  { classes, synthetic, signal }: LearnOptions,
): Promise<UnitEmotionsFit> {
  const faces = facesOf(data);
  const units = fitUnits(faces, { units: UNIT_NUMBERS.length, synthetic });
  await pause(signal);
  const rows = units.unseen.map((sides, i) => ({
    decisions: ofFace(sides),
    label: data.labels[i]!,
  }));
  const emotions = fitEmotions(rows, classes);
  return { units, emotions, coded: faces.filter(isCoded).length };
}

/** The probability of each class, for an input as `flowInput` prepares it. */
export function inferEmotion({ units, emotions }: UnitEmotionsFit, input: Float32Array): number[] {
  return emotionProbabilities(emotions, ofFace(decideUnits(units, unitFeatures(input))));
}

/** What the metadata of a weights file state of its making. */
export interface UnitEmotionsOrigin {
  /** Names, in the order of the labels. */
  readonly classes: readonly string[];
  /** Of the synthetic faces. */
  readonly seed: number;
  /** SHA-256 of the data, hexadecimal. */
  readonly data: string;
  /** Number of samples. */
  readonly samples: number;
  /** Version of telltale. */
  readonly telltale: string;
}

/** The bytes of a weights file of the network `units`, which `readModel` reads. */
export function encodeUnitEmotions(
  { units, emotions }: UnitEmotionsFit,
  { classes, seed, data, samples, telltale }: UnitEmotionsOrigin,
): Uint8Array {
  const network = unitEmotionsNetwork;
  const decide = (features: Float64Array): readonly number[] => decideUnits(units, features).left;
  // Decisions are affine in the features: their values at 0 and at each unit vector are all there is to know.
  const atZero = decide(new Float64Array(UNIT_FEATURES));
  const columns = Array.from({ length: UNIT_FEATURES }, (_, i) => {
    const unit = new Float64Array(UNIT_FEATURES);
    unit[i] = 1;
    return decide(unit);
  });
  const { means, scales, weights, constant } = emotions;
  const scaled = weights.map((row) => scales.map((scale, k) => row[k]! * scale));
  const tensor = (shape: number[], values: readonly number[]) => ({
    shape,
    data: Float32Array.from(values),
  });
  const [u, k] = [atZero.length, classes.length];
  return writeSafetensors({
    tensors: {
      'sides.weight': tensor(
        [u, UNIT_FEATURES],
        atZero.flatMap((zero, unit) => columns.map((column) => column[unit]! - zero)),
      ),
      'sides.bias': tensor([u], atZero),
      'emotions.weight': tensor([k, u], scaled.flat()),
      'emotions.bias': tensor(
        [k],
        scaled.map((row, c) =>
          row.reduce((sum, w, i) => sum - w * means[i]!, weights[c]!.at(-1)! * constant),
        ),
      ),
    },
    metadata: {
      network: network.name,
      config: 'flow28',
      settings: JSON.stringify(network.forClasses(network.configs['flow28']!, classes)),
      classes: JSON.stringify(classes),
      input: inputVersion,
      recipe: JSON.stringify(unitsSettings),
      seed: String(seed),
      data,
      samples: String(samples),
      telltale,
    },
  });
}

function ofFace({ left, right }: SideDecisions): number[] {
  return left.map((value, unit) => faceDecision(value, right[unit]!));
}

function isCoded({ left }: CodedFace): boolean {
  return left.some((shown) => shown !== undefined);
}

/** The training clips; units of a clip that was not coded are unknown. */
function facesOf({ inputs, subjects, annotated }: UnitEmotionsData): CodedFace[] {
  const unknown = UNIT_NUMBERS.map(() => undefined);
  return inputs.map((input, i) => {
    const { actionUnits: certain = [], uncertainUnits: uncertain = [] } =
      annotated?.[i]?.annotation ?? {};
    const sides =
      certain.length + uncertain.length > 0
        ? codedSides(UNIT_NUMBERS, { certain, uncertain })
        : { left: unknown, right: unknown };
    return { subject: subjects[i]!, features: unitFeatures(input), ...sides };
  });
}
