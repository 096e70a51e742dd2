import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRecipe } from '../../scripts/recipe.ts';
import type { Cell } from '../../scripts/recipe.ts';
import type { RecipeSource } from '../../src/core/model/recipe.ts';
import { unpinned } from './pinned-copy.ts';

export interface Asked {
  readonly all: boolean;
  readonly series: readonly string[];
  readonly services: readonly string[];
}

/** Cells of a series, with all that they are made from. */
export interface WantedSeries {
  readonly series: string;
  readonly cells: readonly WantedCell[];
}

export interface WantedCell extends Omit<Cell, 'repo'> {
  /** Of OVS and OVN, which no series here pins, nothing. */
  readonly sources: readonly RecipeSource[];
}

/** Newest series first: that is where most is changed. With `all`, OVS and OVN once, for the newest. */
export async function wantedCells(repo: string, asked: Asked): Promise<readonly WantedSeries[]> {
  const there = (await readdir(join(repo, 'releases'))).sort().reverse();
  const some = asked.series.length > 0 ? asked.series : asked.all ? there : there.slice(0, 1);
  const services = asked.services.length > 0 ? asked.services : await defaultServices(repo, asked);
  return Promise.all(
    some.map(async (series, index) => {
      const named = services.filter((name) => index === 0 || !unpinned.includes(name));
      const cells = await Promise.all(
        named.map(async (service) => {
          if (unpinned.includes(service)) return { service, series, sources: [] };
          return {
            service,
            series,
            sources: (await readRecipe({ repo, service, series })).sources,
          };
        }),
      );
      return { series, cells };
    }),
  );
}

async function defaultServices(repo: string, { all }: Asked): Promise<readonly string[]> {
  if (!all) return ['placement', 'keystone'];
  const folders = await readdir(join(repo, 'images'), { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const left = new Set(['python-base', 'venv-builder', ...unpinned]);
  // In this order, for ovn is built on ovs.
  return [...names.filter((name) => !left.has(name)).sort(), ...unpinned];
}
