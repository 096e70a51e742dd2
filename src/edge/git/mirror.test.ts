import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveGit } from '../../../sandbox/git-http.ts';
import type { GitServer } from '../../../sandbox/git-http.ts';
import { runGit as gitAtLarge } from '../../../sandbox/git.ts';
import { extendUpstream, makeUpstream } from '../../../sandbox/upstreams.ts';
import { createGitReader } from './mirror.ts';
import type { MirrorReader } from './mirror.ts';

const signed = 'nova 1.0.0\n\nmeta:series: flamingo\n-----BEGIN PGP SIGNATURE-----\n\nabc\n';
let dir = '';
let server: GitServer;
let url = '';
let commits: ReadonlyMap<string, string>;
let refs: Awaited<ReturnType<MirrorReader['listRefs']>>;

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-mirror-')));
  ({ commits } = await makeUpstream(join(dir, 'upstreams', 'nova'), {
    branches: [
      {
        name: 'master',
        commits: [
          {
            message: 'One',
            label: 'one',
            files: {
              'setup.cfg': '[metadata]\nname = nova\n',
              'deliverables/a.yaml': 'a: 1\n',
              'deliverables/b/c.yaml': 'c: ü\n',
              'deliverables/link': { mode: 'symlink', content: '/etc/passwd' },
              'big.bin': Buffer.alloc(5000, 7),
            },
          },
          { message: 'Two', label: 'two', files: { 'setup.cfg': '[metadata]\nname = nova2\n' } },
        ],
      },
      { name: 'stable/2025.2', from: 'one', commits: [{ message: 'Three', label: 'three' }] },
    ],
    tags: [
      { name: '1.0.0', target: 'one', message: signed },
      { name: '1.0.1', target: 'three', message: 'nova 1.0.1\n' },
      { name: 'light', target: 'one' },
    ],
  }));
  server = await serveGit(join(dir, 'upstreams'));
  url = `${server.url}/nova`;
  refs = await reader().listRefs(url, []);
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true });
});

let caches = 0;
function reader(cacheDir = join(dir, `cache-${++caches}`)): MirrorReader {
  return createGitReader({ cacheDir, deadlineMs: 20_000 });
}

function idOf(label: string): string {
  return commits.get(label) ?? '';
}

function fetches(): number {
  return server.requests.filter((request) => request.method === 'POST').length;
}

describe('the refs of a repository elsewhere', () => {
  it('come with annotated tags peeled', () => {
    expect([...refs.heads.keys()]).toEqual(['master', 'stable/2025.2']);
    expect(refs.heads.get('master')).toBe(idOf('two'));
    expect(refs.tags.get('light')).toEqual({ object: idOf('one'), commit: idOf('one') });
    expect(refs.tags.get('1.0.0')?.commit).toBe(idOf('one'));
    expect(refs.tags.get('1.0.0')?.object).not.toBe(idOf('one'));
  });

  it.each([
    [['refs/heads/stable/'], ['stable/2025.2'], []],
    [['refs/tags/1.0.1', 'refs/tags/l'], [], ['1.0.1', 'light']],
    [['refs/heads/master', 'refs/tags/1.0.1'], ['master'], ['1.0.1']],
    [['refs/heads/none'], [], []],
  ])('are limited to %j', async (prefixes, heads, tags) => {
    const found = await reader().listRefs(url, prefixes);
    expect([...found.heads.keys()]).toEqual(heads);
    expect([...found.tags.keys()]).toEqual(tags);
  });

  it('are the same by path and by file URL', async () => {
    const path = join(dir, 'upstreams', 'nova');
    expect(await reader().listRefs(path, [])).toEqual(refs);
    expect(await reader().listRefs(`file://${path}`, [])).toEqual(refs);
  });

  it('are none in an empty repository', async () => {
    await gitAtLarge(['init', '-q', '--bare', join(dir, 'empty.git')]);
    const found = await reader().listRefs(join(dir, 'empty.git'), []);
    expect([found.heads.size, found.tags.size]).toEqual([0, 0]);
  });
});

