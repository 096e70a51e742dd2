import { describe, expect, it } from 'vitest';
import { runGit } from '../git.ts';
import { expectNoViolations, here, pins, proposeChange, refusal, testWorld } from './test-world.ts';

describe('Git Data', () => {
  it('makes verified commits of the App, with modes, new and deleted files', async () => {
    const { github, octokit } = await testWorld();
    const { data: main } = await octokit.git.getRef({ ...here, ref: 'heads/main' });
    const { data: blob } = await octokit.git.createBlob({
      ...here,
      content: Buffer.from([0, 255, 1]).toString('base64'),
      encoding: 'base64',
    });
    const { data: tree } = await octokit.git.createTree({
      ...here,
      base_tree: main.object.sha,
      tree: [
        { path: 'bin/tool', mode: '100755', type: 'blob', content: '#!/bin/sh\n' },
        { path: 'bin/data', mode: '100644', type: 'blob', sha: blob.sha },
        { path: 'link', mode: '120000', type: 'blob', content: 'README.md' },
        { path: pins, mode: '100644', type: 'blob', sha: null },
      ],
    });
    const { data: commit } = await octokit.git.createCommit({
      ...here,
      message: 'Change',
      tree: tree.sha,
      parents: [main.object.sha],
    });
    expect(commit.verification).toMatchObject({ verified: true, reason: 'valid' });
    expect(commit.author.name).toBe('pinwheel[bot]');
    await octokit.git.createRef({ ...here, ref: 'refs/heads/topic', sha: commit.sha });
    const { dir } = [...github.site.repositories.values()][0]!;
    const listed = await runGit(['-C', dir, 'ls-tree', '-r', 'topic']);
    expect(listed.split('\n').map((line) => line.replace(/ blob .{40}\t/, ' '))).toEqual([
      '100644 README.md',
      '100644 bin/data',
      '100755 bin/tool',
      '120000 link',
      '',
    ]);
    await runGit(['-C', dir, 'fsck', '--strict']);
    const { data: read } = await octokit.git.getTree({
      ...here,
      tree_sha: 'topic',
      recursive: 'true',
    });
    expect(read.tree.map(({ path }) => path)).toEqual([
      ...['README.md', 'bin', 'bin/data', 'bin/tool', 'link'],
    ]);
    expectNoViolations(github);
  });

  it('does not sign for an App that names an author', async () => {
    const { github, octokit } = await testWorld();
    const { data: main } = await octokit.git.getRef({ ...here, ref: 'heads/main' });
    const { data: parent } = await octokit.git.getCommit({ ...here, commit_sha: main.object.sha });
    const { data: commit } = await octokit.git.createCommit({
      ...here,
      message: 'Change',
      tree: parent.tree.sha,
      parents: [parent.sha],
      author: { name: 'Eve', email: 'eve@example.org', date: '2020-02-02T02:02:02Z' },
    });
    expect(commit.verification.verified).toBe(false);
    expect(commit.author).toEqual({
      ...{ name: 'Eve', email: 'eve@example.org', date: '2020-02-02T02:02:02Z' },
    });
    expectNoViolations(github);
  });

  it('moves a ref forward; back only by force', async () => {
    const { github, octokit } = await testWorld();
    const first = await proposeChange(octokit, 'pinwheel/a/b', 'one\n');
    const second = await proposeChange(octokit, 'other', 'two\n');
    const move = { ...here, ref: 'heads/pinwheel/a/b', sha: second.sha };
    expect(await refusal(octokit.git.updateRef(move))).toBe('422 Update is not a fast forward');
    await octokit.git.updateRef({ ...move, force: true });
    const again = { ...here, ref: 'refs/heads/other', sha: first.sha };
    expect(await refusal(octokit.git.createRef(again))).toBe('422 Reference already exists');
    const below = { ...here, ref: 'refs/heads/other/x', sha: first.sha };
    expect(await refusal(octokit.git.createRef(below))).toMatch(/^422 Reference cannot be created/);
    const { data } = await octokit.git.listMatchingRefs({ ...here, ref: 'heads/pinwheel/' });
    expect(data.map(({ ref, object }) => `${ref} ${object.sha}`)).toEqual([
      `refs/heads/pinwheel/a/b ${second.sha}`,
    ]);
    await octokit.git.deleteRef({ ...here, ref: 'heads/pinwheel/a/b' });
    expect(await refusal(octokit.git.getRef({ ...here, ref: 'heads/pinwheel/a/b' }))).toMatch(
      /^404/,
    );
    const gone = octokit.git.deleteRef({ ...here, ref: 'heads/pinwheel/a/b' });
    expect(await refusal(gone)).toBe('422 Reference does not exist');
    await octokit.git.createRef({ ...here, ref: 'refs/heads/pinwheel', sha: first.sha });
    expectNoViolations(github);
  });

  it('refuses what is no ref, no object, no path', async () => {
    const { github, octokit } = await testWorld();
    const { data: main } = await octokit.git.getRef({ ...here, ref: 'heads/main' });
    const { sha } = main.object;
    const none = '1'.repeat(40);
    const file = { mode: '100644', type: 'blob', content: '' } as const;
    const refused = [
      octokit.git.createRef({ ...here, ref: 'refs/heads/a..b', sha }),
      octokit.git.createRef({ ...here, ref: 'refs/heads/x', sha: none }),
      octokit.git.createTree({ ...here, tree: [{ ...file, path: 'a/../b' }] }),
      octokit.git.createTree({ ...here, tree: [{ ...file, path: '.git/config' }] }),
      octokit.git.createTree({ ...here, tree: [{ path: 'x', mode: '100644', sha: none }] }),
      octokit.git.createCommit({ ...here, message: 'x', tree: sha, parents: [] }),
    ];
    for (const request of refused) expect(await refusal(request)).toMatch(/^422/);
    const workflow = { ...file, path: '.github/workflows/x.yaml' };
    const write = octokit.git.createTree({ ...here, base_tree: sha, tree: [workflow] });
    expect(await refusal(write)).toBe('403 Resource not accessible by integration');
    expectNoViolations(github);
  });

  it('keeps protected branches, and tells their rules', async () => {
    const { github, octokit } = await testWorld();
    await github.as('alice').protect({ pattern: 'main', requiredChecks: ['pinwheel/config'] });
    const commit = await proposeChange(octokit, 'topic', 'one\n');
    const move = octokit.git.updateRef({ ...here, ref: 'heads/main', sha: commit.sha });
    expect(await refusal(move)).toMatch(/^422 Repository rule violations found/);
    const { data } = await octokit.repos.getBranchRules({ ...here, branch: 'main' });
    expect(data.map(({ type }) => type)).toEqual([
      ...['deletion', 'non_fast_forward', 'pull_request', 'required_status_checks'],
    ]);
    const free = await octokit.repos.getBranchRules({ ...here, branch: 'not/yet/there' });
    expect(free.data).toEqual([]);
    const { data: branch } = await octokit.repos.getBranch({ ...here, branch: 'main' });
    expect(branch.protected).toBe(true);
    expectNoViolations(github);
  });
});

