/** @file The default configuration and recipe of each network. */
import { own } from '../base/own.ts';
import { EMOTIONS_3 } from '../datasets/sample.ts';
import { findConfig, findNetwork } from '../nets/index.ts';
import { noAugmentation } from './augment.ts';
import { checkRecipe, defaultRecipe } from './recipe.ts';
import type { Recipe } from './recipe.ts';

/** A network's own settings, over `defaultRecipe`. */
interface Own {
  readonly config: string;
  readonly recipe: Partial<Recipe>;
  /** Settings of one configuration, by its name. */
  readonly configs?: Readonly<Record<string, Partial<Recipe>>>;
  /** Weights that ship with telltale, from which a training is initialized, by the name of the configuration. */
  readonly starts?: Readonly<Record<string, Start>>;
  /** Changes of the recipe for a training that is initialized from weights of the whole network. */
  readonly goingOn?: Partial<Recipe>;
}

/** Weights to initialize from; they were trained on synthetic flow without any face. */
export interface Start {
  /** Name of the file among the models. */
  readonly file: string;
  /** Their classes, in order. */
  readonly classes: readonly string[];
}

/** Of MFDAN on 112×112 pixels: over 30 times the parameters, so smaller steps and more of them; 8 pixels are 2 of `face28`. */
const large: Partial<Recipe> = {
  epochs: 16,
  batch: 16,
  learningRate: 2e-3,
  augment: { ...defaultRecipe.augment, shift: 8, light: 1 },
};

/** Fixed before any fold was tested; see docs/experiments.md. */
const defaults: Readonly<Record<string, Own>> = {
  merba: {
    config: 'flow28',
    recipe: {
      epochs: 30,
      learningRate: 2e-3,
      averageDecay: 0,
    },
    starts: {
      flow28: { file: 'merba-flow28-synthetic.safetensors', classes: EMOTIONS_3 },
      awake28: { file: 'merba-awake28-synthetic.safetensors', classes: EMOTIONS_3 },
    },
    goingOn: { epochs: 20, learningRate: 1e-3 },
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
    // Faces differ by light and place more than by expression.
    configs: {
      face28: { epochs: 20, augment: { ...defaultRecipe.augment, shift: 2, light: 1 } },
      full112: large,
      face112: large,
      'face112-dropout': large,
    },
  },
  // In place of the authors' 1600 steps at 5e-5: 600 at a rate at which that many fit nine tenths of
  // the augmented training images; everything else as for all networks. No average of weights: the
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

/** The weights that a training of this network, configuration and classes is initialized from by default. */
export function startOf(
  network: string,
  config: string,
  classes: readonly string[],
): string | undefined {
  const start = own(own(defaults, network)?.starts ?? {}, config);
  return start?.classes.join('\n') === classes.join('\n') ? start.file : undefined;
}

/** Changes of a network's recipe where it is initialized from its own weights as a whole. */
export function goingOn(network: string): Partial<Recipe> {
  return own(defaults, network)?.goingOn ?? {};
}

/**
 * The configuration's name and the recipe for a network.
 *
 * @param config - the network's default where left out
 * @param changes - overrides of the caller
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
