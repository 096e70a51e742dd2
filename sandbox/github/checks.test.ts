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

const output = { title: 'Title', summary: 'Summary' };

async function withCommit(options = {}) {
  const world = await testWorld(options);
  const { sha } = await proposeChange(world.octokit, 'topic', 'x\n');
  return { ...world, run: { ...here, name: 'pinwheel/config', head_sha: sha } };
}

function annotations(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    path: 'README.md',
    start_line: index + 1,
    end_line: index + 1,
    annotation_level: 'warning' as const,
    message: `Number ${index}`,
  }));
}

describe('a check run', () => {
  it('is made, updated and found again', async () => {
    const { github, octokit, run } = await withCommit();
    const { data: made } = await octokit.checks.create({ ...run, status: 'in_progress' });
    const { data: done } = await octokit.checks.update({
      ...{ ...here, check_run_id: made.id, conclusion: 'failure' as const, output },
    });
    expect(done).toMatchObject({ status: 'completed', conclusion: 'failure' });
    await octokit.checks.create({ ...run, name: 'pinwheel/patches' });
    const { data } = await octokit.checks.listForRef({
      ...{ ...here, ref: 'topic', check_name: 'pinwheel/config' },
    });
    expect(data.check_runs.map(({ id }) => id)).toEqual([made.id]);
    expectNoViolations(github);
  });

  it('is listed once a name unless all are asked for, the newest first', async () => {
    const { github, octokit, run } = await withCommit();
    const { data: old } = await octokit.checks.create(run);
    const { data: young } = await octokit.checks.create(run);
    const latest = await octokit.checks.listForRef({ ...here, ref: run.head_sha });
    expect(latest.data.check_runs.map(({ id }) => id)).toEqual([young.id]);
    const all = await octokit.checks.listForRef({ ...here, ref: run.head_sha, filter: 'all' });
    expect(all.data.check_runs.map(({ id }) => id)).toEqual([young.id, old.id]);
    expectNoViolations(github);
  });

  it('takes 50 annotations a request, which add up', async () => {
    const { github, octokit, run } = await withCommit();
    const { data } = await octokit.checks.create({
      ...{ ...run, output: { ...output, annotations: annotations(50) } },
    });
    const more = { ...here, check_run_id: data.id };
    const two = { ...output, annotations: annotations(2) };
    const { data: updated } = await octokit.checks.update({ ...more, output: two });
    expect(updated.output.annotations_count).toBe(52);
    await octokit.checks.update({ ...more, output });
    const list = await octokit.paginate(octokit.checks.listAnnotations, more);
    expect(list).toHaveLength(52);
    expectNoViolations(github);
    const tooMany = { ...output, annotations: annotations(51) };
    expect(await refusal(octokit.checks.update({ ...more, output: tooMany }))).toMatch(
      /^422 .*must NOT have more than 50 items/s,
    );
    expect(github.violations).toHaveLength(1);
  });

  it.each([
    ['no conclusion for its end', { status: 'completed' as const }],
    ['stale as a conclusion', { conclusion: 'stale' as const }],
    [
      'a conclusion while it goes on',
      { status: 'queued' as const, conclusion: 'success' as const },
    ],
    ['a summary of too many bytes', { output: { title: 't', summary: 'ä'.repeat(40_000) } }],
    [
      'columns over lines',
      {
        output: {
          ...output,
          annotations: [{ ...annotations(1)[0]!, end_line: 2, start_column: 1, end_column: 2 }],
        },
      },
    ],
  ])('is refused with %s', async (_, fields) => {
    const { octokit, run } = await withCommit();
    expect(await refusal(octokit.checks.create({ ...run, ...fields }))).toMatch(/^422/);
  });

  it('is refused for a commit that is not there', async () => {
    const { octokit, run, github } = await withCommit();
    const head_sha = '1'.repeat(40);
    expect(await refusal(octokit.checks.create({ ...run, head_sha }))).toMatch(
      /^422 No commit found/,
    );
    expectNoViolations(github);
  });

  it('belongs to the App that made it', async () => {
    const { github, octokit, run } = await withCommit();
    const other = github.addApp({ name: 'Other', permissions: { checks: 'write' }, events: [] });
    const client = appClient(github, other, github.install(other, 'acme'));
    const { data } = await octokit.checks.create(run);
    const update = client.checks.update({ ...here, check_run_id: data.id, name: 'mine' });
    expect(await refusal(update)).toMatch(/^403 Invalid app_id/);
    expectNoViolations(github);
  });

  it('is set going again, and forgets its conclusion', async () => {
    const { github, octokit, run } = await withCommit();
    const { data } = await octokit.checks.create({ ...run, conclusion: 'success' });
    const { data: again } = await octokit.checks.update({
      ...{ ...here, check_run_id: data.id, status: 'in_progress' },
    });
    expect(again).toMatchObject({ status: 'in_progress', conclusion: null, completed_at: null });
    expectNoViolations(github);
  });

  it('is stale when nobody finishes it in two weeks', async () => {
    const clock = manualClock('2026-01-05T08:00:00Z');
    const { github, octokit, run, app, installation } = await withCommit({ clock });
    const { data } = await octokit.checks.create(run);
    clock.advance(14 * 86_400_000);
    const client = appClient(github, app, installation);
    const { data: old } = await client.checks.get({ ...here, check_run_id: data.id });
    expect(old).toMatchObject({ status: 'completed', conclusion: 'stale' });
    expectNoViolations(github);
  });

  it('has buttons of limited size', async () => {
    const { github, octokit, run } = await withCommit();
    const action = { label: 'Cancel', description: 'Stop the build', identifier: 'cancel' };
    await octokit.checks.create({
      ...run,
      conclusion: 'success',
      actions: [action, action, action],
    });
    expectNoViolations(github);
    const four = [action, action, action, action];
    expect(await refusal(octokit.checks.create({ ...run, actions: four }))).toMatch(/^422/);
    const long = [{ ...action, label: 'x'.repeat(21) }];
    expect(await refusal(octokit.checks.create({ ...run, actions: long }))).toMatch(/^422/);
  });
});

describe('a check suite', () => {
  it('is there for every push, and says how its runs stand', async () => {
    const { github, octokit, run, app } = await withCommit();
    async function suite() {
      const { data } = await octokit.checks.listSuitesForRef({ ...here, ref: 'topic' });
      expect(data.total_count).toBe(1);
      const [one] = data.check_suites;
      return `${one?.app?.id === app.id} ${one?.status} ${one?.conclusion} ${one?.head_branch}`;
    }
    expect(await suite()).toBe('true queued null topic');
    const { data } = await octokit.checks.create({ ...run, status: 'in_progress' });
    expect(await suite()).toBe('true in_progress null topic');
    await octokit.checks.update({ ...here, check_run_id: data.id, conclusion: 'neutral' });
    expect(await suite()).toBe('true completed neutral topic');
    await octokit.checks.create({ ...run, name: 'other', conclusion: 'failure' });
    expect(await suite()).toBe('true completed failure topic');
    expectNoViolations(github);
  });

  it('is made by hand once for a commit', async () => {
    const { github, octokit, run } = await withCommit();
    const made = await octokit.checks.createSuite({ ...here, head_sha: run.head_sha });
    expect(made.status).toBe(200);
    const { data } = await octokit.checks.listForSuite({
      ...{ ...here, check_suite_id: made.data.id },
    });
    expect(data.total_count).toBe(0);
    expectNoViolations(github);
  });
});
