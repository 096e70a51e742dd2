import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianBase } from './base.ts';
import type { Workshop } from './build.ts';
import { Unavailable } from './debian.ts';
import { findEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import { askIndex, fetchSources, fetchUv, isUnreleased, pinnedUv } from './pypi.ts';
import type { Sources } from './pypi.ts';
import { wantedCells } from './wanted.ts';
import type { WantedSeries } from './wanted.ts';

export const repo = join(import.meta.dirname, '../..');
export const cache = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'pinwheel/images',
);
/** With clones of ovs and ovn, these are built too; so is a commit that was never released. */
export const clones = process.env['PINWHEEL_CLONES'];

export function isCloned(component: string): boolean {
  return clones !== undefined && existsSync(join(clones, component));
}

/**
 * Work with an engine, and a folder for contexts and logs, which stays where the work asks for it by
 * `keep`, fails or gives another exit code than 0.
 */
export async function withEngine<T>(
  keep: boolean,
  use: (engine: Engine, work: string) => Promise<T>,
): Promise<T> {
  mkdirSync(cache, { recursive: true });
  await requireSpace(cache);
  const work = await mkdtemp(join(tmpdir(), 'pinwheel-images-'));
  let engine: Engine | undefined;
  // The engine is a daemon of its own, and would outlive us.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void engine?.stop().finally(() => process.exit(130));
    });
  }
  let isFine = false;
  try {
    engine = await findEngine(cache, join(work, 'engine.log'));
    const result = await use(engine, work);
    isFine = typeof result !== 'number' || result === 0;
    return result;
  } finally {
    await engine?.stop();
    if (isFine && !keep) await rm(work, { recursive: true, force: true });
    else console.error(`logs and contexts: ${work}`);
  }
}

/** A full disk fails a build at any step, and says so at none. */
async function requireSpace(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = Math.floor((bavail * bsize) / 1e9);
  if (free >= neededGigabytes) return;
  throw new Unavailable(
    `${folder} is on a disk with ${free} GB free, and builds need ${neededGigabytes}: remove ${join(folder, 'data')}`,
  );
}

/** Two images and what they are built on; more images take no more, for they are removed again. */
const neededGigabytes = 6;

/** All that builds have in common, but for sources. */
export async function openShop(engine: Engine, work: string): Promise<Workshop> {
  const log = join(work, 'engine.log');
  const uv = await fetchUv(await pinnedUv(repo), cache, log);
  await askIndex(uv, log);
  const base = await debianBase(engine, cache, log);
  return { engine, repo, base, uv, sources: [], work };
}

interface SeriesSources {
  readonly found: Sources;
  /** `keystone 29.0.2` and the others. */
  readonly names: readonly string[];
}

/** A commit that has no release comes from a clone, where there is one. */
export async function seriesSources(
  { cells }: WantedSeries,
  { uv, work }: Workshop,
): Promise<SeriesSources> {
  const releases = new Map(
    cells
      .flatMap(({ sources }) => sources)
      .filter(({ component, version }) => !isUnreleased(version) || !isCloned(component))
      .map(({ component, version }) => [component, { component, version }]),
  );
  const list = [...releases.values()].sort((a, b) => (a.component < b.component ? -1 : 1));
  const found = await fetchSources(list, { uv, cache, log: join(work, 'engine.log') });
  const names = list.map(
    ({ component, version }) => `${component} ${found.instead[component] ?? version}`,
  );
  return { found, names };
}

/** A workshop with the sources of some services of a series. */
export async function withWorkshop<T>(
  { series, services }: { readonly series: string; readonly services: readonly string[] },
  use: (shop: Workshop) => Promise<T>,
): Promise<T> {
  return withEngine(false, async (engine, work) => {
    const shop = await openShop(engine, work);
    const [wanted] = await wantedCells(repo, { all: false, series: [series], services });
    if (!wanted) throw new Error(`there is no series ${series}`);
    const { found } = await seriesSources(wanted, shop);
    return use({ ...shop, sources: [found.folder] });
  });
}
