/** write-sbom.ts REPOSITORY SERVICE SERIES PACKAGES OUT: a scanner's bill of materials, with what it cannot know. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pinwheel, readRecipe } from '../recipe.ts';
import { withPedigree } from './sbom.ts';
import type { Bom, Override } from './sbom.ts';

const [repo = '.', service = '', series = '', packages = '', out = ''] = process.argv.slice(2);
const recipe = await readRecipe({ repo, service, series });
const patches = await Promise.all(
  recipe.sources.flatMap(({ component, patches: names }) =>
    names.map(async (name) => {
      const content = await readFile(join(repo, 'patches', component, series, name));
      return { component, name, content };
    }),
  ),
);
const { constraints } = JSON.parse(
  await pinwheel(repo, '--json', 'constraints', series, service),
) as {
  constraints: (Override & { origin: string })[];
};
const overrides = constraints.filter(({ origin }) => origin === 'override');
const bom = JSON.parse(await readFile(packages, 'utf8')) as Bom;
await writeFile(out, JSON.stringify(withPedigree(bom, recipe, { patches, overrides }), null, 2));
