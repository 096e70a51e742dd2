import { describe, expect, it } from 'vitest';
import { manualClock } from './state/clock.ts';
import {
  appClient,
  expectNoViolations,
  here,
  proposeChange,
  refusal,
  testWorld,
} from './test-world.ts';

describe('endpoints that no other test asks', () => {
  it('answer an App', async () => {
    const { github, app, installation, octokit } = await testWorld();
    const client = appClient(github, app);
    expect((await octokit.apps.getBySlug({ app_slug: 'pinwheel' })).data?.id).toBe(app.id);
    const { data: bot } = await octokit.users.getByUsername({ username: 'pinwheel[bot]' });
    expect(bot.type).toBe('Bot');
    // Not by its method: a parameter of the name `url` takes the place of octokit's own.
    await client.request('PATCH /app/hook/config', {
      data: { url: 'http://127.0.0.1:9/new', secret: 's2' },
    });
    const { data: config } = await client.apps.getWebhookConfigForApp();
    expect(config).toMatchObject({ url: 'http://127.0.0.1:9/new', secret: '********' });
    expect((await octokit.meta.get()).status).toBe(200);
    await octokit.apps.revokeInstallationAccessToken();
    await client.apps.getInstallation({ installation_id: installation.id });
    await client.apps.deleteInstallation({ installation_id: installation.id });
    const gone = client.apps.getInstallation({ installation_id: installation.id });
    expect(await refusal(gone)).toMatch(/^404/);
    expectNoViolations(github);
  });

  it('answer about commits', async () => {
    const { github, octokit } = await testWorld();
    const { sha } = await proposeChange(octokit, 'topic', 'x\n');
    await octokit.pulls.create({ ...here, head: 'topic', base: 'main', title: 'T' });
    const pulls = await octokit.repos.listPullRequestsAssociatedWithCommit({
      ...{ ...here, commit_sha: sha },
    });
    expect(pulls.data.map(({ number }) => number)).toEqual([1]);
    const asDiff = { mediaType: { format: 'diff' } };
    const diff = await octokit.pulls.get({ ...here, pull_number: 1, ...asDiff });
    expect(diff.data).toMatch(/^diff --git/);
    const compared = await octokit.repos.compareCommitsWithBasehead({
      ...{ ...here, basehead: `main...${sha}`, ...asDiff },
    });
    expect(compared.data).toBe(diff.data);
    const { data: tree } = await octokit.git.getTree({ ...here, tree_sha: sha });
    const blob = tree.tree.find(({ path }) => path === 'README.md');
    const { data } = await octokit.git.getBlob({ ...here, file_sha: blob?.sha ?? '' });
    expect(Buffer.from(data.content, 'base64').toString()).toBe('# Images\n');
    expectNoViolations(github);
  });

  it('answer about reviews, labels and suites', async () => {
    const { github, octokit } = await testWorld();
    const { sha } = await proposeChange(octokit, 'topic', 'x\n');
    await octokit.pulls.create({ ...here, head: 'topic', base: 'main', title: 'T' });
    const pull = { ...here, pull_number: 1 };
    await octokit.pulls.requestReviewers({ ...pull, reviewers: ['bob'] });
    const { data: asked } = await octokit.pulls.listRequestedReviewers(pull);
    expect(asked.users.map(({ login }) => login)).toEqual(['bob']);
    await octokit.pulls.removeRequestedReviewers({ ...pull, reviewers: ['bob'] });
    await octokit.pulls.createReview({ ...pull, event: 'COMMENT', body: 'Hm' });
    const { data: reviews } = await octokit.pulls.listReviews(pull);
    expect(reviews.map(({ state, body }) => `${state} ${body}`)).toEqual(['COMMENTED Hm']);
    await octokit.reactions.createForIssue({ ...here, issue_number: 1, content: 'rocket' });
    expect((await octokit.reactions.listForIssue({ ...here, issue_number: 1 })).data).toHaveLength(
      1,
    );
    await octokit.issues.createLabel({ ...here, name: 'new', color: 'ff0000', description: 'New' });
    expect((await octokit.issues.listLabelsForRepo(here)).data.map(({ name }) => name)).toEqual([
      ...['bug', 'documentation', 'enhancement', 'new'],
    ]);
    expect((await octokit.issues.listLabelsOnIssue({ ...here, issue_number: 1 })).data).toEqual([]);
    const { data: suites } = await octokit.checks.listSuitesForRef({ ...here, ref: sha });
    const check_suite_id = suites.check_suites[0]?.id ?? 0;
    await octokit.checks.getSuite({ ...here, check_suite_id });
    await octokit.checks.rerequestSuite({ ...here, check_suite_id });
    const { data: run } = await octokit.checks.create({ ...here, name: 'c', head_sha: sha });
    await octokit.checks.rerequestRun({ ...here, check_run_id: run.id });
    await octokit.checks.setSuitesPreferences({
      ...{ ...here, auto_trigger_checks: [{ app_id: run.app?.id ?? 0, setting: false }] },
    });
    expectNoViolations(github);
  });

  it('know two versions of the API', async () => {
    const { github, octokit } = await testWorld();
    function ask(version: string) {
      return octokit.repos.get({ ...here, headers: { 'x-github-api-version': version } });
    }
    expect((await ask('2026-03-10')).status).toBe(200);
    expect(await refusal(ask('2020-01-01'))).toMatch(/^400 Unsupported/);
    expectNoViolations(github);
  });
});

describe('the manual clock', () => {
  it('lets happen what is due, in order, at its own time', () => {
    const clock = manualClock(1000);
    const seen: string[] = [];
    function note(name: string) {
      return () => seen.push(`${name} ${clock.now()}`);
    }
    clock.after(20, note('b'));
    clock.after(10, () => {
      note('a')();
      clock.after(5, note('inner'));
    });
    const callOff = clock.after(15, note('never'));
    callOff();
    clock.advance(19);
    expect(seen).toEqual(['a 1010', 'inner 1015']);
    clock.advance(1);
    expect(seen).toEqual(['a 1010', 'inner 1015', 'b 1020']);
  });
});
