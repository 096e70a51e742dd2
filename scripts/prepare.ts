import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tryCommand } from './command.ts';
import { missingExtras } from './extras.ts';
import { pinwheel, readRecipe } from './recipe.ts';
import { readSourceRefs } from '../src/core/formats/source-refs.ts';
import type { RecipeSource } from '../src/core/model/recipe.ts';
import type { Cell, Recipe } from './recipe.ts';
import { takeSource } from './source.ts';
import type { Origin } from './source.ts';

const bindepRule = fileURLToPath(
  new URL('../images/venv-builder/bin/check-bindep', import.meta.url),
);

/** All that a build of a cell is given, in folders. */
export interface Prepared {
  readonly recipe: Recipe;
  /** Folder of each named context. */
  readonly contexts: ReadonlyMap<string, string>;
  /** Seconds since 1970: when the newest of its sources was made. */
  readonly epoch: number;
}

/**
 * Brings the sources of a cell, patched, and its constraints into a folder that it makes anew. What
 * would end a build, or worse, would not, ends here with a line that names the file.
 */
export async function prepare(cell: Cell, origin: Origin, work: string): Promise<Prepared> {
  const recipe = await readRecipe(cell);
  await checkBindep(cell);
  await rm(work, { recursive: true, force: true });
  const contexts = new Map(
    ['source', 'libraries', 'sources', 'constraints'].map((name) => [name, join(work, name)]),
  );
  for (const folder of contexts.values()) await mkdir(folder, { recursive: true });
  const constraints = await pinwheel(cell.repo, 'constraints', cell.series, cell.service);
  await writeFile(join(work, 'constraints', 'upper-constraints.txt'), `${constraints}\n`);
  const times: number[] = [];
  for (const source of recipe.sources) times.push(await bring(source, { cell, origin, work }));
  await checkExtras(cell, recipe, join(work, 'source'));
  return { recipe, contexts, epoch: Math.max(0, ...times) };
}

async function bring(
  source: RecipeSource,
  { cell, origin, work }: { readonly cell: Cell; readonly origin: Origin; readonly work: string },
): Promise<number> {
  const { component, role, version } = source;
  const own = role === 'source';
  const folder = own ? join(work, role) : join(work, role, component, 'source');
  const time = await takeSource(source, origin, folder).catch(async (error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${await pinLine(cell, component)}: ${component}: ${why}`, { cause: error });
  });
  const words = ['--json', 'apply', component, cell.series, '--source', folder];
  const { written } = JSON.parse(await pinwheel(cell.repo, ...words)) as { written: string[] };
  await appendFile(join(work, 'patched.txt'), await hashes(folder, written));
  if (!own) await writeFile(join(work, role, component, 'VERSION'), `${version}\n`);
  return time;
}

/** Where a person can mend what a component is built from. */
async function pinLine({ repo, series }: Cell, component: string): Promise<string> {
  const path = `releases/${series}/source-refs.yaml`;
  const pins = readSourceRefs(await readFile(join(repo, path), 'utf8'), { path, series }).value;
  const line = pins.find((pin) => pin.component === component)?.line;
  return line === undefined ? path : `${path}:${line}`;
}

/** As sha256sum writes them: what an image has to hold of these files, if it holds any of their folder. */
async function hashes(folder: string, paths: readonly string[]): Promise<string> {
  const there = paths.filter((path) => existsSync(join(folder, path)));
  const lines = await Promise.all(
    there.map(async (path) => {
      const content = await readFile(join(folder, path));
      return `${createHash('sha256').update(content).digest('hex')}  ${path}\n`;
    }),
  );
  return lines.join('');
}

async function checkExtras({ series, service }: Cell, recipe: Recipe, tree: string): Promise<void> {
  const missing = await missingExtras(tree, recipe.args['PIP_EXTRAS'] ?? '');
  if (missing.length === 0) return;
  throw new Error(
    `releases/${series}/extra-packages.yaml: ${service}: its source has no extra ${missing.join(', ')} in setup.cfg or pyproject.toml`,
  );
}

/** By the rule of the build itself. */
async function checkBindep({ repo, service }: Cell): Promise<void> {
  const path = `images/${service}/bindep.txt`;
  if (!existsSync(join(repo, path))) return;
  const { code, stderr } = await tryCommand([bindepRule, path], { cwd: repo });
  if (code !== 0) throw new Error(stderr.trim());
}
