/** @file Which configuration and recipe a network is trained with where nobody says otherwise. */
import { own } from '../base/own.ts';
import { EMOTIONS_3 } from '../datasets/sample.ts';
import { findConfig, findNetwork } from '../nets/index.ts';
import { noAugmentation } from './augment.ts';
import { checkRecipe, defaultRecipe } from './recipe.ts';
import type { Recipe } from './recipe.ts';

/** What a network's own recipe says differently from `defaultRecipe`. */
interface Own {
  readonly config: string;
  readonly recipe: Partial<Recipe>;
  /** What holds for one configuration only, by its name. */
  readonly configs?: Readonly<Record<string, Partial<Recipe>>>;
  /** Weights that ship with telltale and that a training of the usual configuration begins with. */
  readonly start?: Start;
}

/** Weights to begin with; they have seen made-up flow and nobody's face. */
export interface Start {
  /** Name of the file among the models. */
  readonly file: string;
  /** The classes that they tell apart, in order. */
  readonly classes: readonly string[];
  /** What a training that goes on with them does otherwise: what is known need not be learned again, nor forgotten. */
  readonly recipe: Partial<Recipe>;
}

/** Fixed before any fold was tested; see docs/experiments.md. */
const defaults: Readonly<Record<string, Own>> = {
  merba: {
    config: 'flow28',
    recipe: {
      epochs: 30,
      learningRate: 2e-3,
      averageDecay: 0,
    },
    start: {
      file: 'merba-flow28-synthetic.safetensors',
      classes: EMOTIONS_3,
      recipe: { epochs: 20, learningRate: 1e-3 },
    },
  },
  // That of merba with fewer epochs, fixed before any fold was tested. No average of weights: the running statistics
  // belong to the last ones.
  densemix: {
    config: 'flow28',
    recipe: { epochs: 20, learningRate: 2e-3, averageDecay: 0 },
  },
  // The focal loss and the class-balanced weights are the paper's answer to uneven classes, so each
  // sample is drawn once an epoch and its target is not smoothed. Running statistics belong to the
  // last weights, so none are averaged.
  mfdan: {
    config: 'flow28',
    recipe: {
      epochs: 10,
      learningRate: 4e-3,
      warmUp: 0.1,
      averageDecay: 0,
      labelSmoothing: 0,
      balance: 0,
      effectiveNumber: 0.999,
    },
  },
  // In place of the authors' 1600 steps at 5e-5: 600 at a rate at which that many fit nine tenths of
  // the (changed) training pictures; everything else as for all networks. No average of weights: the
  // running statistics belong to the last ones.
  ststnet: {
    config: 'flow28',
    recipe: { learningRate: 5e-3, averageDecay: 0 },
    configs: {
      // 800 epochs at a constant 5e-5, as published; the peak is twice that, because this rate falls
      // along half a cosine and the sum over all steps is to be the same.
      authors: {
        epochs: 800,
        batch: 256,
        learningRate: 1e-4,
        weightDecay: 0,
        warmUp: 0,
        labelSmoothing: 0,
        clipNorm: 1e9,
        balance: 0,
        augment: noAugmentation,
      },
    },
  },
  offapexnet: { config: 'flow28', recipe: { epochs: 30, learningRate: 5e-4, averageDecay: 0 } },
};

/** What a training of this network, in this configuration and for these classes, begins with where nobody says otherwise. */
export function startOf(
  network: string,
  config: string,
  classes: readonly string[],
): string | undefined {
  const usual = own(defaults, network);
  if (usual?.start === undefined || usual.config !== config) return undefined;
  const { file, classes: known } = usual.start;
  return known.join('\n') === classes.join('\n') ? file : undefined;
}

/** What a network's recipe has otherwise where it goes on with weights that are its own as a whole. */
export function goingOn(network: string): Partial<Recipe> {
  return own(defaults, network)?.start?.recipe ?? {};
}

/**
 * The configuration's name and the recipe for a network.
 *
 * @param config - the network's default where left out
 * @param changes - what the caller wants otherwise
 * @throws TelltaleError `OPTION_INVALID` for an unknown network or configuration, or an impossible recipe
 */
export function recipeOf(
  network: string,
  config?: string,
  changes: Partial<Recipe> = {},
): { readonly config: string; readonly recipe: Recipe } {
  const found = findNetwork(network);
  const usual = own(defaults, network);
  const name = config ?? usual?.config ?? Object.keys(found.configs)[0]!;
  findConfig(found, name);
  const recipe = {
    ...defaultRecipe,
    ...usual?.recipe,
    ...own(usual?.configs ?? {}, name),
    ...changes,
  };
  checkRecipe(recipe);
  return { config: name, recipe };
}
