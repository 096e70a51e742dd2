import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import { createGitReader } from './mirror.ts';

let dir = '';
let commits: ReadonlyMap<string, string>;

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-describe-')));
  ({ commits } = await makeUpstream(join(dir, 'nova'), {
    branches: [
      {
        name: 'master',
        commits: [
          { message: 'a', label: 'a' },
          { message: 'b', label: 'b' },
          { message: 'c\n\nSem-Ver: feature\n', label: 'c' },
        ],
      },
      { name: 'side', from: 'b', commits: [{ message: 's\n\nsem-ver: Api-Break', label: 's' }] },
      {
        name: 'master',
        commits: [
          { message: 'd', label: 'd' },
          { message: 'm', label: 'm', merges: ['side'] },
          { message: 'e', label: 'e' },
          { message: 'f\n\nSem-Ver: deprecation, bugfix', label: 'f' },
        ],
      },
    ],
    tags: [
      { name: '1.0.0.0rc1', target: 'b', message: 'rc\n' },
      { name: '1.0.0', target: 'b', message: 'final\n' },
      { name: '2025.2-eol', target: 'd', message: 'the end\n' },
      { name: '2.0.0.0b1', target: 'e' },
    ],
  }));
});
afterAll(() => rm(dir, { recursive: true }));

describe('the description of a commit', () => {
  // pbr 7.1.3 says: 0.0.0, 1.0.0, 1.1.0.dev1, 1.1.0.dev2, 2.0.0.dev4, 2.0.0.0b1, 2.1.0.dev1.
  it.each([
    ['a', { distance: 0, semVer: 'bugfix' }],
    ['b', { tag: '1.0.0', distance: 0, semVer: 'bugfix' }],
    ['c', { tag: '1.0.0', distance: 1, semVer: 'feature' }],
    ['d', { tag: '1.0.0', distance: 2, semVer: 'feature' }],
    ['m', { tag: '1.0.0', distance: 4, semVer: 'api-break' }],
    ['e', { tag: '2.0.0.0b1', distance: 0, semVer: 'bugfix' }],
    ['f', { tag: '2.0.0.0b1', distance: 1, semVer: 'feature' }],
  ])('says of %s what pbr finds', async (label, expected) => {
    const reader = createGitReader({ cacheDir: join(dir, 'cache'), deadlineMs: 20_000 });
    const commit = commits.get(label) ?? '';
    const request = { url: join(dir, 'nova'), ref: 'refs/heads/master', commit };
    expect(await reader.describe(request)).toEqual(expected);
  });

  it('counts all commits but one where there is no tag', async () => {
    const made = await makeUpstream(join(dir, 'tagless'), {
      branches: [{ name: 'master', commits: ['a', 'b', 'c'].map((message) => ({ message })) }],
    });
    const reader = createGitReader({ cacheDir: join(dir, 'cache'), deadlineMs: 20_000 });
    const { heads } = await reader.listRefs(made.dir, ['refs/heads/']);
    const request = { url: made.dir, ref: 'refs/heads/master', commit: heads.get('master') ?? '' };
    expect(await reader.describe(request)).toEqual({ distance: 2, semVer: 'bugfix' });
  });
});
