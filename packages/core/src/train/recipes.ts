/** @file Which configuration and recipe a network is trained with where nobody says otherwise. */
import { findConfig, findNetwork } from '../nets/index.ts';
import { checkRecipe, defaultRecipe } from './recipe.ts';
import type { Recipe } from './recipe.ts';

/** What a network's own recipe says differently from `defaultRecipe`. */
interface Own {
  readonly config: string;
  readonly recipe: Partial<Recipe>;
}

/** Fixed before any fold was tested; see docs/experiments.md. */
const own: Readonly<Record<string, Own>> = {
  merba: {
    config: 'flow28',
    recipe: {
      epochs: 30,
      learningRate: 2e-3,
      averageDecay: 0,
    },
  },
};

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
  const usual = own[network];
  const name = config ?? usual?.config ?? Object.keys(found.configs)[0]!;
  findConfig(found, name);
  const recipe = { ...defaultRecipe, ...usual?.recipe, ...changes };
  checkRecipe(recipe);
  return { config: name, recipe };
}
