import { describe, expect, it } from 'vitest';
import { expectNoViolations, here, proposeChange, refusal, testWorld } from './test-world.ts';

describe('issues and comments', () => {
  it('share their numbers with pull requests', async () => {
    const { github, octokit } = await testWorld();
    const { data: issue } = await octokit.issues.create({
      ...{ ...here, title: 'Dashboard', body: 'x', labels: ['pinwheel'] },
    });
    await proposeChange(octokit, 'a', 'a\n');
    const { data: pull } = await octokit.pulls.create({
      ...here,
      head: 'a',
      base: 'main',
      title: 'a',
    });
    expect([issue.number, pull.number]).toEqual([1, 2]);
    const { data } = await octokit.issues.listForRepo({ ...here, state: 'all' });
    expect(data.map(({ number, pull_request }) => [number, pull_request !== undefined])).toEqual([
      [2, true],
      [1, false],
    ]);
    await octokit.issues.update({ ...here, issue_number: 1, state: 'closed', body: 'y' });
    const found = await octokit.issues.listForRepo({
      ...here,
      labels: 'pinwheel',
      state: 'closed',
    });
    expect(found.data.map(({ body, closed_by }) => [body, closed_by?.login])).toEqual([
      ['y', 'pinwheel[bot]'],
    ]);
    expect(await refusal(octokit.issues.get({ ...here, issue_number: 9 }))).toMatch(/^404/);
    expectNoViolations(github);
  });

  it('are commented, and the comments are edited in place and deleted', async () => {
    const { github, octokit } = await testWorld();
    const alice = github.as('alice');
    const number = await alice.openIssue({ title: 'Help' });
    await alice.comment(number, 'First');
    const { data: mine } = await octokit.issues.createComment({
      ...{ ...here, issue_number: number, body: '<!-- marker -->' },
    });
    expect(mine.performed_via_github_app?.slug).toBe('pinwheel');
    await octokit.issues.updateComment({ ...here, comment_id: mine.id, body: 'Second' });
    const { data } = await octokit.issues.listComments({ ...here, issue_number: number });
    expect(data.map(({ user, body }) => `${user?.login}: ${body}`)).toEqual([
      ...['alice: First', 'pinwheel[bot]: Second'],
    ]);
    await octokit.issues.deleteComment({ ...here, comment_id: mine.id });
    const gone = octokit.issues.getComment({ ...here, comment_id: mine.id });
    expect(await refusal(gone)).toMatch(/^404/);
    const blank = octokit.issues.createComment({ ...here, issue_number: number, body: ' ' });
    expect(await refusal(blank)).toMatch(/^422/);
    expectNoViolations(github);
  });

  it('are closed to Apps and to reactions where a person locks them', async () => {
    const { github, octokit } = await testWorld();
    const alice = github.as('alice');
    const issue_number = await alice.openIssue({ title: 'Help' });
    await alice.lock(issue_number);
    const comment_id = await alice.comment(issue_number, '/help');
    expect((await octokit.issues.get({ ...here, issue_number })).data.locked).toBe(true);
    const comment = octokit.issues.createComment({ ...here, issue_number, body: 'Help' });
    expect(await refusal(comment)).toMatch(/^403 .*locked/);
    const eyes = { ...here, comment_id, content: 'eyes' } as const;
    expect(await refusal(octokit.reactions.createForIssueComment(eyes))).toMatch(/^403/);
    await expect(github.as('carol').comment(issue_number, 'Me too')).rejects.toThrow(/locked/);
    expectNoViolations(github);
  });

  it('get a reaction once: 201, and 200 from then on', async () => {
    const { github, octokit } = await testWorld();
    const alice = github.as('alice');
    const comment_id = await alice.comment(await alice.openIssue({ title: 'Help' }), '/help');
    const eyes = { ...here, comment_id, content: 'eyes' } as const;
    const first = await octokit.reactions.createForIssueComment(eyes);
    const second = await octokit.reactions.createForIssueComment(eyes);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(first.data.id).toBe(second.data.id);
    await alice.react(comment_id, 'eyes');
    const { data } = await octokit.reactions.listForIssueComment({ ...here, comment_id });
    expect(data.map(({ user }) => user?.login)).toEqual(['pinwheel[bot]', 'alice']);
    const { data: comment } = await octokit.issues.getComment({ ...here, comment_id });
    expect(comment.reactions).toMatchObject({ total_count: 2, eyes: 2, rocket: 0 });
    await octokit.reactions.deleteForIssueComment({
      ...{ ...here, comment_id, reaction_id: first.data.id },
    });
    expect(
      (await octokit.reactions.listForIssueComment({ ...here, comment_id })).data,
    ).toHaveLength(1);
    expectNoViolations(github);
  });

  it('are labelled, with labels that are made on the way', async () => {
    const { github, octokit } = await testWorld();
    await proposeChange(octokit, 'a', 'a\n');
    await octokit.pulls.create({ ...here, head: 'a', base: 'main', title: 'a' });
    const issue = { ...here, issue_number: 1 };
    await octokit.issues.addLabels({ ...issue, labels: ['hold', 'Bug'] });
    const { data } = await octokit.issues.setLabels({
      ...issue,
      labels: ['hold', 'series/2025.2'],
    });
    expect(data.map(({ name }) => name)).toEqual(['hold', 'series/2025.2']);
    await octokit.issues.removeLabel({ ...issue, name: 'hold' });
    expect(await refusal(octokit.issues.removeLabel({ ...issue, name: 'hold' }))).toBe(
      '404 Label does not exist',
    );
    expect((await octokit.issues.getLabel({ ...here, name: 'hold' })).data.color).toBe('ededed');
    const again = octokit.issues.createLabel({ ...here, name: 'hold' });
    expect(await refusal(again)).toMatch(/^422/);
    expectNoViolations(github);
  });
});
