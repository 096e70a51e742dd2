import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commitNamed } from '../../../test/support/facts.ts';
import { readCatalog } from '../formats/catalog.ts';
import { writeLock } from '../formats/lock.ts';
import { cellName } from '../model/plan.ts';
import type { InputPart } from '../model/plan.ts';
import { catalogCells, planBuild } from './build-plan.ts';

type Files = Readonly<Record<string, string>>;

const digest = `sha256:${'ab'.repeat(32)}`;
const service = `FROM python-base
RUN --mount=type=bind,from=source,target=/s --mount=type=bind,from=libraries,target=/l \\
    --mount=type=bind,from=constraints,target=/c true
`;

function lockText(
  series: string,
  entries: Readonly<Record<string, string>>,
  python = '3.12',
): string {
  const components = Object.entries(entries).map(
    ([component, ref]) =>
      [
        component,
        { component, ref, commit: commitNamed(`${component} ${ref}`), version: ref },
      ] as const,
  );
  return writeLock({
    series,
    python,
    components: new Map(components),
    baseImages: new Map([['ubuntu:noble', digest]]),
  });
}

/** Two services in two series, a library with a patch in one of them, and OVN at one ref in both. */
const files: Files = {
  '.github/pinwheel.yml':
    'components:\n  ovn: {upstream: "https://github.com/ovn-org/ovn", build: autotools, branch: "branch-{line}", tag: "v{version}"}\n',
  'images/python-base/Dockerfile': `FROM ubuntu:noble@${digest}\n`,
  'images/nova/Dockerfile': service,
  'images/glance/Dockerfile': service.replace(' --mount=type=bind,from=libraries,target=/l', ''),
  'images/ovn/Dockerfile': `FROM ubuntu:noble@${digest}\nRUN --mount=type=bind,from=source,target=/s true\n`,
  'releases/2025.1/source-refs.yaml': 'nova: "31.0.0"\nglance: "30.0.0"\novn: "v25.09.1"\n',
  'releases/2025.1/source-refs.lock.yaml': lockText('2025.1', {
    nova: '31.0.0',
    glance: '30.0.0',
    ovn: 'v25.09.1',
  }),
  'releases/2025.1/upper-constraints.txt': 'six===1.16.0\noslo.messaging===16.1.0\n',
  'releases/2025.2/source-refs.yaml':
    'nova: "32.0.0"\nglance: "31.0.0"\noslo.messaging: "17.1.0"\novn: "v25.09.1"\n',
  'releases/2025.2/source-refs.lock.yaml': lockText('2025.2', {
    nova: '32.0.0',
    glance: '31.0.0',
    'oslo.messaging': '17.1.0',
    ovn: 'v25.09.1',
  }),
  'releases/2025.2/upper-constraints.txt':
    "six===1.17.0\ntomli===2.2.1;python_version<'3.11'\noslo.messaging===17.1.0\n",
  'releases/2025.2/extra-packages.yaml': 'nova:\n  apt_packages: [iproute2, jq]\n',
  'patches/oslo.messaging/2025.2/0001-a.patch': 'From: A\nSubject: a\n\n---\n',
};

function cells(changed: Files) {
  const entries = Object.entries({ ...files, ...changed }).map(
    ([path, text]) => [path, { mode: 'file', bytes: Buffer.from(text) }] as const,
  );
  const catalog = readCatalog({ files: new Map(entries) });
  expect(catalog.problems).toEqual([]);
  const locked = catalog.series.map((series) => {
    if (!series.lock) throw new Error(`${series.id} has no lock`);
    return { catalog, series, lock: series.lock };
  });
  return { catalog, cells: catalogCells(catalog, locked) };
}

/** The pins of a series, and a lock that says the same. */
function pins(series: string, entries: Readonly<Record<string, string>>): Files {
  const lines = Object.entries(entries).map(([component, ref]) => `${component}: "${ref}"\n`);
  return {
    [`releases/${series}/source-refs.yaml`]: lines.join(''),
    [`releases/${series}/source-refs.lock.yaml`]: lockText(series, entries),
  };
}

