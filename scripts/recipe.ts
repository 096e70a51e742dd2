import { fileURLToPath } from 'node:url';
import type { Recipe as ImageRecipe } from '../src/core/model/recipe.ts';
import { runCommand } from './command.ts';

/** What `pinwheel recipe SERVICE SERIES` prints. */
export type Recipe = Omit<ImageRecipe, 'args' | 'labels'> & {
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
};

export interface Cell {
  readonly repo: string;
  readonly service: string;
  readonly series: string;
}

const program = fileURLToPath(new URL('../bin/pinwheel', import.meta.url));

/** A command of Pinwheel on an images repository; its stdout. */
export async function pinwheel(repo: string, ...args: readonly string[]): Promise<string> {
  return runCommand([program, '--repo', repo, ...args]);
}

export async function readRecipe({ repo, service, series }: Cell): Promise<Recipe> {
  return JSON.parse(await pinwheel(repo, 'recipe', service, series)) as Recipe;
}
