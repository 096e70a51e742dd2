import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { listen, listeningWorld } from './test-listener.ts';
import { expectNoViolations, here, proposeChange } from './test-world.ts';

describe('webhooks', () => {
  it('are signed, and tell what happened in the order in which it happened', async () => {
    const { github, octokit, received, alice } = await listeningWorld();
    const { sha } = await proposeChange(octokit, 'topic', 'x\n');
    await octokit.pulls.create({ ...here, head: 'topic', base: 'main', title: 'T' });
    await octokit.checks.create({ ...here, name: 'c', head_sha: sha, conclusion: 'success' });
    await alice.comment(1, 'Hello');
    await github.settled();
    expect(received.map(({ name }) => name)).toEqual([
      ...['create', 'push', 'check_suite.requested', 'pull_request.opened', 'check_run.created'],
      ...['check_run.completed', 'check_suite.completed', 'issue_comment.created'],
    ]);
    const [first] = received;
    for (const [hash, header] of [
      ['sha256', 'x-hub-signature-256'],
      ['sha1', 'x-hub-signature'],
    ] as const) {
      const signature = createHmac(hash, 'secret').update(first!.text).digest('hex');
      expect(first?.headers[header]).toBe(`${hash}=${signature}`);
    }
    const comment = JSON.parse(received.at(-1)!.text) as Record<string, { login?: string }>;
    expect(comment['sender']?.login).toBe('alice');
    expect(comment['installation']).toBeDefined();
    expectNoViolations(github);
  });

  it('follow from everything that people do', async () => {
    const { github, octokit, names, alice } = await listeningWorld();
    await alice.push({ branch: 'topic', files: { a: '1' }, message: 'A' });
    const number = await alice.openPullRequest({ title: 'A', head: 'topic', draft: true });
    await names();
    await alice.push({ branch: 'topic', files: { a: '2' }, message: 'B' });
    expect(await names()).toEqual(['push', 'check_suite.requested', 'pull_request.synchronize']);
    await alice.editPullRequest(number, { title: 'B', body: 'x' });
    await alice.setDraft(number, false);
    await alice.setDraft(number, true);
    await alice.setDraft(number, false);
    await alice.label(number, 'hold');
    await alice.unlabel(number, 'hold');
    await alice.closePullRequest(number);
    await alice.reopenPullRequest(number);
    await github.as('bob').review(number, 'CHANGES_REQUESTED', 'No');
    await octokit.pulls.requestReviewers({ ...here, pull_number: number, reviewers: ['bob'] });
    expect(await names()).toEqual([
      ...['edited', 'ready_for_review', 'converted_to_draft', 'ready_for_review', 'labeled'].map(
        (action) => `pull_request.${action}`,
      ),
      ...['pull_request.unlabeled', 'pull_request.closed', 'pull_request.reopened'],
      ...['pull_request_review.submitted', 'pull_request.review_requested'],
    ]);
    const comment = await alice.comment(number, 'x');
    await alice.editComment(comment, 'y');
    await alice.deleteComment(comment);
    const issue = await alice.openIssue({ title: 'I' });
    await alice.closeIssue(issue);
    expect(await names()).toEqual([
      ...['created', 'edited', 'deleted'].map((action) => `issue_comment.${action}`),
      ...['issues.opened', 'issues.closed'],
    ]);
    await alice.merge(number);
    await alice.deleteBranch('topic');
    await alice.rename('pictures');
    await alice.archive();
    expect(await names()).toEqual([
      ...['push', 'check_suite.requested', 'pull_request.closed', 'delete', 'push'],
      ...['repository.renamed', 'repository.archived'],
    ]);
    expectNoViolations(github);
  });

  it('ask for checks again: for the run, for the suite, and by its buttons', async () => {
    const { github, octokit, names, received, alice } = await listeningWorld();
    const { sha } = await proposeChange(octokit, 'topic', 'x\n');
    const button = { label: 'Cancel', description: 'Stop it', identifier: 'cancel' };
    const { data } = await octokit.checks.create({
      ...{ ...here, name: 'pinwheel/config', head_sha: sha, conclusion: 'failure' as const },
      actions: [button],
    });
    await names();
    await alice.rerequest('pinwheel/config');
    await alice.rerequestAll(sha);
    await alice.press(data.id, 'cancel');
    await github.settled();
    expect(received.map(({ name }) => name)).toEqual([
      ...['check_run.rerequested', 'check_suite.rerequested', 'check_run.requested_action'],
    ]);
    const pressed = JSON.parse(received[2]!.text) as { requested_action: unknown };
    expect(pressed.requested_action).toEqual({ identifier: 'cancel' });
    const run = await octokit.checks.get({ ...here, check_run_id: data.id });
    expect(run.data.conclusion).toBe('failure');
    expectNoViolations(github);
  });

  it('tell of installations', async () => {
    const { github, app, names, installation } = await listeningWorld();
    await github.addRepository({ name: 'acme/other', files: { a: '1' } });
    await github.addRepository({ name: 'umbrella/images', files: { a: '1' } });
    await names();
    const second = github.install(app, 'umbrella', ['images']);
    github.select(installation, { removed: ['images'] });
    github.select(installation, { added: ['images'] });
    github.suspend(second);
    github.unsuspend(second);
    app.permissions = { ...app.permissions, members: 'read' };
    expect(second.permissions).not.toHaveProperty('members');
    github.accept(second);
    expect(second.permissions).toHaveProperty('members');
    github.uninstall(second);
    github.ping(app);
    expect(await names()).toEqual([
      ...['installation.created', 'installation_repositories.removed'],
      ...['installation_repositories.added', 'installation.suspend', 'installation.unsuspend'],
      ...['installation.new_permissions_accepted', 'installation.deleted', 'ping'],
    ]);
    expectNoViolations(github);
  });

  it('come only to an App that listens and is allowed to', async () => {
    const { github, names } = await listeningWorld();
    const deaf = github.addApp({
      name: 'Deaf',
      permissions: { contents: 'read' },
      events: ['issues'],
    });
    github.install(deaf, 'acme');
    const received = await listen(github, deaf);
    await github.as('alice').openIssue({ title: 'I' });
    expect(await names()).toEqual(['issues.opened']);
    expect(received.map(({ name }) => name)).toEqual([]);
  });
});
