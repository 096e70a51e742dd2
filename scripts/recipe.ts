import { fileURLToPath } from 'node:url';
import { runCommand } from './command.ts';

/** What `pinwheel recipe SERVICE SERIES` prints. */
export interface Recipe {
  readonly service: string;
  readonly series: string;
  readonly digest: string;
  readonly bases: readonly string[];
  readonly contexts: readonly string[];
  readonly sources: readonly RecipeSource[];
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

export interface RecipeSource {
  readonly component: string;
  readonly role: 'source' | 'libraries' | 'sources';
  readonly commit: string;
  readonly version: string;
  readonly upstream?: string;
  readonly patches: readonly string[];
}

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
