import { recipeJson } from '../../core/render/recipe.ts';
import { recipe } from '../../journeys/plan.ts';
import { withWorld } from '../common.ts';
import type { CommonOptions } from '../common.ts';
import { exitCodes } from '../exit.ts';
import { printJson } from '../output.ts';

export async function runRecipe(
  common: CommonOptions,
  service: string,
  series: string,
): Promise<number> {
  printJson(
    recipeJson(await withWorld(common, async (world) => recipe(world, { service, series }))),
  );
  return exitCodes.fine;
}
