import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveGit } from '../../../sandbox/git-http.ts';
import type { GitServer } from '../../../sandbox/git-http.ts';
import { extendUpstream, makeUpstream } from '../../../sandbox/upstreams.ts';
import { WorldError } from '../../core/model/failures.ts';
import type { Releases } from '../../core/model/upstream.ts';
import { createGitReader } from '../git/mirror.ts';
import { createUpstream } from './upstream.ts';

const seriesStatus = `---
- name: hibiscus
  release-id: 2026.2
  status: development
- name: flamingo
  release-id: 2025.2
  status: maintained
- name: epoxy
  release-id: 2025.1
  status: maintained
`;

function deliverable(repository: string, version: string): string {
  const project = `    projects:\n      - repo: openstack/${repository}\n        hash: ${'a'.repeat(40)}\n`;
  return `---\ntype: service\nreleases:\n  - version: ${version}\n${project}`;
}

const files = {
  'data/series_status.yaml': seriesStatus,
  'deliverables/flamingo/nova.yaml': deliverable('nova', '32.0.0'),
  'deliverables/flamingo/glance-store.yaml': deliverable('glance_store', '5.2.0'),
  'deliverables/flamingo/README.txt': 'not a deliverable\n',
  'deliverables/epoxy/nova.yaml': deliverable('nova', '31.0.0'),
};

let root = '';
let cacheDir = '';
let server: GitServer;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pinwheel-releases-'));
  cacheDir = join(root, 'cache');
  await makeReleases(files);
  server = await serveGit(join(root, 'git'));
});

afterEach(async () => {
  await server.close();
  await rm(root, { recursive: true });
});

async function makeReleases(content: Readonly<Record<string, string>>): Promise<void> {
  const branches = [{ name: 'master', commits: [{ message: 'Start', files: content }] }];
  await makeUpstream(join(root, 'git/releases'), { branches });
}

async function read(series: readonly string[], base = server.url): Promise<Releases> {
  const git = createGitReader({ cacheDir, deadlineMs: 10_000 });
  const upstream = createUpstream({ templates: [`${base}/{component}`], cacheDir, git });
  try {
    return await upstream.releases(series);
  } finally {
    upstream.close();
  }
}

async function countRequests(series: readonly string[]): Promise<number> {
  const before = server.requests.length;
  await read(series);
  return server.requests.length - before;
}

function versionOf(releases: Releases, series: string, component: string): string | undefined {
  return releases.deliverables.get(series)?.get(component)?.releases[0]?.version;
}

describe('openstack/releases', () => {
  it('is read for the series that are wanted, by component', async () => {
    const releases = await read(['2025.2']);
    expect(releases.series.map(({ id }) => id)).toEqual(['2025.1', '2025.2', '2026.2']);
    expect([...releases.deliverables.keys()]).toEqual(['2025.2']);
    expect([...(releases.deliverables.get('2025.2')?.keys() ?? [])].sort()).toEqual([
      'glance_store',
      'nova',
    ]);
    expect(versionOf(releases, '2025.2', 'glance_store')).toBe('5.2.0');
    expect(releases).not.toHaveProperty('problems');
  });

  it('gives the same from the cache, for one question about the branch', async () => {
    const first = await read(['2025.2', '2025.1']);
    expect(await read(['2025.1', '2025.2'])).toEqual(first);
    expect(await countRequests(['2025.2', '2025.1'])).toBe(1);
  });

  it('is read further when another series is wanted of the same commit', async () => {
    await read(['2025.2']);
    const releases = await read(['2025.2', '2025.1']);
    expect(versionOf(releases, '2025.1', 'nova')).toBe('31.0.0');
    expect(await countRequests(['2025.2', '2025.1'])).toBe(1);
  });

  it('is read again when it has moved', async () => {
    const before = await read(['2025.2']);
    const moved = { 'deliverables/flamingo/nova.yaml': deliverable('nova', '32.1.0') };
    await extendUpstream(join(root, 'git/releases'), {
      branches: [{ name: 'master', commits: [{ message: 'nova 32.1.0', files: moved }] }],
    });
    const after = await read(['2025.2']);
    expect(after.commit).not.toBe(before.commit);
    expect(versionOf(after, '2025.2', 'nova')).toBe('32.1.0');
  });

  it('is read again when a file of the cache is damaged', async () => {
    const first = await read(['2025.2']);
    const dir = join(cacheDir, 'releases');
    for (const name of await readdir(dir)) {
      const text = await readFile(join(dir, name), 'utf8');
      await writeFile(join(dir, name), text.replace('flamingo', 'fl'.repeat(9)).slice(0, -3));
    }
    expect(await read(['2025.2'])).toEqual(first);
    expect(await countRequests(['2025.2'])).toBe(1);
    expect((await readdir(dir)).sort()).toEqual(['2025.2.cache', 'series-status.cache']);
  });

  it('has no deliverables for a series without a folder, and none for one it does not know', async () => {
    const releases = await read(['2026.2', '2099.1', '../../etc', '__proto__']);
    expect([...releases.deliverables]).toEqual([['2026.2', new Map()]]);
  });

  it('keeps the rest when one file is damaged, and says so every time', async () => {
    await makeReleases({ ...files, 'deliverables/flamingo/nova.yaml': 'releases: [\n' });
    for (const releases of [await read(['2025.2']), await read(['2025.2'])]) {
      expect(versionOf(releases, '2025.2', 'glance_store')).toBe('5.2.0');
      expect(releases.problems).toHaveLength(1);
    }
  });

  it('may have its main branch under the other name', async () => {
    const branches = [{ name: 'main', commits: [{ message: 'Start', files }] }];
    await makeUpstream(join(root, 'git/releases'), { branches });
    expect(versionOf(await read(['2025.2']), '2025.2', 'nova')).toBe('32.0.0');
  });
});

describe('without openstack/releases', () => {
  it('there is one line that names the URL', async () => {
    const error = await read(['2025.2'], `${server.url}/nowhere`).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(WorldError);
    expect(String(error)).toBe(
      `WorldError: openstack/releases cannot be read: ${server.url}/nowhere/releases answered 404: there is no such repository`,
    );
  });

  it.each([
    [
      'a main branch',
      [{ name: 'trunk', commits: [{ message: 'x' }] }],
      'neither a branch master nor main',
    ],
    [
      'the list of series',
      [{ name: 'master', commits: [{ message: 'x' }] }],
      'has no data/series_status.yaml',
    ],
  ])('for want of %s it says so', async (_name, branches, why) => {
    await makeUpstream(join(root, 'git/releases'), { branches });
    await expect(read(['2025.2'])).rejects.toThrow(why);
  });

  it('for a damaged list of series it says so', async () => {
    await makeReleases({ 'data/series_status.yaml': '- [\n' });
    await expect(read(['2025.2'])).rejects.toThrow('openstack/releases cannot be read: ');
  });
});