describe('files of a repository elsewhere', () => {
  it('are those below the paths, as text; links are left out', async () => {
    const paths = ['deliverables/', 'setup.cfg', 'none', '__proto__'];
    const request = { url, commit: idOf('one'), ref: 'refs/heads/master', paths };
    expect([...(await reader().readFiles(request))]).toEqual([
      ['deliverables/a.yaml', 'a: 1\n'],
      ['deliverables/b/c.yaml', 'c: ü\n'],
      ['setup.cfg', '[metadata]\nname = nova\n'],
    ]);
  });

  it('take one fetch without texts and one for the texts, and none the second time', async () => {
    const cacheDir = join(dir, 'cache-counted');
    const request = { url, commit: idOf('one'), ref: 'refs/heads/master', paths: ['setup.cfg'] };
    const before = fetches();
    await reader(cacheDir).readFiles(request);
    expect(fetches() - before).toBe(2);
    const [store = ''] = await readdir(join(cacheDir, 'git'));
    const args = ['cat-file', '--batch-check', '--batch-all-objects'];
    const held = await gitAtLarge(['-C', join(cacheDir, 'git', store), ...args]);
    expect(held.split('\n').filter((line) => line.includes(' blob '))).toHaveLength(1);
    const after = server.requests.length;
    const again = await reader(cacheDir).readFiles(request);
    expect(again.get('setup.cfg')).toContain('name = nova');
    expect(server.requests.length).toBe(after);
    await reader(cacheDir).readFiles({ ...request, commit: idOf('two') });
    expect(fetches() - before).toBe(4);
  });

  it('are asked for once when two ask at once', async () => {
    const request = { url, commit: idOf('two'), ref: 'refs/heads/master', paths: ['setup.cfg'] };
    const mine = reader();
    const before = fetches();
    const both = await Promise.all([mine.readFiles(request), mine.readFiles(request)]);
    expect(both[0]).toEqual(both[1]);
    expect(fetches() - before).toBe(2);
  });

  it('need no network when no path is asked for', async () => {
    const request = { url: 'http://127.0.0.1:1/x', commit: idOf('one'), ref: 'master', paths: [] };
    expect((await reader().readFiles(request)).size).toBe(0);
  });

  it('are not mixed up with what tag messages left in the same cache', async () => {
    const mine = reader();
    const tag = { name: '1.0.0', object: refs.tags.get('1.0.0')?.object ?? '' };
    await mine.readTagMessages(url, [tag]);
    const request = { url, commit: idOf('one'), ref: 'refs/heads/master', paths: ['setup.cfg'] };
    expect((await mine.readFiles(request)).size).toBe(1);
  });
});

describe('messages of tags', () => {
  it('come in one fetch, without their signatures, and are remembered', async () => {
    const mine = reader();
    const tags = ['1.0.0', '1.0.1', 'light'].map((name) => ({
      name,
      object: refs.tags.get(name)?.object ?? '',
    }));
    const before = fetches();
    const messages = await mine.readTagMessages(url, tags);
    expect([...messages]).toEqual([
      ['1.0.0', 'nova 1.0.0\n\nmeta:series: flamingo\n'],
      ['1.0.1', 'nova 1.0.1\n'],
      ['light', ''],
    ]);
    expect(fetches() - before).toBe(1);
    expect(await mine.readTagMessages(url, tags)).toEqual(messages);
    expect(fetches() - before).toBe(1);
  });

  it('are none where none are asked for', async () => {
    expect((await reader().readTagMessages(url, [])).size).toBe(0);
  });

  it('cannot be had of an object that no tag is any more', async () => {
    const tags = [{ name: '1.0.0', object: '1'.repeat(40) }];
    await expect(reader().readTagMessages(url, tags)).rejects.toThrow(
      `${url}: the tag 1.0.0 is no longer ${'1'.repeat(40)}`,
    );
  });
});

