import { describe, expect, it } from 'vitest';
import { expectNoViolations, here, pins, proposeChange, refusal, testWorld } from './test-world.ts';

const draft = `mutation ($id: ID!) {
  convertPullRequestToDraft(input: { pullRequestId: $id }) { pullRequest { isDraft } }
}`;
const ready = draft.replace('convertPullRequestToDraft', 'markPullRequestReadyForReview');

/** A world with one pull request of the App. */
async function proposed() {
  const world = await testWorld();
  const { octokit, github } = world;
  const commit = await proposeChange(octokit, 'pinwheel/main/2025.2/refs', 'nova: "32.1.0"\n');
  const { data } = await octokit.pulls.create({
    ...{ ...here, head: 'pinwheel/main/2025.2/refs', base: 'main', title: 'Move nova' },
    body: 'Because.',
  });
  return { ...world, commit, pull: data, alice: github.as('alice') };
}

describe('opening a pull request', () => {
  it('is refused for a second one of the same branch, for nothing new, for sides that are not there', async () => {
    const { github, octokit, commit } = await proposed();
    const fields = { ...here, head: 'pinwheel/main/2025.2/refs', base: 'main', title: 'Again' };
    expect(await refusal(octokit.pulls.create(fields))).toBe(
      '422 Validation Failed A pull request already exists for acme:pinwheel/main/2025.2/refs.',
    );
    await octokit.git.createRef({ ...here, ref: 'refs/heads/copy', sha: commit.parents[0]!.sha });
    expect(await refusal(octokit.pulls.create({ ...fields, head: 'copy' }))).toBe(
      '422 Validation Failed No commits between main and copy',
    );
    expect(await refusal(octokit.pulls.create({ ...fields, head: 'none' }))).toMatch(/^422/);
    expect(await refusal(octokit.pulls.create({ ...fields, base: 'none' }))).toMatch(/^422/);
    expectNoViolations(github);
  });

  it('takes 65,536 characters, not one more', async () => {
    const { github, octokit, pull } = await proposed();
    const update = { ...here, pull_number: pull.number };
    // An emoji counts once, though JavaScript counts it twice.
    await octokit.pulls.update({ ...update, body: '🎡'.repeat(65_536) });
    const long = octokit.pulls.update({ ...update, body: 'x'.repeat(65_537) });
    expect(await refusal(long)).toMatch(/^422 .*body is too long/);
    const comment = { ...here, issue_number: pull.number, body: 'x'.repeat(65_537) };
    expect(await refusal(octokit.issues.createComment(comment))).toMatch(/^422 .*body is too long/);
    expectNoViolations(github);
  });
});

describe('finding a pull request', () => {
  it('goes by head with its owner, base and state', async () => {
    const { github, octokit, pull, alice } = await proposed();
    const head = 'acme:pinwheel/main/2025.2/refs';
    async function find(query: object) {
      const { data } = await octokit.pulls.list({ ...here, ...query });
      return data.map(({ number }) => number);
    }
    expect(await find({ head })).toEqual([pull.number]);
    expect(await find({ head, base: 'other' })).toEqual([]);
    expect(await find({ head: 'acme:other' })).toEqual([]);
    // As on GitHub: without an owner the filter is none.
    expect(await find({ head: 'other' })).toEqual([pull.number]);
    await alice.closePullRequest(pull.number);
    expect(await find({ head })).toEqual([]);
    expect(await find({ head, state: 'all' })).toEqual([pull.number]);
    const { data: issue } = await octokit.issues.get({ ...here, issue_number: pull.number });
    expect(issue.closed_by?.login).toBe('alice');
    expectNoViolations(github);
  });

  it('comes in pages', async () => {
    const { github, octokit } = await testWorld();
    for (const name of ['a', 'b', 'c']) {
      await proposeChange(octokit, name, `${name}\n`);
      await octokit.pulls.create({ ...here, head: name, base: 'main', title: name });
    }
    const page = await octokit.pulls.list({ ...here, per_page: 2 });
    expect(page.data.map(({ title }) => title)).toEqual(['c', 'b']);
    expect(page.headers.link).toMatch(/per_page=2&page=2>; rel="next", .*rel="last"/);
    const all = await octokit.paginate(octokit.pulls.list, { ...here, per_page: 1 });
    expect(all).toHaveLength(3);
    expectNoViolations(github);
  });
});

