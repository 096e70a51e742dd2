import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runGit } from './git.ts';
import type { OpenStackStory } from './openstack-story.ts';
import { makeOpenStack } from './openstack.ts';
import { readRefs } from './upstreams.ts';

const caracal = { id: '2024.1', name: 'caracal', initialRelease: '2024-04-03' } as const;
const epoxy = { id: '2025.1', name: 'epoxy', initialRelease: '2025-04-02' } as const;
const flamingo = { id: '2025.2', name: 'flamingo', initialRelease: '2025-10-01' } as const;

const story: OpenStackStory = {
  series: [
    { ...caracal, status: 'unmaintained' },
    { ...epoxy, status: 'maintained' },
    { ...flamingo, status: 'development' },
  ],
  components: [
    {
      name: 'nova',
      lines: {
        '2024.1': ['29.0.0.0rc1', '29.0.0', '29.1.0'],
        '2025.1': {
          versions: ['31.0.0.0rc1', '31.0.0', '31.1.0', { version: '31.2.0', tagged: false }],
          unreleased: [{ message: 'A fix that waits\n', label: 'the fix' }],
        },
        '2025.2': ['32.0.0.0b1'],
      },
    },
    {
      name: 'glance_store',
      type: 'library',
      lines: {
        '2025.1': ['4.9.0', { version: '4.9.1', seriesInTag: 'dalmatian' }],
        '2025.2': { versions: ['5.0.0'], deliverable: false },
      },
    },
  ],
};

let dir = '';
let reads: (repository: string, ...args: readonly string[]) => Promise<string>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pinwheel-openstack-'));
  reads = (repository, ...args) => runGit(['-C', join(dir, repository), ...args]);
  await makeOpenStack(dir, story);
});

afterAll(() => rm(dir, { recursive: true }));

describe('a small OpenStack', () => {
  it('has a tag for each version that is not said to lack one, and branches by status', async () => {
    expect([...(await readRefs(join(dir, 'nova'))).keys()]).toEqual([
      'refs/heads/master',
      'refs/heads/stable/2025.1',
      'refs/heads/unmaintained/2024.1',
      'refs/tags/2024.1-eom',
      'refs/tags/29.0.0',
      'refs/tags/29.0.0.0rc1',
      'refs/tags/29.1.0',
      'refs/tags/31.0.0',
      'refs/tags/31.0.0.0rc1',
      'refs/tags/31.1.0',
      'refs/tags/32.0.0.0b1',
    ]);
    const ids = await reads('nova', 'rev-parse', '31.0.0^0', '31.0.0.0rc1^0');
    expect(new Set(ids.trim().split('\n')).size).toBe(1);
  });

  it('says in a tag which series it is of, truly or not', async () => {
    expect(await reads('nova', 'cat-file', 'tag', '31.1.0')).toContain(
      'meta:series: epoxy\nmeta:branch: stable/2025.1\nmeta:release-type: release\n',
    );
    expect(await reads('glance_store', 'cat-file', 'tag', '4.9.1')).toContain(
      'meta:series: dalmatian\n',
    );
  });

  it('reaches from a stable branch what was tagged in its series and before', async () => {
    const merged = ['tag', '--merged', 'stable/2025.1', '--no-merged', 'unmaintained/2024.1'];
    expect(await reads('nova', ...merged)).toBe('31.0.0\n31.0.0.0rc1\n31.1.0\n');
  });

  it('lists releases as openstack/releases does', async () => {
    const text = await reads('releases', 'show', 'master:deliverables/epoxy/nova.yaml');
    const waiting = await reads('nova', 'rev-parse', 'stable/2025.1^');
    expect(parse(text)).toMatchObject({
      'release-model': 'cycle-with-rc',
      branches: [{ name: 'stable/2025.1', location: '31.0.0' }],
    });
    expect(text).toContain(
      `  - version: 31.2.0\n    projects:\n      - repo: openstack/nova\n        hash: ${waiting}`,
    );
    expect(await reads('releases', 'ls-tree', '-r', '--name-only', 'master')).toBe(
      [
        'data/series_status.yaml',
        'deliverables/caracal/nova.yaml',
        'deliverables/epoxy/glance-store.yaml',
        'deliverables/epoxy/nova.yaml',
        'deliverables/flamingo/nova.yaml',
        '',
      ].join('\n'),
    );
    expect(await reads('releases', 'show', 'master:data/series_status.yaml')).toContain(
      '- name: epoxy\n  release-id: 2025.1\n  status: maintained\n  slurp: yes\n  initial-release: 2025-04-02\n',
    );
  });

  it('pins its libraries, with a commit for each release', async () => {
    const history = ['log', '--format=%s', 'stable/2025.1', '--', 'upper-constraints.txt'];
    expect((await reads('requirements', ...history)).split('\n')).toContain(
      'update constraint for glance_store to new release 4.9.1',
    );
    const pins = await reads('requirements', 'show', 'stable/2025.1:upper-constraints.txt');
    expect(pins).toMatch(/^pbr===7\.0\.1\n[^]*\nglance_store===4\.9\.1\n$/);
  });

  it('goes on: a branch ends, a fix is released, and nothing else gets another id', async () => {
    const before = await readRefs(join(dir, 'nova'));
    await makeOpenStack(dir, {
      series: [
        { ...caracal, status: 'end of life', eolDate: '2026-01-01' },
        { ...epoxy, status: 'maintained' },
        { ...flamingo, status: 'maintained' },
      ],
      components: story.components.map((component) =>
        component.name === 'nova' ? { ...component, lines: novaLater } : component,
      ),
    });
    const after = await readRefs(join(dir, 'nova'));
    const kept = [...before].filter(([ref, id]) => after.get(ref) === id).map(([ref]) => ref);
    const moved = ['refs/heads/master', 'refs/heads/unmaintained/2024.1', 'refs/tags/2024.1-eom'];
    expect(kept).toEqual([...before.keys()].filter((ref) => !moved.includes(ref)));
    expect(await reads('nova', 'merge-base', before.get('refs/heads/master') ?? '', 'master')).toBe(
      `${before.get('refs/heads/master') ?? ''}\n`,
    );
    expect([...after.keys()].filter((ref) => !before.has(ref))).toEqual([
      'refs/heads/stable/2025.2',
      'refs/tags/2024.1-eol',
      'refs/tags/31.2.0',
      'refs/tags/31.2.1',
      'refs/tags/32.0.0',
    ]);
    expect(await reads('nova', 'log', '-1', '--format=%s', '31.2.1')).toBe('A fix that waits\n');
    expect(await reads('releases', 'rev-list', '--count', 'master')).toBe('2\n');
  });
});

const novaLater = {
  '2024.1': ['29.0.0.0rc1', '29.0.0', '29.1.0'],
  '2025.1': {
    versions: [
      '31.0.0.0rc1',
      '31.0.0',
      '31.1.0',
      '31.2.0',
      { version: '31.2.1', commits: [{ message: 'A fix that waits\n', label: 'the fix' }] },
    ],
  },
  '2025.2': ['32.0.0.0b1', '32.0.0'],
};