describe('tags of a branch', () => {
  it('are those of its history that the others do not have, also after it grew', async () => {
    const path = join(dir, 'growing.git');
    await makeUpstream(path, {
      branches: [
        {
          name: 'master',
          commits: [
            { message: 'One', label: 'one' },
            { message: 'Two', label: 'two' },
          ],
        },
        { name: 'stable/1', from: 'one', commits: [{ message: 'Three' }] },
      ],
      tags: [
        { name: '1.0.0', target: 'one', message: 'x\n' },
        { name: '1.0.1', target: 'stable/1', message: 'x\n' },
        { name: '2.0.0', target: 'two' },
      ],
    });
    const mine = reader();
    const master = { url: path, ref: 'refs/heads/master', notRefs: ['refs/heads/stable/1'] };
    const stable = { url: path, ref: 'refs/heads/stable/1', notRefs: ['refs/tags/1.0.0'] };
    expect(await mine.reachableTags(master)).toEqual(['2.0.0']);
    expect(await mine.reachableTags(stable)).toEqual(['1.0.1']);
    expect(await mine.reachableTags({ ...stable, notRefs: [] })).toEqual(['1.0.0', '1.0.1']);
    await extendUpstream(path, {
      branches: [{ name: 'master', commits: [{ message: 'Four' }] }],
      tags: [{ name: '2.1.0', target: 'master', message: 'x\n' }],
      deletedRefs: ['refs/tags/2.0.0'],
    });
    expect(await mine.reachableTags(master)).toEqual(['2.1.0']);
  });

  it('can be had when a branch became a folder of branches', async () => {
    const path = join(dir, 'folder.git');
    const branches = [{ name: 'stable', commits: [{ message: 'One' }] }];
    await makeUpstream(path, { branches, tags: [{ name: '1.0', target: 'stable' }] });
    const mine = reader();
    function ask(ref: string): Promise<readonly string[]> {
      return mine.reachableTags({ url: path, ref, notRefs: [] });
    }
    expect(await ask('refs/heads/stable')).toEqual(['1.0']);
    const moved = [{ name: 'stable/1', commits: [{ message: 'One' }] }];
    await makeUpstream(path, { branches: moved, tags: [{ name: '1.0/a', target: 'stable/1' }] });
    expect(await ask('refs/heads/stable/1')).toEqual(['1.0/a']);
  });
});

describe('the history of a file', () => {
  it('is what the branch had, newest first, by the commit that brought it there', async () => {
    const path = join(dir, 'merges.git');
    const made = await makeUpstream(path, {
      branches: [
        {
          name: 'master',
          commits: [{ message: 'One', label: 'one', files: { f: '1\n', g: 'x' } }],
        },
        { name: 'topic', from: 'one', commits: [{ message: 'Side', files: { f: '2\n' } }] },
        {
          name: 'master',
          commits: [
            { message: 'Else', files: { g: 'y' } },
            { message: 'Merge', label: 'merge', merges: ['topic'], files: { f: '2\n' } },
            { message: 'Gone', files: { f: null } },
            { message: 'Back', label: 'back', files: { f: '1\n' } },
          ],
        },
      ],
    });
    const mine = reader();
    const request = { url: path, ref: 'refs/heads/master', path: 'f', limit: 10 };
    expect(await mine.readFileHistory(request)).toEqual([
      { commit: made.commits.get('back'), text: '1\n' },
      { commit: made.commits.get('merge'), text: '2\n' },
      { commit: made.commits.get('one'), text: '1\n' },
    ]);
    expect(await mine.readFileHistory({ ...request, limit: 1 })).toHaveLength(1);
    expect(await mine.readFileHistory({ ...request, path: 'none' })).toEqual([]);
  });
});
