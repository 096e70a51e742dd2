import { expect, it } from 'vitest';
import { commitNamed } from '../../../test/support/facts.ts';
import { readCatalog } from '../formats/catalog.ts';
import { writeLock } from '../formats/lock.ts';
import type { Catalog } from '../model/catalog.ts';
import { catalogCells } from './build-plan.ts';
import type { CellInputs } from './cell-inputs.ts';

const refs = { glance: '31.0.0', keystone: '28.0.0', nova: '32.0.0', 'oslo.db': '17.3.0' };

const dockerfile = [
  'FROM python-base',
  'RUN --mount=from=libraries --mount=from=constraints true',
  'COPY --from=source / /',
];

function lockOf(series: string): string {
  const components = Object.entries(refs).map(
    ([component, ref]) =>
      [component, { component, ref, commit: commitNamed(component), version: ref }] as const,
  );
  const digest = `sha256:${'0'.repeat(64)}`;
  return writeLock({
    series,
    python: '3.12',
    components: new Map(components),
    baseImages: new Map([['ubuntu:24.04', digest]]),
  });
}

/** Two series of three services and a library, with overrides, markers and extra packages. */
function smallCatalog(): Catalog {
  const pins = Object.entries(refs).map(([name, ref]) => `${name}: "${ref}"\n`);
  const texts = new Map([
    ['images/python-base/Dockerfile', 'FROM ubuntu:24.04\n'],
    ['images/glance/Dockerfile', dockerfile.join('\n')],
    ['images/keystone/Dockerfile', dockerfile.slice(0, 2).join('\n')],
    ['images/nova/Dockerfile', dockerfile.join('\n')],
  ]);
  for (const id of ['2025.1', '2025.2']) {
    texts.set(`releases/${id}/source-refs.yaml`, pins.join(''));
    texts.set(`releases/${id}/source-refs.lock.yaml`, lockOf(id));
    texts.set(
      `releases/${id}/upper-constraints.txt`,
      "zstd===1.0\noslo_db===17.2.0\nPyMySQL===1.1.1\nkeystone===27.9\nx===1;python_version=='3.9'\n",
    );
    texts.set(`releases/${id}/extra-packages.yaml`, 'nova:\n  pip_packages: [pymemcache]\n');
  }
  texts.set('overrides/2025.2/constraints.txt', 'pymysql===1.1.2\nuwsgi===2.0\n-zstd\n');
  const files = [...texts].map(
    ([path, text]) => [path, { mode: 'file', bytes: Buffer.from(text) }] as const,
  );
  return readCatalog({ files: new Map(files) });
}

function smallCells(): readonly CellInputs[] {
  const catalog = smallCatalog();
  expect(catalog.problems).toEqual([]);
  const locked = catalog.series.flatMap((series) =>
    series.lock ? [{ catalog, series, lock: series.lock }] : [],
  );
  return catalogCells(catalog, locked);
}

it('a cell has the digest that it always had: another one would rebuild every image', () => {
  expect(smallCells().map(({ cell }) => `${cell.service}/${cell.series} ${cell.digest}`))
    .toMatchInlineSnapshot(`
    [
      "glance/2025.1 v1:sha256:5ade370a22585d597973ed4e4da76956fe2460785001c47c990096ba33acba2c",
      "glance/2025.2 v1:sha256:4a1341e5955995a27a34af150ddc6132ff96812224c68a7c8c703c2c26ab871b",
      "keystone/2025.1 v1:sha256:705da8108eb00457f769bdeb31f3196a59ba2bc3e490b883d995df0bec58703f",
      "keystone/2025.2 v1:sha256:4c7bf7dff5d0c7dc9d54847274735f5a71457730be25603ccb444a2a806593d4",
      "nova/2025.1 v1:sha256:77b7270832ae782b4776e56ee66bcb0ab7577679fdfb52a4a075dbffc893a0b6",
      "nova/2025.2 v1:sha256:7cef7843b982437d72654a390967a851c238b1614a5bcb8b67132c2af30f698a",
    ]
  `);
});

it('cells that build the same of what is pinned share their constraints, the others have their own', () => {
  const cells = smallCells();
  const constraints = new Map(
    cells.map(({ cell, parts }) => [`${cell.service}/${cell.series}`, parts.get('constraints')]),
  );
  function names(cell: string) {
    return constraints.get(cell)?.map(({ name }) => name);
  }
  expect(names('keystone/2025.1')).toEqual(['pymysql', 'zstd']);
  expect(names('nova/2025.1')).toEqual(['keystone', 'pymysql', 'zstd']);
  expect(names('glance/2025.1')).toEqual(['keystone', 'pymysql', 'zstd']);
  expect(constraints.get('glance/2025.1')).toBe(constraints.get('nova/2025.1'));
  expect(names('nova/2025.2')).toEqual(['keystone', 'pymysql', 'uwsgi']);
});
