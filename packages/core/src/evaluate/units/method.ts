/**
 * @file Emotions inferred from action units as something that can be evaluated.
 *
 * Units are learned from the coded clips of the training part beside synthetic flow; where none is coded, from synthetic
 * flow alone. Emotions are then learned from what the recognizer of units decides of each training clip without having
 * seen its subject. The tested part gives neither.
 */
import { unitEmotionsNetwork } from '../../nets/unit-emotions.ts';
import type { SyntheticPart } from '../../units/fit.ts';
import type { Method } from '../folds/method.ts';
import {
  drawSyntheticPart,
  inferEmotion,
  learnUnitEmotions,
  unitsSettings,
  type SynthesizeFaces,
} from './emotions.ts';

/** Name of the method. */
export const UNITS_METHOD = 'units';

/**
 * The method. The seed of a repetition draws the synthetic faces, which all of its folds share; nothing else is random.
 *
 * @param synthesize - draws synthetic faces
 */
export function unitsMethod(synthesize: SynthesizeFaces): Method {
  return {
    name: UNITS_METHOD,
    paper: unitEmotionsNetwork.paper,
    settings: unitsSettings,
    open(classes) {
      let drawn: { readonly seed: number; readonly part: SyntheticPart } | undefined;
      return Promise.resolve({
        name: UNITS_METHOD,
        async trainFold(
          { train, test },
          { seed: ownSeed, repetition: seed = ownSeed, ...options },
        ) {
          const { signal, progress } = options;
          if (drawn?.seed !== seed)
            drawn = { seed, part: await drawSyntheticPart(synthesize, { seed, signal }) };
          const synthetic = drawn.part;
          const fit = await learnUnitEmotions(train, {
            classes: classes.length,
            synthetic,
            signal,
          });
          progress?.(1);
          const probabilities = test.inputs.map((input) => inferEmotion(fit, input));
          return {
            predictions: [{ epoch: 0, probabilities }],
            losses: [],
            chosen: { coded: fit.coded },
          };
        },
        release: () => Promise.resolve(),
      });
    },
  };
}