/** Cells that a change affects, each with the parts that differ. */
function affected(
  changed: Files,
  base: Files = {},
): Readonly<Record<string, readonly InputPart[]>> {
  const head = cells(changed);
  const plan = planBuild(head.catalog, head.cells, { kind: 'affected', base: cells(base).cells });
  return Object.fromEntries(
    plan.cells.map((cell) => [
      cellName(cell),
      cell.why.kind === 'changed' ? cell.why.changes.map(({ part }) => part) : [],
    ]),
  );
}

describe('the cells that a change affects', () => {
  it('are none where nothing changed, nor where only comments and order did', () => {
    expect(affected({})).toEqual({});
    expect(
      affected({
        'releases/2025.2/source-refs.yaml': `# new words\n${files['releases/2025.2/source-refs.yaml'] ?? ''}`,
        'releases/2025.2/extra-packages.yaml': 'nova:\n  apt_packages: [jq, iproute2]  # sorted\n',
        'releases/2025.2/upper-constraints.txt':
          "oslo.messaging===17.1.0\n# a comment\nsix===1.17.0\ntomli===2.2.1;python_version<'3.11'\n",
      }),
    ).toEqual({});
  });

  it('are one for a service that moved', () => {
    const refs = files['releases/2025.2/source-refs.yaml']?.replace('32.0.0', '32.1.0') ?? '';
    const lock = lockText('2025.2', {
      nova: '32.1.0',
      glance: '31.0.0',
      'oslo.messaging': '17.1.0',
      ovn: 'v25.09.1',
    });
    expect(
      affected({
        'releases/2025.2/source-refs.yaml': refs,
        'releases/2025.2/source-refs.lock.yaml': lock,
      }),
    ).toEqual({ 'nova/2025.2': ['source'] });
  });

  it('are those that build a library whose patch changed', () => {
    expect(
      affected({ 'patches/oslo.messaging/2025.2/0001-a.patch': 'From: B\nSubject: b\n\n---\n' }),
    ).toEqual({
      'nova/2025.2': ['libraries'],
    });
  });

  it('are those whose effective constraints changed, not those that replace the very pin', () => {
    const text = files['releases/2025.2/upper-constraints.txt'] ?? '';
    expect(
      affected({ 'releases/2025.2/upper-constraints.txt': text.replace('17.1.0', '17.1.1') }),
    ).toEqual({
      'glance/2025.2': ['constraints'],
    });
    expect(
      affected({ 'releases/2025.2/upper-constraints.txt': text.replace('2.2.1', '2.2.2') }),
    ).toEqual({});
  });

  it('are all that stand on a base image that changed', () => {
    const names = Object.keys(
      affected({ 'images/python-base/Dockerfile': `FROM ubuntu:noble@${digest}\nRUN true\n` }),
    );
    expect(names).toEqual(['glance/2025.1', 'glance/2025.2', 'nova/2025.1', 'nova/2025.2']);
  });

  it('are those of a new Python, and a shared image only by what it uses', () => {
    const lock = lockText('2025.1', { nova: '31.0.0', glance: '30.0.0', ovn: 'v25.09.1' }, '3.13');
    expect(affected({ 'releases/2025.1/source-refs.lock.yaml': lock })).toEqual({
      'glance/2025.1': ['python'],
      'nova/2025.1': ['python'],
    });
  });

  it('are those of a service that moved, however its Dockerfile gets at the source', () => {
    const moved = pins('2025.2', { nova: '32.1.0' });
    for (const dockerfile of [service.replace('from=source', 'from=nova'), `FROM python-base\n`]) {
      const image = { 'images/nova/Dockerfile': dockerfile };
      const base = { ...image, ...pins('2025.2', { nova: '32.0.0' }) };
      expect(affected({ ...image, ...moved }, base)).toMatchObject({ 'nova/2025.2': ['source'] });
    }
  });

  it('are those that stand on the image of a service that moved, or on one that reads constraints', () => {
    const image = {
      'images/glance/Dockerfile': 'FROM nova\n',
      'releases/2025.2/upper-constraints.txt': 'six===1.17.0\n',
    };
    const base = { ...image, ...pins('2025.2', { nova: '32.0.0', glance: '31.0.0' }) };
    expect(
      affected({ ...base, ...pins('2025.2', { nova: '32.1.0', glance: '31.0.0' }) }, base),
    ).toEqual({ 'glance/2025.2': ['libraries'], 'nova/2025.2': ['source'] });
    expect(
      affected({ ...base, 'releases/2025.2/upper-constraints.txt': 'six===1.17.1\n' }, base),
    ).toEqual({ 'glance/2025.2': ['constraints'], 'nova/2025.2': ['constraints'] });
  });

  it('are exactly those whose digest differs, for any edits', () => {
    const edit = fc.constantFrom<readonly [string, string, string]>(
      ['images/nova/Dockerfile', 'true', 'false'],
      ['images/nova/bindep.txt', '', 'iproute2 [platform:dpkg]\n'],
      ['images/python-base/Dockerfile', 'FROM', '# a comment\nFROM'],
      ['releases/2025.1/upper-constraints.txt', '1.16.0', '1.16.1'],
      ['releases/2025.1/upper-constraints.txt', 'six', '# six\nsix'],
      ['releases/2025.2/extra-packages.yaml', 'jq', 'tini'],
      ['releases/2025.2/extra-packages.yaml', 'nova:', 'nova:  # words'],
      ['patches/nova/2025.1/0001-b.patch', '', 'From: B\nSubject: b\n\n---\n'],
      ['patches/placement/2025.1/0001-c.patch', '', 'From: C\nSubject: c\n\n---\n'],
      ['overrides/2025.2/constraints.txt', '', 'six===1.17.1\n'],
      ['overrides/2025.1/constraints.txt', '', '# nothing\n'],
    );
    const base = new Map(cells({}).cells.map(({ cell }) => [cellName(cell), cell.digest]));
    fc.assert(
      fc.property(fc.uniqueArray(edit, { maxLength: 5, selector: ([path]) => path }), (edits) => {
        const changed = Object.fromEntries(
          edits.map(([path, from, to]) => [
            path,
            from === '' ? to : (files[path] ?? '').replace(from, to),
          ]),
        );
        const head = cells(changed).cells;
        const moved = head.filter(({ cell }) => base.get(cellName(cell)) !== cell.digest);
        expect(Object.keys(affected(changed))).toEqual(moved.map(({ cell }) => cellName(cell)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('a plan', () => {
  it('has one cell for the series that share a project with release lines', () => {
    const { catalog, cells: all } = cells({});
    const plan = planBuild(catalog, all, { kind: 'all' });
    expect(plan.cells.map(cellName)).toEqual([
      'glance/2025.1',
      'glance/2025.2',
      'nova/2025.1',
      'nova/2025.2',
      'ovn/2025.2',
    ]);
    expect(plan.skipped).toEqual([
      { service: 'ovn', series: '2025.1', why: { kind: 'shared', with: 'ovn/2025.2' } },
    ]);
  });

  it('takes a shared cell by the name of each series, and knows what it was before', () => {
    const { catalog, cells: all } = cells({});
    const plan = planBuild(catalog, all, { kind: 'named', names: ['ovn/2025.1'] });
    expect(plan.cells.map(cellName)).toEqual(['ovn/2025.2']);
    const moved = pins('2025.1', { nova: '31.0.0', glance: '30.0.0', ovn: 'v25.09.2' });
    expect(affected(moved)).toEqual({ 'ovn/2025.1': ['source'] });
  });

  it('never has a cell for a library, whatever it is called', () => {
    const { catalog, cells: all } = cells({});
    expect(all.map(({ cell }) => cell.service)).not.toContain('oslo.messaging');
    expect(() =>
      planBuild(catalog, all, { kind: 'named', names: ['oslo.messaging/2025.2'] }),
    ).toThrow('there is no cell oslo.messaging/2025.2');
  });

  it('takes a cell by name whether or not it changed', () => {
    const { catalog, cells: all } = cells({});
    const plan = planBuild(catalog, all, { kind: 'named', names: ['nova/2025.1'] });
    expect(plan.cells.map(({ why }) => why)).toEqual([{ kind: 'asked' }]);
    expect(plan.skipped).toContainEqual({
      service: 'nova',
      series: '2025.2',
      why: { kind: 'not-asked' },
    });
  });
});
