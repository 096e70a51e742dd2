import { expect, it } from 'vitest';
import { commitNamed } from '../../../test/support/facts.ts';
import { readCatalog } from '../formats/catalog.ts';
import { writeLock } from '../formats/lock.ts';
import type { Recipe } from '../model/recipe.ts';
import { cellRecipe } from './recipe.ts';

const versions = { nova: '33.0.2', plugin: '1.0', 'oslo.messaging': '17.3.0', ovs: '3.5.3' };

function recipeOf(service: string, dockerfile: string): Recipe | undefined {
  const locked = Object.entries(versions).map(
    ([name, version]) =>
      [name, { component: name, ref: version, commit: commitNamed(name), version }] as const,
  );
  const pins = Object.entries(versions).map(([name, version]) => `${name}: "${version}"\n`);
  const files = {
    '.github/pinwheel.yml':
      'components:\n  ovs: {build: autotools, branch: "branch-{line}", upstream: "https://example.org/ovs"}\n',
    'images/base/Dockerfile': 'FROM scratch\n',
    'images/builder/Dockerfile': 'FROM base\n',
    [`images/${service}/Dockerfile`]: dockerfile,
    'releases/2026.1/source-refs.yaml': pins.join(''),
    'releases/2026.1/extra-packages.yaml':
      'nova:\n  pip_extras: [a, b]\n  pip_packages: ["x; python_version > \'3\'", y]\n  apt_packages: [libldap2, tzdata]\n  sources: [plugin]\n',
    'releases/2026.1/source-refs.lock.yaml': writeLock({
      series: '2026.1',
      python: '3.12',
      components: new Map(locked),
      baseImages: new Map(),
    }),
    'patches/oslo.messaging/2026.1/0001-a.patch': 'x',
  };
  const entries = Object.entries(files).map(
    ([path, text]) => [path, { mode: 'file', bytes: Buffer.from(text) }] as const,
  );
  const catalog = readCatalog({ files: new Map(entries) });
  const [series] = catalog.series;
  const image = catalog.images.get(service);
  if (!series?.lock || !image) throw new Error('the catalog has both');
  return cellRecipe(image, { catalog, series, lock: series.lock });
}

const dockerfile =
  'FROM builder AS build\nRUN --mount=from=source --mount=from=libraries --mount=from=sources true\nFROM base\n';

it('gives a service its own source, the libraries of the series and the sources it names', () => {
  const recipe = recipeOf('nova', dockerfile);
  expect(recipe?.sources.map(({ component, role }) => `${role} ${component}`).sort()).toEqual([
    'libraries oslo.messaging',
    'source nova',
    'sources plugin',
  ]);
  expect(recipe?.sources.find(({ role }) => role === 'libraries')).toMatchObject({
    commit: commitNamed('oslo.messaging'),
    version: '17.3.0',
    patches: ['0001-a.patch'],
  });
  expect(recipe?.bases).toEqual(['base', 'builder']);
});

it('gives a build its arguments in the form that its steps take them', () => {
  const recipe = recipeOf('nova', dockerfile);
  expect(Object.fromEntries(recipe?.args ?? [])).toEqual({
    PBR_VERSION: '33.0.2',
    PIP_EXTRAS: 'a,b',
    PIP_PACKAGES: "x; python_version > '3'\ny",
    APT_PACKAGES: 'libldap2 tzdata',
  });
  expect(recipe?.labels.get('pinwheel.input-digest')).toBe(recipe?.digest);
});

it('says where a component is that the policy has an upstream for', () => {
  const recipe = recipeOf('ovs', 'FROM builder\nRUN --mount=from=source true\n');
  expect(recipe?.sources).toMatchObject([
    { component: 'ovs', role: 'source', upstream: 'https://example.org/ovs' },
  ]);
});

it('has nothing for a service that the series does not pin', () => {
  expect(recipeOf('glance', dockerfile)).toBeUndefined();
});
