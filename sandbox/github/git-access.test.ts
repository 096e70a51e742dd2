import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runGit } from '../git.ts';
import { appClient, expectNoViolations, here, pins, refusal, testWorld } from './test-world.ts';
import type { TestWorld } from './test-world.ts';

let dir = '';
let count = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pinwheel-clones-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function clone(url: string) {
  const place = join(dir, `clone-${(count += 1)}`);
  await runGit(['clone', '--quiet', url, place]);
  return {
    place,
    git: (...args: readonly string[]) => runGit(['-C', place, ...args]),
    async commit(path: string, text: string) {
      await writeFile(join(place, path), text);
      await runGit(['-C', place, 'add', '--all']);
      await runGit(['-C', place, 'commit', '--quiet', '--message', `Change ${path}`]);
    },
  };
}

async function appUrl(world: TestWorld, permissions: Record<string, 'read' | 'write'>) {
  const { data } = await appClient(world.github, world.app).apps.createInstallationAccessToken({
    installation_id: world.installation.id,
    permissions,
  });
  return world.github.url.replace('//', `//x-access-token:${data.token}@`) + '/acme/images.git';
}

describe('git over HTTP', () => {
  it('lets anybody clone what is public, and a person push what becomes a pull request', async () => {
    const { github, octokit } = await testWorld();
    const work = await clone(`${github.url}/acme/images`);
    expect(await readFile(join(work.place, pins), 'utf8')).toBe('nova: "32.0.0"\n');
    await work.git('checkout', '--quiet', '-b', 'topic');
    await work.commit('a.txt', 'a\n');
    await expect(work.git('push', 'origin', 'topic')).rejects.toThrow(/could not read Username/);
    const bob = github.as('bob');
    await work.git('push', '--quiet', bob.gitUrl, 'topic');
    const number = await bob.openPullRequest({ title: 'A', head: 'topic' });
    await work.commit('b.txt', 'b\n');
    await work.git('push', '--quiet', bob.gitUrl, 'topic');
    // What follows from a push has happened when git says that it is done.
    const { data } = await octokit.pulls.get({ ...here, pull_number: number });
    expect(data.head.sha).toBe((await work.git('rev-parse', 'HEAD')).trim());
    expect(data.commits).toBe(2);
    const hidden = await runGit(['ls-remote', `${github.url}/acme/images`, 'refs/pull/*']);
    expect(hidden).toBe(`${data.head.sha}\trefs/pull/${number}/head\n`);
    expectNoViolations(github);
  });

  it('takes an installation token as far as its permission for contents goes', async () => {
    const world = await testWorld();
    const reader = await clone(await appUrl(world, { contents: 'read' }));
    await reader.commit('a.txt', 'a\n');
    await expect(reader.git('push', 'origin', 'HEAD:refs/heads/x')).rejects.toThrow(/403/);
    const writer = await appUrl(world, { contents: 'write' });
    await reader.git('push', '--quiet', writer, 'HEAD:refs/heads/x');
    expectNoViolations(world.github);
  });

  it('hides what is private from those without a way in', async () => {
    const { github } = await testWorld();
    await github.addRepository({
      ...{ name: 'acme/secret', private: true, files: { a: '1' }, people: { bob: 'read' } },
    });
    const url = `${github.url}/acme/secret`;
    await expect(runGit(['ls-remote', url])).rejects.toThrow(/could not read Username/);
    const { gitUrl } = github.as('bob', 'acme/secret');
    expect(await runGit(['ls-remote', gitUrl])).toContain('refs/heads/main');
    const work = await clone(gitUrl);
    await work.commit('b', '2');
    await expect(work.git('push', 'origin', 'main')).rejects.toThrow(/403/);
    const stranger = gitUrl.replace(/:[^:@]+@/, ':ghp_wrong@');
    await expect(runGit(['ls-remote', stranger])).rejects.toThrow(/Authentication failed/);
  });

  it('refuses a push to a protected branch, unless an administrator does it', async () => {
    const { github } = await testWorld();
    const [alice, bob] = [github.as('alice'), github.as('bob')];
    await alice.protect({ pattern: 'main' });
    const work = await clone(bob.gitUrl);
    await work.commit('a.txt', 'a\n');
    await expect(work.git('push', 'origin', 'main')).rejects.toThrow(/GH006: Protected branch/);
    await work.git('push', '--quiet', alice.gitUrl, 'main');
  });

  it('sends a renamed repository on to its new name, and takes nothing for an archived one', async () => {
    const { github } = await testWorld();
    const alice = github.as('alice');
    const old = alice.gitUrl;
    await alice.rename('pictures');
    const work = await clone(old);
    await work.commit('a.txt', 'a\n');
    await alice.archive();
    await expect(work.git('push', alice.gitUrl, 'main')).rejects.toThrow(/403/);
  });

  it('can fail, as the API can', async () => {
    const { github } = await testWorld();
    const url = `${github.url}/acme/images`;
    github.faults.plant({ on: 'git-upload-pack', fault: '502 before' });
    await expect(runGit(['ls-remote', url])).rejects.toThrow(/502/);
    expect(await runGit(['ls-remote', url])).toContain('refs/heads/main');
    expect(github.faults.summary()).toBe('502 before × 1');
  });

  it('brings a pull request of a fork, which checks do not see', async () => {
    const { github, octokit } = await testWorld();
    const carol = github.as('carol');
    const fork = github.as('carol', await carol.fork());
    const sha = await fork.push({ branch: 'topic', files: { 'c.txt': 'c\n' }, message: 'C' });
    const number = await carol.openPullRequest({ title: 'C', head: 'carol:topic' });
    const { data } = await octokit.pulls.get({ ...here, pull_number: number });
    expect(data.head.repo.full_name).toBe('carol/images');
    const run = { ...here, name: 'pinwheel/config', head_sha: sha };
    expect((await octokit.checks.create(run)).data.pull_requests).toEqual([]);
    const again = await fork.push({ branch: 'topic', files: { 'c.txt': 'd\n' }, message: 'D' });
    const { data: moved } = await octokit.pulls.get({ ...here, pull_number: number });
    expect(moved.head.sha).toBe(again);
    expect(await refusal(octokit.pulls.merge({ ...here, pull_number: number }))).toBe(
      'not refused',
    );
    expectNoViolations(github);
  });
});
