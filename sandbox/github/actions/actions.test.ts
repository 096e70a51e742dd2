import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../state/clock.ts';
import { listeningWorld } from '../test-listener.ts';
import { appClient, expectNoViolations, here, refusal } from '../test-world.ts';
import type { Runner, RunnerTask, ScriptedJob } from './nouns.ts';
import { makeZip } from './zip.ts';

const build = `name: Build images
run-name: Build \${{ inputs.correlation || github.sha }}
on:
  workflow_dispatch:
    inputs:
      commit: { required: true, type: string }
      correlation: { type: string, default: none }
      publish: { type: boolean, default: false }
`;
const path = '.github/workflows/build.yaml';
const workflow = { ...here, workflow_id: 'build.yaml' };
const inputs = { commit: 'abc', correlation: 'c-1' };

/** A plan, two cells of which one fails at the first attempt, and a report on both. */
function runner({ attempt }: RunnerTask): readonly ScriptedJob[] {
  return [
    { name: 'plan' },
    {
      ...{ name: 'nova', needs: ['plan'], seconds: 60, log: 'all good\n' },
      artifacts: { 'result-nova': { 'result.json': '{"service":"nova"}' } },
    },
    {
      ...{ name: 'glance', needs: ['plan'], seconds: 30, log: 'E: no such package\n' },
      conclusion: attempt === 1 ? 'failure' : 'success',
    },
    { name: 'publish', needs: ['nova', 'glance'] },
    { name: 'report', needs: ['nova', 'glance'], always: true },
  ];
}

async function actionsWorld(use: Runner | 'none' = runner, listLag = 0) {
  const clock = manualClock('2026-01-05T08:00:00Z');
  const world = await listeningWorld({ clock });
  await world.alice.push({ branch: 'main', files: { [path]: build }, message: 'Workflow' });
  if (use !== 'none') world.github.runActions('acme/images', use, listLag);
  await world.names();
  return { ...world, clock };
}

async function dispatch({ octokit }: Awaited<ReturnType<typeof actionsWorld>>) {
  const request = { ...workflow, ref: 'main', inputs, return_run_details: true };
  const { data } = await octokit.actions.createWorkflowDispatch(request);
  return (data as unknown as { workflow_run_id: number }).workflow_run_id;
}

describe('dispatching a workflow', () => {
  it('gives the run when it is asked for, and goes on by the clock', async () => {
    const world = await actionsWorld();
    const { octokit, github, clock } = world;
    const run_id = await dispatch(world);
    await github.settled();
    async function look() {
      const { data: run } = await octokit.actions.getWorkflowRun({ ...here, run_id });
      const { data } = await octokit.actions.listJobsForWorkflowRun({ ...here, run_id });
      const jobs = data.jobs.map(
        ({ name, status, conclusion }) => `${name} ${conclusion ?? status}`,
      );
      return [`${run.display_title}: ${run.conclusion ?? run.status}`, ...jobs];
    }
    expect(await look()).toEqual([
      ...['Build c-1: in_progress', 'plan success', 'nova in_progress', 'glance in_progress'],
      ...['publish queued', 'report queued'],
    ]);
    clock.advance(60_000);
    await github.settled();
    expect(await look()).toEqual([
      ...['Build c-1: failure', 'plan success', 'nova success', 'glance failure'],
      ...['publish skipped', 'report success'],
    ]);
    expectNoViolations(github);
  });

  it('says nothing without being asked, and is refused for inputs that are not as declared', async () => {
    const { octokit, github } = await actionsWorld();
    const plain = await octokit.actions.createWorkflowDispatch({
      ...workflow,
      ref: 'main',
      inputs,
    });
    expect(plain.status).toBe(204);
    const bad: readonly [object, RegExp][] = [
      [{ inputs: {} }, /^422 Required input 'commit' not provided/],
      [{ inputs: { ...inputs, x: '1' } }, /^422 Unexpected inputs provided: \["x"\]/],
      [{ inputs: { ...inputs, publish: 'maybe' } }, /^422 Provided value 'maybe'/],
      [{ inputs: { commit: 'x'.repeat(65_536) } }, /^422 inputs are too large/],
      [{ ref: 'nowhere' }, /^422 No ref found for: nowhere/],
      [{ workflow_id: 'none.yaml' }, /^404/],
    ];
    for (const [change, complaint] of bad) {
      const request = { ...workflow, ref: 'main', inputs, ...change };
      expect(await refusal(octokit.actions.createWorkflowDispatch(request))).toMatch(complaint);
    }
    expectNoViolations(github);
  });

  it('needs a workflow of the default branch', async () => {
    const { octokit, alice } = await actionsWorld();
    const other = '.github/workflows/other.yaml';
    await alice.push({ branch: 'topic', files: { [other]: build }, message: 'Other' });
    const request = { ...workflow, workflow_id: 'other.yaml', ref: 'topic', inputs };
    expect(await refusal(octokit.actions.createWorkflowDispatch(request))).toMatch(/^404/);
    await alice.push({ branch: 'main', files: { [other]: 'on: push\n' }, message: 'Other' });
    const onMain = octokit.actions.createWorkflowDispatch({ ...request, ref: 'main' });
    expect(await refusal(onMain)).toMatch(/^422 Workflow does not have 'workflow_dispatch'/);
    const { data } = await octokit.actions.listRepoWorkflows(here);
    expect(data.workflows.map(({ name }) => name)).toEqual(['Build images', other]);
  });

  it('is in lists a little later than it is there', async () => {
    const world = await actionsWorld(runner, 5000);
    const { octokit, clock, github } = world;
    const run_id = await dispatch(world);
    async function listed() {
      const { data } = await octokit.actions.listWorkflowRuns({
        ...workflow,
        event: 'workflow_dispatch',
      });
      return data.workflow_runs.map(({ id }) => id);
    }
    expect(await listed()).toEqual([]);
    clock.advance(5000);
    expect(await listed()).toEqual([run_id]);
    expectNoViolations(github);
  });
});

