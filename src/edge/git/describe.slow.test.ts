import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewCommit, UpstreamDescription } from '../../../sandbox/fast-import.ts';
import { runGit as gitAtLarge } from '../../../sandbox/git.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import { randomHistories } from '../../../test/support/random-histories.ts';
import { versionOfCommit } from '../../core/decide/pbr-version.ts';
import { createGitReader } from './mirror.ts';

const run = promisify(execFile);
let dir = '';
let site = '';

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-pbr-')));
  const target = join(dir, 'site');
  const pip = ['-m', 'pip', 'install', '--quiet', '--target', target, 'pbr', 'setuptools'];
  site = await run('python3', pip).then(
    () => target,
    () => '',
  );
}, 120_000);
afterAll(() => rm(dir, { recursive: true }));

/** Checks every commit out in turn and says what pbr makes of it. */
const program = `
import json, logging, os, subprocess, sys
from pbr import packaging
os.environ.pop('PBR_VERSION', None)
for commit in sys.argv[1:]:
    subprocess.check_call(['git', 'checkout', '-q', '--detach', commit])
    tag, distance = packaging._get_revno_and_last_tag('.git')
    wanted = packaging._get_increment_kwargs('.git', tag)
    try:
        version = packaging._get_version_from_git()
    except ValueError as error:
        version = 'error: %s' % error
    print(json.dumps([commit, tag, distance, sorted(wanted), version]))
`;

interface Said {
  readonly commit: string;
  readonly tag: string;
  readonly distance: number;
  readonly semVer: string;
  readonly version: string;
}

async function askPbr(upstream: string): Promise<readonly Said[]> {
  const clone = `${upstream}-clone`;
  await gitAtLarge(['clone', '-q', upstream, clone]);
  const commits = (await gitAtLarge(['-C', clone, 'rev-list', '--all'])).trim().split('\n');
  await writeFile(join(dir, 'ask.py'), program);
  const env = { ...process.env, PYTHONPATH: site, GIT_CONFIG_GLOBAL: '/dev/null' };
  const args = [join(dir, 'ask.py'), ...commits];
  const { stdout } = await run('python3', args, { cwd: clone, env });
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [commit, tag, distance, wanted, version] = JSON.parse(line) as [
        string,
        string,
        number,
        string[],
        string,
      ];
      const semVer = wanted.includes('major')
        ? 'api-break'
        : wanted.includes('minor')
          ? 'feature'
          : 'bugfix';
      return { commit, tag, distance, semVer, version };
    });
}

async function askOurselves(upstream: string, commits: readonly string[]) {
  const reader = createGitReader({ cacheDir: join(dir, 'cache'), deadlineMs: 60_000 });
  const answers = [];
  for (const commit of commits) {
    const found = await reader.describe({ url: upstream, ref: 'refs/heads/all', commit });
    answers.push({ commit, ...found });
  }
  return answers;
}

let repositories = 0;

/** A branch \`all\` that merges everything makes one ref contain every commit. */
async function compare(
  description: UpstreamDescription,
  what: 'facts' | 'facts and versions' = 'facts and versions',
): Promise<number> {
  const upstream = join(dir, `upstream-${++repositories}`);
  await makeUpstream(upstream, description);
  const expected = await askPbr(upstream);
  const found = await askOurselves(
    upstream,
    expected.map(({ commit }) => commit),
  );
  for (const [index, said] of expected.entries()) {
    const ours = found[index];
    expect({ ...ours, tag: ours?.tag?.replaceAll('-', '.') ?? '' }).toEqual({
      commit: said.commit,
      tag: said.tag,
      distance: said.distance,
      semVer: said.distance === 0 ? 'bugfix' : said.semVer,
    });
    // pbr refuses where git describe finds another tag of the commit than pbr itself.
    if (what !== 'facts' && ours && !said.version.startsWith('error: ')) {
      expect([said.tag, said.distance, versionOfCommit(ours)]).toEqual([
        said.tag,
        said.distance,
        said.version,
      ]);
    }
  }
  return expected.length;
}

function commit(label: string, more: Partial<NewCommit> = {}): NewCommit {
  return { message: label, label, files: { [label]: label }, ...more };
}

const shapes: UpstreamDescription = {
  defaultBranch: 'all',
  branches: [
    {
      name: 'all',
      commits: [
        commit('a'),
        commit('b'),
        commit('c', { message: 'c\n\nSem-Ver: feature\n' }),
        commit('d', { message: 'd\n\nSEM-VER:  bugfix , Api-Break\nChange-Id: I1\n' }),
        commit('e'),
        commit('f', { message: 'f\n\n  sem-ver: deprecation' }),
        commit('g', { message: 'sem-ver: unknown' }),
      ],
    },
    { name: 'side', from: 'b', commits: [commit('h'), commit('i', { date: '2024-01-01' })] },
    {
      name: 'all',
      commits: [commit('j'), commit('k', { merges: ['side'] }), commit('l'), commit('m')],
    },
  ],
  tags: [
    { name: '1.0.0', target: 'b', message: '1.0.0\n' },
    { name: '2.0.0.0rc1', target: 'd', message: 'rc\n', date: '2025-01-01' },
    { name: '2.0.0', target: 'd', message: 'final\n', date: '2025-01-02' },
    { name: '2.1.0.0b1', target: 'e', message: 'beta\n' },
    { name: '1.0.1', target: 'i', message: '1.0.1\n' },
    { name: '2025.2-eol', target: 'j', message: 'the end\n' },
    { name: 'essex-rc4', target: 'j' },
    { name: '2.1.0.0rc1', target: 'l' },
  ],
};

/** Tags that are no PEP 440 versions, or that pbr writes in another way. */
const odd: UpstreamDescription = {
  branches: [
    {
      name: 'all',
      commits: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((label) =>
        commit(label, { message: `${label}\n\nSem-Ver: feature\n` }),
      ),
    },
  ],
  tags: [
    { name: 'v1.0', target: 'a', message: 'x\n' },
    { name: '12.0.0a0', target: 'b', message: 'x\n' },
    { name: '1.2.3-rc1', target: 'd', message: 'x\n' },
    { name: '2.6.0.1', target: 'f' },
    { name: '2.6.0.0', target: 'g' },
    { name: '2.6.0.0rc1', target: 'g' },
    { name: '2013.1.g3', target: 'h' },
  ],
};

describe('a description of a commit', () => {
  it('is what pbr finds, for every shape that we know', async ({ skip }) => {
    if (site === '') skip('python3 with pip cannot install pbr here');
    expect(await compare(shapes)).toBe(13);
    expect(await compare(odd, 'facts')).toBe(8);
    expect(
      await compare({
        branches: [{ name: 'all', commits: [commit('a'), commit('b'), commit('c')] }],
      }),
    ).toBe(3);
    expect(await compare({ branches: [{ name: 'all', commits: [commit('a')] }] })).toBe(1);
  });

  it('is what pbr finds in histories of any shape', async ({ skip }) => {
    if (site === '') skip('python3 with pip cannot install pbr here');
    await fc.assert(
      fc.asyncProperty(randomHistories(), async (description) => {
        await compare(description);
      }),
      { numRuns: 12, seed: 20251, endOnFailure: true },
    );
  });
});
