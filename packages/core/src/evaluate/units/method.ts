/**
 * @file Emotions inferred from action units as something that can be evaluated.
 *
 * Units are learned from the coded clips of the training part beside synthetic flow; where none is coded, from synthetic
 * flow alone. Emotions are then learned from what the recognizer of units decides of each training clip without having
 * seen its subject. The tested part gives neither.
 */
import { pause } from '../../base/pause.ts';
import { inputVersion } from '../../nets/input.ts';
import { emotionProbabilities, fitEmotions } from '../../units/emotions.ts';
import { unitFeatures } from '../../units/features.ts';
import {
  decideUnits,
  faceDecision,
  fitUnits,
  syntheticPart,
  type CodedFace,
  type SideDecisions,
} from '../../units/fit.ts';
import { UNIT_NUMBERS } from '../../units/vocabulary.ts';
import type { FoldOptions, FoldOutcome, FoldPart, Method, TrainingData } from '../folds/method.ts';
import { codedSides } from './coded.ts';

/** Name of the method. */
export const UNITS_METHOD = 'units';

/** Number of synthetic flow images of each training. */
const SYNTHETIC = 3000;

/** Draws that many synthetic faces with their units. */
export type SynthesizeFaces = (
  count: number,
  options: Pick<FoldOptions, 'seed' | 'signal'>,
) => Promise<readonly CodedFace[]>;

/**
 * The method; the seed of a training draws its synthetic faces, and nothing else is random.
 *
 * @param synthesize - draws synthetic faces
 */
export function unitsMethod(synthesize: SynthesizeFaces): Method {
  return {
    name: UNITS_METHOD,
    paper:
      'Ekman, Friesen and Hager 2002, Facial Action Coding System: emotions inferred from action units by logistic regression',
    settings: {
      kind: UNITS_METHOD,
      version: 1, // rises with every change that changes results
      input: inputVersion,
      units: UNIT_NUMBERS,
      synthetic: SYNTHETIC,
    },
    open: (classes) =>
      Promise.resolve({
        name: UNITS_METHOD,
        trainFold: (part, options) => trainFold(part, classes.length, { ...options, synthesize }),
        release: () => Promise.resolve(),
      }),
  };
}

async function trainFold(
  { train, test }: FoldPart,
  classes: number,
  { seed, signal, progress, synthesize }: FoldOptions & { readonly synthesize: SynthesizeFaces },
): Promise<FoldOutcome> {
  const units = UNIT_NUMBERS.length;
  const drawn = await synthesize(SYNTHETIC, { seed, ...(signal && { signal }) });
  progress?.(0.5);
  const synthetic = syntheticPart(drawn, units);
  await pause(signal);
  const faces = facesOf(train);
  const fit = fitUnits(faces, { units, synthetic });
  await pause(signal);
  const emotions = fitEmotions(
    fit.unseen.map((sides, i) => ({ decisions: ofFace(sides), label: train.labels[i]! })),
    classes,
  );
  const probabilities = test.inputs.map((input) =>
    emotionProbabilities(emotions, ofFace(decideUnits(fit, unitFeatures(input)))),
  );
  progress?.(1);
  const coded = faces.filter(({ left }) => left.some((shown) => shown !== undefined)).length;
  return { predictions: [{ epoch: 0, probabilities }], losses: [], chosen: { coded } };
}

function ofFace({ left, right }: SideDecisions): number[] {
  return left.map((value, unit) => faceDecision(value, right[unit]!));
}

/** The training clips; units of a clip that was not coded are unknown. */
function facesOf({ inputs, subjects, annotated }: TrainingData): CodedFace[] {
  const unknown = UNIT_NUMBERS.map(() => undefined);
  return inputs.map((input, i) => {
    const { actionUnits: certain = [], uncertainUnits: uncertain = [] } =
      annotated?.[i]?.annotation ?? {};
    const isCoded = certain.length + uncertain.length > 0;
    return {
      subject: subjects[i]!,
      features: unitFeatures(input),
      ...(isCoded
        ? codedSides(UNIT_NUMBERS, { certain, uncertain })
        : { left: unknown, right: unknown }),
    };
  });
}