describe('webhooks of a run', () => {
  it('tell each state of run and jobs; a second attempt is not requested anew', async () => {
    const world = await actionsWorld(({ attempt }) => [
      { name: 'one' },
      { name: 'two', conclusion: attempt === 1 ? 'failure' : 'success' },
    ]);
    const { octokit, names, github } = world;
    const run_id = await dispatch(world);
    function only(all: readonly string[]) {
      return all.filter((name) => name.startsWith('workflow'));
    }
    expect(only(await names())).toEqual([
      ...['workflow_run.requested', 'workflow_job.queued', 'workflow_job.queued'],
      ...['workflow_run.in_progress', 'workflow_job.in_progress', 'workflow_job.completed'],
      ...['workflow_job.in_progress', 'workflow_job.completed', 'workflow_run.completed'],
    ]);
    await octokit.actions.reRunWorkflowFailedJobs({ ...here, run_id });
    expect(only(await names())).toEqual([
      ...['workflow_job.queued', 'workflow_run.in_progress', 'workflow_job.in_progress'],
      ...['workflow_job.completed', 'workflow_run.completed'],
    ]);
    const { data: run } = await octokit.actions.getWorkflowRun({ ...here, run_id });
    expect([run.run_attempt, run.conclusion]).toEqual([2, 'success']);
    const first = await octokit.actions.listJobsForWorkflowRunAttempt({
      ...{ ...here, run_id, attempt_number: 1 },
    });
    expect(first.data.jobs.map(({ conclusion }) => conclusion)).toEqual(['success', 'failure']);
    const all = await octokit.actions.listJobsForWorkflowRun({ ...here, run_id, filter: 'all' });
    expect(all.data.jobs.map(({ run_attempt }) => run_attempt)).toEqual([1, 1, 2]);
    expectNoViolations(github);
  });
});

describe('a run', () => {
  it('is cancelled while it goes on, and run again only after it has ended', async () => {
    const world = await actionsWorld(() => [
      { name: 'endless', seconds: Number.POSITIVE_INFINITY },
    ]);
    const { octokit, github } = world;
    const run_id = await dispatch(world);
    await github.settled();
    const again = octokit.actions.reRunWorkflow({ ...here, run_id });
    expect(await refusal(again)).toBe('403 This workflow is already running');
    await octokit.actions.cancelWorkflowRun({ ...here, run_id });
    const { data: run } = await octokit.actions.getWorkflowRun({ ...here, run_id });
    expect(run.conclusion).toBe('cancelled');
    const cancel = octokit.actions.cancelWorkflowRun({ ...here, run_id });
    expect(await refusal(cancel)).toMatch(/^409/);
    await octokit.actions.reRunWorkflow({ ...here, run_id });
    await github.settled();
    const { data } = await octokit.actions.listJobsForWorkflowRun({ ...here, run_id });
    expect(data.jobs.map(({ status, run_attempt }) => [status, run_attempt])).toEqual([
      ['in_progress', 2],
    ]);
    expectNoViolations(github);
  });

  it('stays queued without a runner', async () => {
    const world = await actionsWorld('none');
    const run_id = await dispatch({ ...world });
    await world.github.settled();
    const { data } = await world.octokit.actions.getWorkflowRun({ ...here, run_id });
    expect(data.status).toBe('queued');
  });

  it('leaves logs and archives, which are fetched from elsewhere', async () => {
    const world = await actionsWorld();
    const { octokit, clock, github } = world;
    const run_id = await dispatch(world);
    await github.settled();
    clock.advance(60_000);
    await github.settled();
    const { data } = await octokit.actions.listWorkflowRunArtifacts({ ...here, run_id });
    expect(data.artifacts.map(({ name, expired }) => [name, expired])).toEqual([
      ['result-nova', false],
    ]);
    const artifact_id = data.artifacts[0]!.id;
    const archive = await octokit.actions.downloadArtifact({
      ...{ ...here, artifact_id, archive_format: 'zip' },
    });
    expect(Buffer.from(archive.data as ArrayBuffer).toString('latin1')).toContain(
      '{"service":"nova"}',
    );
    const { data: jobs } = await octokit.actions.listJobsForWorkflowRun({ ...here, run_id });
    const job_id = jobs.jobs.find(({ name }) => name === 'glance')!.id;
    const log = await octokit.actions.downloadJobLogsForWorkflowRun({ ...here, job_id });
    expect(log.data).toBe('E: no such package\n');
    const gone = new URL(log.url);
    clock.advance(60_000);
    expect((await fetch(gone)).status).toBe(404);
    clock.advance(90 * 86_400_000);
    const client = appClient(github, world.app, world.installation);
    const late = client.actions.downloadArtifact({ ...here, artifact_id, archive_format: 'zip' });
    expect(await refusal(late)).toMatch(/^410/);
    expectNoViolations(github);
  });
});

describe('an archive', () => {
  it('is one that other programs read', () => {
    const dir = mkdtempSync(join(tmpdir(), 'pinwheel-zip-'));
    try {
      const file = join(dir, 'a.zip');
      writeFileSync(file, makeZip({ 'a.txt': 'one\n', 'b/c.bin': new Uint8Array([0, 255]) }));
      const program =
        'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), z.namelist())';
      const printed = execFileSync('python3', ['-c', program, file]).toString();
      expect(printed).toBe("None ['a.txt', 'b/c.bin']\n");
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
