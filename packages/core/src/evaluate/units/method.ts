/**
 * @file Emotions inferred from action units as something that can be evaluated.
 *
 * Units are learned from the coded clips of the training part beside synthetic flow; where none is coded, from synthetic
 * flow alone. Emotions are then learned from what the recognizer of units decides of each training clip without having
 * seen its subject. The tested part gives neither.
 */
import { unitEmotionsNetwork } from '../../nets/unit-emotions.ts';
import type { FoldOptions, FoldOutcome, FoldPart, Method } from '../folds/method.ts';
import {
  inferEmotion,
  learnUnitEmotions,
  unitsSettings,
  type SynthesizeFaces,
} from './emotions.ts';

/** Name of the method. */
export const UNITS_METHOD = 'units';

/**
 * The method; the seed of a training draws its synthetic faces, and nothing else is random.
 *
 * @param synthesize - draws synthetic faces
 */
export function unitsMethod(synthesize: SynthesizeFaces): Method {
  return {
    name: UNITS_METHOD,
    paper: unitEmotionsNetwork.paper,
    settings: unitsSettings,
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
  options: FoldOptions & { readonly synthesize: SynthesizeFaces },
): Promise<FoldOutcome> {
  const fit = await learnUnitEmotions(train, { ...options, classes });
  return {
    predictions: [
      { epoch: 0, probabilities: test.inputs.map((input) => inferEmotion(fit, input)) },
    ],
    losses: [],
    chosen: { coded: fit.coded },
  };
}