describe('a pull request', () => {
  it('follows pushes, and lists its commits and files', async () => {
    const { github, octokit, pull, alice } = await proposed();
    const branch = 'pinwheel/main/2025.2/refs';
    const sha = await alice.push({ branch, files: { 'new.txt': 'new\n' }, message: 'Mine' });
    const { data } = await octokit.pulls.get({ ...here, pull_number: pull.number });
    expect(data).toMatchObject({ commits: 2, changed_files: 2, additions: 2, deletions: 1 });
    expect(data.head.sha).toBe(sha);
    const { data: commits } = await octokit.pulls.listCommits({
      ...here,
      pull_number: pull.number,
    });
    expect(commits.map(({ author }) => author?.login)).toEqual(['pinwheel[bot]', 'alice']);
    const { data: files } = await octokit.pulls.listFiles({ ...here, pull_number: pull.number });
    expect(files.map(({ filename, status }) => `${status} ${filename}`)).toEqual([
      ...['added new.txt', `modified ${pins}`],
    ]);
    expectNoViolations(github);
  });

  it('works out lazily whether it merges', async () => {
    const { github, octokit, pull, alice } = await proposed();
    async function look() {
      const { data } = await octokit.pulls.get({ ...here, pull_number: pull.number });
      return `${data.mergeable} ${data.mergeable_state}`;
    }
    expect([await look(), await look()]).toEqual(['null unknown', 'true clean']);
    await alice.push({ branch: 'main', files: { [pins]: 'nova: "40.0.0"\n' }, message: 'Clash' });
    expect([await look(), await look()]).toEqual(['null unknown', 'false dirty']);
    const merge = octokit.pulls.merge({ ...here, pull_number: pull.number });
    expect(await refusal(merge)).toBe('405 Pull Request has merge conflicts');
    expectNoViolations(github);
  });

  it('merges only the head that was seen, and only what its base asks for', async () => {
    const { github, octokit, pull, alice, commit } = await proposed();
    const merge = { ...here, pull_number: pull.number };
    const other = octokit.pulls.merge({ ...merge, sha: '1'.repeat(40) });
    expect(await refusal(other)).toMatch(/^409 Head branch was modified/);
    await alice.protect({
      pattern: 'main',
      requiredChecks: ['pinwheel/config'],
      requiredApprovals: 1,
    });
    expect(await refusal(octokit.pulls.merge(merge))).toMatch(/^405 Required status check/);
    await octokit.checks.create({
      ...{ ...here, name: 'pinwheel/config', head_sha: commit.sha, conclusion: 'success' },
    });
    expect(await refusal(octokit.pulls.merge(merge))).toMatch(/^405 At least 1 approving review/);
    await alice.review(pull.number, 'APPROVED');
    const { data } = await octokit.pulls.merge({
      ...merge,
      sha: commit.sha,
      merge_method: 'squash',
    });
    const { data: after } = await octokit.pulls.get({ ...here, pull_number: pull.number });
    expect(after).toMatchObject({ merged: true, state: 'closed', merge_commit_sha: data.sha });
    const { data: main } = await octokit.repos.getCommit({ ...here, ref: 'main' });
    expect(main.commit.message).toMatch(/^Move nova \(#1\)\n/);
    expect((await octokit.pulls.checkIfMerged(merge)).status).toBe(204);
    expectNoViolations(github);
  });

  it('becomes a draft and ready again through GraphQL, which wants contents too', async () => {
    const { github, octokit, pull } = await proposed();
    await octokit.graphql(draft, { id: pull.node_id });
    const { data } = await octokit.pulls.get({ ...here, pull_number: pull.number });
    expect(data.draft).toBe(true);
    const merge = octokit.pulls.merge({ ...here, pull_number: pull.number });
    expect(await refusal(merge)).toBe('405 Pull Request is still a draft');
    await octokit.graphql(ready, { id: pull.node_id });
    const { data: again } = await octokit.pulls.get({ ...here, pull_number: pull.number });
    expect(again.draft).toBe(false);
    await expect(octokit.graphql(draft, { id: 'PR_nothing' })).rejects.toThrow(/resolve to a node/);
    expectNoViolations(github);
  });

  it('is edited, retargeted, closed, opened again', async () => {
    const { github, octokit, pull } = await proposed();
    const update = { ...here, pull_number: pull.number };
    await octokit.git.createRef({
      ...{ ...here, ref: 'refs/heads/stable', sha: pull.base.sha },
    });
    const { data } = await octokit.pulls.update({
      ...update,
      title: 'New',
      body: '',
      base: 'stable',
    });
    expect(data).toMatchObject({ title: 'New', body: '', base: { ref: 'stable' } });
    await octokit.pulls.update({ ...update, state: 'closed' });
    await octokit.pulls.update({ ...update, state: 'open' });
    await octokit.pulls.update({ ...update, state: 'closed' });
    await octokit.git.deleteRef({ ...here, ref: 'heads/pinwheel/main/2025.2/refs' });
    const reopen = octokit.pulls.update({ ...update, state: 'open' });
    expect(await refusal(reopen)).toMatch(/^422 .*branch has been deleted/);
    expectNoViolations(github);
  });

  it('ends when its branch goes, or comes to its base, or its base to it', async () => {
    const { github, octokit } = await testWorld();
    const { data: main } = await octokit.git.getRef({ ...here, ref: 'heads/main' });
    const [first] = [
      await proposeChange(octokit, 'a', 'a\n'),
      await proposeChange(octokit, 'b', 'b\n'),
      await proposeChange(octokit, 'c', 'c\n'),
    ];
    for (const head of ['a', 'b', 'c']) {
      await octokit.pulls.create({ ...here, head, base: 'main', title: head });
    }
    await octokit.git.updateRef({ ...here, ref: 'heads/main', sha: first.sha });
    await octokit.git.updateRef({ ...here, ref: 'heads/b', sha: main.object.sha, force: true });
    await octokit.git.deleteRef({ ...here, ref: 'heads/c' });
    const { data } = await octokit.pulls.list({ ...here, state: 'all', direction: 'asc' });
    expect(data.map(({ title, state, merged_at }) => [title, state, merged_at !== null])).toEqual([
      ['a', 'closed', true],
      ['b', 'closed', false],
      ['c', 'closed', false],
    ]);
    expectNoViolations(github);
  });
});
