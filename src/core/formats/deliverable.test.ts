import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeWithUpstreamData } from '../../../test/support/upstream-data.ts';
import { readDeliverable } from './deliverable.ts';

const source = { name: 'kolla', series: '2025.2' };
const a = 'a'.repeat(40);
const digits = '1234567890'.repeat(4);

describe('a deliverable', () => {
  it('is one for every repository of the file', () => {
    const text = `---
type: trailing
release-model: cycle-trailing
repository-settings:
  openstack/kolla: {}
  openstack/new: {}
  openstack/old:
    flags:
      - retired
releases:
  - version: 21.10
    projects:
      - repo: openstack/kolla
        hash: ${a.toUpperCase()}
      - repo: openstack/ansible-kolla
        hash: ${digits}
        comment: a number to YAML
      - repo: openstack/old
        hash: ${a}
  - version: 2025.2-eol
    projects:
      - repo: openstack/kolla
        hash: ${a}
`;
    const common = { ...source, type: 'trailing', model: 'cycle-trailing' };
    expect(readDeliverable(text, source)).toEqual({
      problems: [],
      value: [
        {
          ...{ ...common, repository: 'openstack/kolla' },
          releases: [
            { version: '21.10', commit: a },
            { version: '2025.2-eol', commit: a },
          ],
        },
        { ...common, repository: 'openstack/new', releases: [] },
        {
          ...{ ...common, repository: 'openstack/ansible-kolla' },
          releases: [{ version: '21.10', commit: digits }],
        },
      ],
    });
  });

  it.each(['releases:\n', '', 'releases: []\n'])('may have no releases yet: %j', (releases) => {
    const text = `type: service\nrepository-settings: {openstack/nova: {}}\n${releases}`;
    expect(readDeliverable(text, source)).toEqual({
      problems: [],
      value: [{ ...source, repository: 'openstack/nova', type: 'service', releases: [] }],
    });
  });

  it('loses what makes no sense, with a warning at its line', () => {
    const text = `releases:
  - version: 1.0.0
    projects:
      - repo: openstack/kolla
        hash: abc
      - repo: openstack/kolla
        hash: ${a}
  - projects: []
  - version: 2.0.0
  - version: "-x"
    projects: []
`;
    const { value, problems } = readDeliverable(text, source);
    expect(value[0]?.releases).toEqual([{ version: '1.0.0', commit: a }]);
    expect(problems.map(({ line, level, message }) => `${line} ${level}: ${message}`)).toEqual([
      '2 warning: deliverables/2025.2/kolla.yaml of openstack/releases lists a repository without a commit for 1.0.0',
      '8 warning: deliverables/2025.2/kolla.yaml of openstack/releases lists a release without a version',
      '9 warning: deliverables/2025.2/kolla.yaml of openstack/releases lists no repository for 2.0.0',
      '10 warning: deliverables/2025.2/kolla.yaml of openstack/releases lists a release without a version',
    ]);
  });

  it.each(['- a\n', 'a: "b', '<html>\n<body>: x', 'releases: x\n'])(
    'is data where the file is %j',
    (text) => {
      const { value, problems } = readDeliverable(text, source);
      expect(value).toEqual([]);
      expect(problems).toHaveLength(1);
    },
  );

  it('never makes the reader throw', () => {
    const words = fc.constantFrom(
      ...['releases:\n', '  - ', 'version: 1\n', '    projects:\n', '      - repo: a/b\n', ': '],
      ...['repository-settings:\n', '  a/b: ', '{}\n', '[]\n', 'flags: [retired]\n', '__proto__: '],
    );
    const text = fc.array(words, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (hostile) => {
        expect(readDeliverable(hostile, source).value).toBeInstanceOf(Array);
      }),
      { numRuns: 300 },
    );
  });
});

describeWithUpstreamData('the real deliverables', (data) => {
  const folder = join(data, 'releases/deliverables');
  function deliverable(series: string, name: string) {
    const text = readFileSync(join(folder, series, `${name}.yaml`), 'utf8');
    return readDeliverable(text, { name, series });
  }

  it('are read without loss', () => {
    const all = readdirSync(folder).flatMap((series) =>
      readdirSync(join(folder, series)).map((file) =>
        deliverable(series, file.replace(/\.yaml$/, '')),
      ),
    );
    expect(all.flatMap(({ problems }) => problems)).toEqual([]);
    expect(all.length).toBeGreaterThan(60);
    expect(all.every(({ value }) => value.length > 0)).toBe(true);
  });

  it('have the versions of a series in their order', () => {
    const [nova] = deliverable('flamingo', 'nova').value;
    expect(nova?.releases.map(({ version }) => version)).toEqual([
      ...['32.0.0.0rc1', '32.0.0', '32.1.0', '32.2.0', '32.2.1'],
    ]);
    expect(deliverable('dalmatian', 'nova').value[0]?.releases.at(-1)?.version).toBe('2024.2-eol');
  });

  it('name the repository where the file is called otherwise', () => {
    const [store] = deliverable('flamingo', 'glance-store').value;
    expect(store).toMatchObject({ name: 'glance-store', repository: 'openstack/glance_store' });
  });

  it('can have no releases yet', () => {
    expect(deliverable('hibiscus', 'nova').value[0]).toMatchObject({
      repository: 'openstack/nova',
    });
  });
});
