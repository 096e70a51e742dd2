import type { Recipe } from '../model/recipe.ts';

/** The recipe as JSON, its only form: it is for programs. Keys are a contract (docs/images.md). */
export function recipeJson(recipe: Recipe): object {
  return {
    ...recipe,
    args: Object.fromEntries(recipe.args),
    labels: Object.fromEntries(recipe.labels),
  };
}
