/**
 * npm run test:images -- [--all] [--series S] [--service NAME]… [--keep]
 *
 * Builds images for real, verifies and runs them: placement and keystone, with --all each service of
 * the series. The engine is that of this machine, or is made from Debian's packages.
 */
import { mkdirSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { readRecipe } from '../../scripts/recipe.ts';
import { debianBase } from './base.ts';
import { buildBases } from './build.ts';
import type { Workshop } from './build.ts';
import { tryImage } from './cell.ts';
import type { Result } from './cell.ts';
import { checkDockerfiles } from './dockerfiles.ts';
import { Unavailable } from './debian.ts';
import { findEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import { checkScripts } from './static.ts';
import { copyWithPins, unpinned } from './pinned-copy.ts';
import { fetchSources, fetchUv, pinnedUv } from './pypi.ts';
import type { Release } from './pypi.ts';
import { reason } from './smoke.ts';

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    series: { type: 'string' },
    service: { type: 'string', multiple: true, default: ['placement', 'keystone'] },
    keep: { type: 'boolean', default: false },
  },
});
const repo = join(import.meta.dirname, '../..');
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'pinwheel/images');
/** With clones of ovs and ovn, these are built too. */
const clones = process.env['PINWHEEL_CLONES'];
const started = performance.now();

function say(line: string): void {
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${String(seconds).padStart(4)} s  ${line}`);
}

async function services(): Promise<readonly string[]> {
  if (!values.all) return values.service;
  const folders = await readdir(join(repo, 'images'), { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const left = new Set(['python-base', 'venv-builder', ...unpinned]);
  // In this order, for ovn is built on ovs.
  return [...names.filter((name) => !left.has(name)), ...(clones === undefined ? [] : unpinned)];
}

/** The newest series that this repository has. */
async function newestSeries(): Promise<string> {
  return (await readdir(join(repo, 'releases'))).sort().at(-1) ?? '';
}

async function releasesOf(names: readonly string[], series: string): Promise<readonly Release[]> {
  const found = new Map<string, Release>();
  for (const service of names.filter((name) => !unpinned.includes(name))) {
    for (const { component, version } of (await readRecipe({ repo, service, series })).sources) {
      found.set(component, { component, version });
    }
  }
  return [...found.values()].sort((a, b) => (a.component < b.component ? -1 : 1));
}

async function makeShop(
  engine: Engine,
  releases: readonly Release[],
  work: string,
): Promise<Workshop> {
  const log = join(work, 'engine.log');
  const uv = await fetchUv(await pinnedUv(repo), cache, log);
  const sources = await fetchSources(releases, { uv, cache, log });
  say(
    `sources of ${releases.map(({ component, version }) => `${component} ${version}`).join(', ')}`,
  );
  const base = await debianBase(engine, cache, log);
  say(`${base.image} stands in for Ubuntu`);
  return { engine, repo, base, uv, sources: [sources], work };
}

async function runAll(engine: Engine, work: string): Promise<readonly Result[]> {
  const series = values.series ?? (await newestSeries());
  const names = await services();
  const shop = await makeShop(engine, await releasesOf(names, series), work);
  const results: Result[] = [
    await checkDockerfiles(engine, repo),
    await checkScripts({ repo, uv: shop.uv, log: join(work, 'linters.log') }),
  ];
  await buildBases(shop);
  say('python-base and venv-builder are built');
  for (const service of names) {
    const place = unpinned.includes(service) ? await withClones(shop, series) : shop;
    const result = await tryImage(place, { service, series });
    say(`${result.image}: ${verdict(result)}`);
    results.push(result);
  }
  return results;
}

/** OVS and OVN are on no package index: their sources are clones, and a copy of this repository pins them. */
async function withClones(shop: Workshop, series: string): Promise<Workshop> {
  if (clones === undefined) throw new Unavailable('PINWHEEL_CLONES names no folder of clones');
  const copy = await copyWithPins(repo, series, { clones, work: shop.work });
  return { ...shop, repo: copy, sources: [clones] };
}

function verdict({ checks }: Result): string {
  const bad = checks.filter(({ why }) => why !== '').length;
  return bad === 0 ? `${checks.length} checks passed` : `${bad} of ${checks.length} checks FAILED`;
}

function showResults(results: readonly Result[]): number {
  const table = new Table({
    head: ['image', 'version', 'MB', 'seconds', 'checks'],
    style: { head: [], border: [] },
  });
  for (const result of results) {
    const { image, version, megabytes, seconds } = result;
    table.push([image, version, megabytes, Math.round(seconds), verdict(result)]);
  }
  console.log(table.toString());
  const checks = results.flatMap(({ image, checks: all }) =>
    all.map((check) => ({ image, ...check })),
  );
  const failed = checks.filter(({ why }) => why !== '');
  for (const { image, name, why } of failed) console.log(`FAILED ${image}: ${name}: ${why}`);
  console.log(`${checks.length - failed.length} passed, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
}

mkdirSync(cache, { recursive: true });
const work = await mkdtemp(join(tmpdir(), 'pinwheel-images-'));
let engine: Engine | undefined;
// The engine is a daemon of its own, and would outlive us.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void engine?.stop().finally(() => process.exit(130));
  });
}
try {
  engine = await findEngine(cache, join(work, 'engine.log'));
  say(engine.about);
  process.exitCode = showResults(await runAll(engine, work));
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  // A machine of the project's own has to be able to; another one need not.
  process.exitCode = process.env['CI'] === 'true' ? 1 : 0;
  console.log(`${process.exitCode === 0 ? 'skipped' : 'FAILED'}: ${reason(error)}`);
} finally {
  await engine?.stop();
  if (process.exitCode === 0 && !values.keep) await rm(work, { recursive: true, force: true });
  else console.log(`logs and contexts: ${work}`);
}
