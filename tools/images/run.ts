/**
 * npm run test:images -- [--all] [--again] [--series S]… [--service NAME]… [--keep]
 *
 * Builds images for real, verifies and runs them: placement and keystone of the newest series, with
 * --all each service of each series; with --again, which --all implies, placement and its bases twice
 * more, to be the same. The engine is that of this machine, or is made from Debian's packages. What cannot be
 * had is skipped with its reason; with CI=true that is a failure.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildBases, dropImages, imageName } from './build.ts';
import type { Workshop } from './build.ts';
import { skippedResult, tryImage } from './cell.ts';
import type { Result } from './cell.ts';
import { checkDockerfiles } from './dockerfiles.ts';
import { Unavailable } from './debian.ts';
import type { Engine } from './engine.ts';
import { checkScripts } from './static.ts';
import { copyWithPins, unpinned } from './pinned-copy.ts';
import type { Sources } from './pypi.ts';
import { playPastPackages } from './past-packages.ts';
import { playPublish } from './publish-play.ts';
import { buildAgain } from './reproducible.ts';
import { resultLine, showResults } from './results.ts';
import { reason } from './smoke.ts';
import { wantedCells } from './wanted.ts';
import type { WantedCell, WantedSeries } from './wanted.ts';
import { cache, clones, isCloned, openShop, repo, seriesSources, withEngine } from './workshop.ts';

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
    series: { type: 'string', multiple: true, default: [] },
    service: { type: 'string', multiple: true, default: [] },
    keep: { type: 'boolean', default: false },
  },
});
const isCi = process.env['CI'] === 'true';
/** Built once more without any cache, to be the same. */
const builtAgain = 'placement';
const started = performance.now();

function say(line: string): void {
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${String(seconds).padStart(4)} s  ${line}`);
}

/** Sources of a series, and a line that names them. */
async function sourcesOf(one: WantedSeries, shop: Workshop): Promise<Sources> {
  const { found, names } = await seriesSources(one, shop);
  say(`${one.series}: sources of ${names.join(', ')}`);
  return found;
}

/** OVS and OVN are on no package index: their sources are clones, and a copy of this repository pins them. */
async function withClones(shop: Workshop, series: string, folder: string): Promise<Workshop> {
  const copy = await copyWithPins(repo, series, { clones: folder, work: shop.work });
  return { ...shop, repo: copy, sources: [folder] };
}

async function tryCell(shop: Workshop, cell: WantedCell, found: Sources): Promise<Result> {
  const image = `${cell.service}/${cell.series}`;
  if (unpinned.includes(cell.service)) {
    if (clones === undefined || !isCloned(cell.service)) {
      return skippedResult(
        image,
        `PINWHEEL_CLONES names no folder with a clone of ${cell.service}`,
      );
    }
    return tryImage(await withClones(shop, cell.series, clones), cell);
  }
  const lacks = cell.sources.flatMap(({ component }) => found.missing[component] ?? []);
  if (lacks[0] !== undefined) return skippedResult(image, lacks[0]);
  const sources = [found.folder, ...(clones === undefined ? [] : [clones])];
  const result = await tryImage({ ...shop, sources }, cell);
  const instead = found.instead[cell.service];
  return instead === undefined
    ? result
    : { ...result, version: `${result.version}, source of ${instead}` };
}

async function runAll(engine: Engine, work: string): Promise<readonly Result[]> {
  const asked = { all: values.all, series: values.series, services: values.service };
  const wanted = await wantedCells(repo, asked);
  const shop = await openShop(engine, work);
  say(`${shop.base.image} stands in for Ubuntu`);
  const results: Result[] = [
    await checkDockerfiles(engine, repo),
    await checkScripts({ repo, uv: shop.uv, log: join(work, 'linters.log') }),
  ];
  function add(result: Result): void {
    say(resultLine(result));
    results.push(result);
  }
  const [newest] = wanted;
  if (newest && values.service.length === 0) {
    add(await playPublish(shop, { cache, series: newest.series }));
  }
  await buildBases(shop);
  say('python-base and venv-builder are built');
  add(await playPastPackages(engine, imageName('python-base')));
  for (const [index, one] of wanted.entries()) {
    const found = await sourcesOf(one, shop);
    for (const cell of one.cells) {
      add(await tryCell(shop, cell, found));
      // As long as all the rest of a run without --all; and one series is enough of a proof.
      if (!(values.all || values.again) || index > 0 || cell.service !== builtAgain) continue;
      add(await buildAgain({ ...shop, sources: [found.folder] }, cell));
    }
    // All images of all series would not fit on many a disk.
    if (!values.keep) await dropImages(engine, one.series);
  }
  return results;
}

process.exitCode = await withEngine(values.keep, async (engine, work) => {
  say(engine.about);
  return showResults(await runAll(engine, work), isCi);
}).catch((error: unknown) => {
  if (!(error instanceof Unavailable)) throw error;
  console.log(`${isCi ? 'FAILED' : 'skipped'}: ${reason(error)}`);
  // A machine of the project's own has to be able to; another one need not.
  return isCi ? 1 : 0;
});
