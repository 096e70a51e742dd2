import { expect, it } from 'vitest';
import { commitNamed } from '../../../test/support/facts.ts';
import { readCatalog } from '../formats/catalog.ts';
import { writeLock } from '../formats/lock.ts';
import { cellConstraints } from './cell-inputs.ts';
import { repositoryFindings } from './repository-findings.ts';

it('leaves the pin of a Python package alone that is named like an autotools component', () => {
  const refs = { neutron: '27.0.0', ovs: '3.6.0' };
  const locked = Object.entries(refs).map(
    ([name, ref]) =>
      [name, { component: name, ref, commit: commitNamed(name), version: ref }] as const,
  );
  const files = {
    '.github/pinwheel.yml': 'components:\n  ovs: {build: autotools, branch: "branch-{line}"}\n',
    'images/neutron/Dockerfile':
      'FROM scratch\nRUN --mount=from=source --mount=from=ovs --mount=from=constraints true\n',
    'releases/2025.2/source-refs.yaml': 'neutron: "27.0.0"\novs: "3.6.0"\n',
    'releases/2025.2/source-refs.lock.yaml': writeLock({
      series: '2025.2',
      python: '3.12',
      components: new Map(locked),
      baseImages: new Map(),
    }),
    'releases/2025.2/upper-constraints.txt': 'ovs===3.5.1\n',
  };
  const catalog = readCatalog({
    files: new Map(
      Object.entries(files).map(([path, text]) => [
        path,
        { mode: 'file', bytes: Buffer.from(text) },
      ]),
    ),
  });
  const [series] = catalog.series;
  const image = catalog.images.get('neutron');
  if (!series?.lock || !image) throw new Error('2025.2 has neutron and a lock');
  expect(image.contexts).toContain('ovs');
  expect(cellConstraints(image, { catalog, series, lock: series.lock })).toMatchObject([
    { name: 'ovs', version: '3.5.1', origin: 'upstream' },
  ]);
  expect(repositoryFindings(catalog).map(({ code }) => code)).not.toContain(
    'constraints-differ-from-source',
  );
});
