import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveGit } from '../../../sandbox/git-http.ts';
import type { GitServer } from '../../../sandbox/git-http.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import { createGitReader } from '../git/mirror.ts';
import { readSeriesName } from './tag-metas.ts';
import { createUpstream } from './upstream.ts';
import type { Upstream } from './upstream.ts';

let root = '';
let server: GitServer;
let upstream: Upstream;
let commits: ReadonlyMap<string, string> = new Map();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pinwheel-history-'));
  const made = await makeUpstream(join(root, 'nova'), {
    branches: [
      { name: 'stable/2025.1', commits: [{ message: 'Start', label: 'start', files: { a: '1' } }] },
      {
        name: 'stable/2025.2',
        from: 'start',
        commits: [
          { message: 'Release', label: 'release', files: { a: '2' } },
          { message: 'Fix', label: 'fix', files: { a: '3' } },
        ],
      },
    ],
    tags: [
      { name: '31.0.0', target: 'start', message: 'nova 31.0.0\n\nmeta:series: epoxy\n' },
      { name: '32.0.0', target: 'release', message: 'nova 32.0.0\n\nmeta:series: flamingo\n' },
      { name: 'light', target: 'fix' },
    ],
  });
  commits = made.commits;
  server = await serveGit(root);
  const cacheDir = join(root, 'cache');
  const git = createGitReader({ cacheDir, deadlineMs: 10_000 });
  const templates = [`${server.url.replace('//', '//bot:s3cret@')}/{component}`];
  upstream = createUpstream({ templates, cacheDir, git });
});

afterAll(async () => {
  upstream.close();
  await server.close();
  await rm(root, { recursive: true });
});

async function novaRefs() {
  const queries = [{ component: 'nova', prefixes: ['refs/tags/'] }];
  const refs = (await upstream.listRefs(queries, new Map())).get('nova');
  if (!refs || 'why' in refs) throw new Error('no refs of nova');
  return refs;
}

describe('what tags say of their series', () => {
  it('is read in the order of the requests, where a repository fails too', async () => {
    const { url, tags } = await novaRefs();
    const requests = ['32.0.0', 'light', '31.0.0'].map((tag) => ({
      component: 'nova',
      url,
      tag,
      object: tags.get(tag)?.object ?? '',
    }));
    const gone = {
      component: 'gone',
      url: `${server.url}/gone`,
      tag: '1.0',
      object: 'f'.repeat(40),
    };
    const [flamingo, failed, light, epoxy] = await upstream.tagMetas([
      requests[0]!,
      gone,
      requests[1]!,
      requests[2]!,
    ]);
    expect(flamingo).toEqual({ component: 'nova', tag: '32.0.0', seriesName: 'flamingo' });
    expect(light).toEqual({ component: 'nova', tag: 'light' });
    expect(epoxy).toEqual({ component: 'nova', tag: '31.0.0', seriesName: 'epoxy' });
    expect(failed).toMatchObject({ component: 'gone', tag: '1.0' });
    expect(failed?.unread).toContain(`${server.url}/gone`);
  });

  it.each([
    ['title\r\n\r\nmeta:series: flamingo\r\nmeta:branch: master\r\n', 'flamingo'],
    ['meta:series:   zed', 'zed'],
    ['meta:series: epoxy\nmeta:series: flamingo\n', 'epoxy'],
    ['see meta:series: epoxy\n', undefined],
    ['meta:series:\nflamingo\n', undefined],
    ['meta:series: two words\n', undefined],
    ['', undefined],
  ])('is the meta:series line of %j', (message, name) => {
    expect(readSeriesName(message)).toBe(name);
  });
});

describe('history', () => {
  it('tells the tags that a series has and the one before does not', async () => {
    const { url } = await novaRefs();
    expect(url).not.toContain('s3cret');
    const request = { component: 'nova', url, series: '2025.2', ref: 'refs/heads/stable/2025.2' };
    const [own, lost] = await upstream.reachableTags([
      { ...request, notRefs: ['refs/heads/stable/2025.1'] },
      { ...request, ref: 'refs/heads/gone', notRefs: [] },
    ]);
    expect(own).toMatchObject({ component: 'nova', series: '2025.2', branch: 'stable/2025.2' });
    expect([...(own?.tags ?? [])].sort()).toEqual(['32.0.0', 'light']);
    expect(lost).toMatchObject({ branch: 'gone', tags: [] });
    expect(lost?.unread).not.toContain('s3cret');
  });

  it('places a commit after the last release, or says why it cannot', async () => {
    const { url } = await novaRefs();
    const request = { component: 'nova', url, ref: 'refs/heads/stable/2025.2' };
    const commit = commits.get('fix') ?? '';
    const [placed, lost] = await upstream.describe([
      { ...request, commit },
      { ...request, commit: 'f'.repeat(40) },
    ]);
    expect(placed).toEqual({
      component: 'nova',
      commit,
      tag: '32.0.0',
      distance: 1,
      semVer: 'bugfix',
    });
    expect(lost).toMatchObject({ what: `version of nova at ${'f'.repeat(40)}` });
  });
});