describe('reading', () => {
  it('has contents of files, folders and links, at any ref', async () => {
    const { github, octokit } = await testWorld();
    const commit = await proposeChange(octokit, 'topic/one', 'nova: "33.0.0"\n');
    const { data } = await octokit.repos.getContent({ ...here, path: pins, ref: 'topic/one' });
    expect(data).toMatchObject({ type: 'file', encoding: 'base64', name: 'source-refs.yaml' });
    const raw = await octokit.repos.getContent({
      ...{ ...here, path: pins, ref: commit.sha },
      mediaType: { format: 'raw' },
    });
    expect(raw.data).toBe('nova: "33.0.0"\n');
    const { data: root } = await octokit.repos.getContent({ ...here, path: '' });
    expect((root as unknown as { name: string }[]).map(({ name }) => name)).toEqual([
      ...['README.md', 'releases'],
    ]);
    expect(await refusal(octokit.repos.getContent({ ...here, path: 'nothing' }))).toMatch(/^404/);
    expectNoViolations(github);
  });

  it('compares, and lists commits and branches', async () => {
    const { github, octokit } = await testWorld();
    const commit = await proposeChange(octokit, 'topic', 'nova: "33.0.0"\n');
    const { data } = await octokit.repos.compareCommitsWithBasehead({
      ...here,
      basehead: 'main...topic',
    });
    expect(data).toMatchObject({ status: 'ahead', ahead_by: 1, behind_by: 0, total_commits: 1 });
    expect(data.files?.[0]).toMatchObject({
      ...{ filename: pins, status: 'modified', additions: 1, deletions: 1 },
      patch: '@@ -1 +1 @@\n-nova: "32.0.0"\n+nova: "33.0.0"',
    });
    const { data: one } = await octokit.repos.getCommit({ ...here, ref: commit.sha });
    expect(one.author).toMatchObject({ login: 'pinwheel[bot]', type: 'Bot' });
    const { data: commits } = await octokit.repos.listCommits({
      ...here,
      sha: 'topic',
      path: pins,
    });
    expect(commits.map(({ sha }) => sha)).toHaveLength(2);
    const { data: branches } = await octokit.repos.listBranches(here);
    expect(branches.map(({ name }) => name)).toEqual(['main', 'topic']);
    expectNoViolations(github);
  });

  it('does not compare what has no history in common', async () => {
    const { github, octokit } = await testWorld();
    const { data: tree } = await octokit.git.getTree({ ...here, tree_sha: 'main' });
    const orphan = { ...here, message: 'Orphan', tree: tree.sha, parents: [] };
    const { data: made } = await octokit.git.createCommit(orphan);
    const asked = { ...here, basehead: `main...${made.sha}` };
    expect(await refusal(octokit.repos.compareCommitsWithBasehead(asked))).toBe(
      `404 No common ancestor between main and ${made.sha}.`,
    );
    expectNoViolations(github);
  });

  it('follows a renamed repository, and refuses to write into an archived one', async () => {
    const { github, octokit } = await testWorld();
    const alice = github.as('alice');
    await alice.rename('pictures');
    expect((await octokit.repos.get(here)).data.full_name).toBe('acme/pictures');
    const { data } = await octokit.git.createBlob({ ...here, content: 'x' });
    expect(data.url).toContain('/repos/acme/pictures/git/blobs/');
    await alice.archive();
    const write = octokit.git.createBlob({ owner: 'acme', repo: 'pictures', content: 'x' });
    expect(await refusal(write)).toBe('403 Repository was archived so is read-only.');
    expectNoViolations(github);
  });
});
