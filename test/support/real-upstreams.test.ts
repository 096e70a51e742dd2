import { beforeAll, expect, it } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { runGit } from '../../sandbox/git.ts';
import { madeUpCommits, makeRealUpstreams, realUpstreamsCache } from './real-upstreams.ts';
import { describeWithUpstreamData } from './upstream-data.ts';

describeWithUpstreamData('the real upstreams', (data) => {
  let folder = '';

  beforeAll(async () => {
    folder = await makeRealUpstreams(realUpstreamsCache);
  });

  function git(repository: string, ...args: readonly string[]): Promise<string> {
    return runGit(['-C', join(folder, repository), ...args]);
  }

  it.each(readdirSync(join(data, 'ls-remote')))('have the real refs of %s', async (file) => {
    const repository = file.replace('.txt', '');
    const listed = await runGit(['ls-remote', '--tags', '--heads', join(folder, repository)]);
    const real = readFileSync(join(data, 'ls-remote', file), 'utf8');
    expect(refNames(listed)).toEqual(refNames(real));
  });

  it('tell the series of a tag in its message', async () => {
    const message = await git('nova', 'cat-file', 'tag', '32.2.1');
    expect(message).toContain('tagger Sandbox <sandbox@example.org> 1782914152 +0000\n');
    expect(message).toContain('meta:series: flamingo\nmeta:branch: stable/2025.2\n');
  });

  it('reach from a stable branch the versions of its series', async () => {
    const expected = {
      nova: '32.0.0 32.0.0.0rc1 32.1.0 32.2.0 32.2.1',
      glance: '31.0.0 31.0.0.0rc1 31.1.0',
      glance_store: '4.10.0 5.0.0 5.1.0 5.2.0',
      'oslo.messaging': '17.0.0 17.1.0',
      'python-novaclient': '18.10.0 18.11.0',
      horizon: '25.4.0 25.5.0 25.5.1 25.5.2',
    };
    for (const [repository, versions] of Object.entries(expected)) {
      const range = ['--merged', 'stable/2025.2', '--no-merged', 'stable/2025.1'];
      const tags = await git(repository, 'tag', ...range);
      expect([repository, tags.trim().split('\n').join(' ')]).toEqual([repository, versions]);
    }
  });

  it('list releases with the commits that are really there', async () => {
    const text = await git('releases', 'show', 'master:deliverables/flamingo/nova.yaml');
    const file = parse(text) as { releases: { version: string; projects: { hash: string }[] }[] };
    for (const { version, projects } of file.releases) {
      expect(await git('nova', 'rev-parse', `${version}^0`)).toBe(`${projects[0]?.hash ?? ''}\n`);
    }
  });

  it('lead through the states of upper-constraints.txt to the newest', async () => {
    for (const [branch, file, states] of [
      ['stable/2025.1', '2025.1.txt', 13],
      ['stable/2025.2', '2025.2.txt', 14],
      ['stable/2026.1', '2026.1.txt', 9],
      ['unmaintained/2024.1', '2024.1.txt', 1],
      ['master', 'master.txt', 9],
    ] as const) {
      const text = await git('requirements', 'show', `${branch}:upper-constraints.txt`);
      const real = readFileSync(join(data, 'requirements/upper-constraints', file), 'utf8');
      expect(text === real).toBe(true);
      const history = await git(
        'requirements',
        'log',
        '--format=%h',
        branch,
        '--',
        'upper-constraints.txt',
      );
      expect([branch, history.trim().split('\n').length]).toEqual([branch, states]);
    }
  });

  it('are found by their real commits', async () => {
    const commits = await madeUpCommits(folder);
    const real = '0e969c5246e3f99b48ed99b58438fc11891b1caa';
    expect(`${commits.get(real) ?? ''}\n`).toBe(await git('nova', 'rev-parse', '32.2.1^0'));
  });
});

function refNames(listed: string): readonly string[] {
  const lines = listed.split('\n').filter((line) => line !== '');
  return lines.map((line) => line.slice(41)).sort();
}
