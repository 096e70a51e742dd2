import { addAccount } from '../acts/accounts.ts';
import { registerApp } from '../acts/apps.ts';
import { createRun, ensureSuite, updateRun } from '../acts/checks.ts';
import { resolveCommit } from '../api/repository-routes.ts';
import type { App, Conclusion } from '../state/nouns.ts';
import { Refusal } from '../state/refusal.ts';
import { announce } from '../state/site.ts';
import type { Scene, Site } from '../state/site.ts';
import { jobsOf } from './nouns.ts';
import type {
  RunConclusion,
  RunEvent,
  ScriptedJob,
  Workflow,
  WorkflowJob,
  WorkflowRun,
} from './nouns.ts';
import { showJob, showRun, showWorkflow } from './show.ts';
import { actionsOf, checkInputs, readWorkflow } from './workflows.ts';
import { makeZip } from './zip.ts';

/** Actions are an App of GitHub's own, to which the check runs of jobs belong. */
function actionsApp(site: Site): App {
  const held = [...site.apps.values()].find(({ slug }) => slug === 'github-actions');
  if (held) return held;
  const owner = addAccount(site, { login: 'github', type: 'Organization' });
  return registerApp(site, { name: 'GitHub Actions', owner, permissions: {}, events: [] });
}

export interface Dispatch {
  readonly workflow: Workflow;
  readonly event: RunEvent;
  /** Branch or tag. */
  readonly ref: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** Starts a run, or refuses as GitHub does. What follows happens by the clock. */
export async function dispatchRun(scene: Scene, dispatch: Dispatch): Promise<WorkflowRun> {
  const { site, repository, actor } = scene;
  const { workflow, event, ref } = dispatch;
  if (workflow.state !== 'active') {
    throw new Refusal(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow");
  }
  const branch = ref.replace(/^refs\/(heads|tags)\//, '');
  const sha = await resolveCommit(repository, branch);
  if (sha === undefined) throw new Refusal(422, `No ref found for: ${ref}`);
  const file = await readWorkflow(scene, branch, workflow.path);
  const inputs = checkInputs(file, event, dispatch.inputs ?? {});
  const actions = actionsOf(scene);
  const { suite } = await ensureSuite(scene, actionsApp(site), {
    headSha: sha,
    headBranch: branch,
  });
  const now = site.clock.now();
  const earlier = [...actions.runs.values()].filter((one) => one.workflow === workflow);
  const run: WorkflowRun = {
    ...{ id: site.nextId(), workflow, number: earlier.length + 1, event, branch, sha, inputs },
    title: fillIn(file?.runName, { inputs, sha }) ?? workflow.name,
    ...{ actor, triggeredBy: actor, suite, createdAt: now, artifacts: [], attempts: [[]] },
    ...{ status: 'queued', conclusion: null, startedAt: now, updatedAt: now },
    listedAt: now + actions.listLag,
  };
  actions.runs.set(run.id, run);
  await tellRun(scene, run, 'requested');
  queueAttempt(scene, run, []);
  return run;
}

/** In a run's name: `${{ inputs.name }}` and `github.sha`, the first that is not empty of several. */
function fillIn(
  text: string | undefined,
  { inputs, sha }: Pick<WorkflowRun, 'inputs' | 'sha'>,
): string | undefined {
  return text?.replace(/\$\{\{([^}]*)\}\}/g, (_, expression: string) => {
    const values = expression.split('||').map((one) => {
      const name = /^\s*(?:github\.event\.)?inputs\.([\w-]+)\s*$/.exec(one)?.[1];
      return name === undefined && one.trim() === 'github.sha' ? sha : (inputs[name ?? ''] ?? '');
    });
    return values.find((value) => value !== '') ?? '';
  });
}

/** Done when its turn comes; nobody waits for it. */
function later({ site }: Scene, act: () => Promise<void>): void {
  site.turn(act).catch((error: unknown) => {
    site.report('actions', error);
  });
}

/** The runner takes an attempt up as soon as what is being done now is done. */
function queueAttempt(scene: Scene, run: WorkflowRun, kept: readonly WorkflowJob[]): void {
  later(scene, async () => {
    const { runner } = actionsOf(scene);
    const attempt = run.attempts.length;
    if (!runner || run.status !== 'queued') return;
    const { path } = run.workflow;
    const { branch, sha, inputs } = run;
    const scripts = await runner({ path, branch, sha, inputs, attempt });
    const again = scripts.filter(({ name }) => !kept.some((job) => job.name === name));
    const jobs = await Promise.all(again.map((script) => makeJob(scene, run, script)));
    run.attempts[attempt - 1] = [...kept, ...jobs];
    for (const job of jobs) tellJob(scene, run, job);
    await setRun(scene, run, 'in_progress');
    await goOn(scene, run);
  });
}

async function makeJob(scene: Scene, run: WorkflowRun, script: ScriptedJob): Promise<WorkflowJob> {
  const { site } = scene;
  const byActions = asActions(scene);
  const check = await createRun(byActions, run.sha, { name: script.name });
  return {
    ...{ id: site.nextId(), name: script.name, attempt: run.attempts.length, script, check },
    ...{ createdAt: site.clock.now(), status: 'queued', conclusion: null },
    ...{ startedAt: null, completedAt: null },
  };
}

function asActions(scene: Scene): Scene & { readonly app: App } {
  const app = actionsApp(scene.site);
  return { ...scene, actor: app.bot, app };
}

/** Starts jobs whose turn has come, skips those whose has not, and ends the run after the last. */
async function goOn(scene: Scene, run: WorkflowRun): Promise<void> {
  if (run.status === 'completed') return;
  const jobs = jobsOf(run);
  for (let job = nextJob(jobs); job !== undefined; job = nextJob(jobs)) {
    const isFine = neededBy(jobs, job).every(({ conclusion }) => conclusion === 'success');
    if (isFine || job.script.always === true) await startJob(scene, run, job);
    else await endJob(scene, run, { job, conclusion: 'skipped' });
  }
  if (jobs.some(({ status }) => status !== 'completed')) return;
  run.conclusion = jobs.some(({ conclusion }) => isBad(conclusion)) ? 'failure' : 'success';
  await setRun(scene, run, 'completed');
}

/** One that waits for nothing any more. */
function nextJob(jobs: readonly WorkflowJob[]): WorkflowJob | undefined {
  return jobs
    .filter(({ status }) => status === 'queued')
    .find((job) => neededBy(jobs, job).every(({ status }) => status === 'completed'));
}

function neededBy(jobs: readonly WorkflowJob[], { script }: WorkflowJob): readonly WorkflowJob[] {
  return jobs.filter(({ name }) => script.needs?.includes(name) === true);
}

function isBad(conclusion: RunConclusion | null): boolean {
  return conclusion === 'failure' || conclusion === 'timed_out' || conclusion === 'cancelled';
}

async function startJob(scene: Scene, run: WorkflowRun, job: WorkflowJob): Promise<void> {
  const { site } = scene;
  job.status = 'in_progress';
  job.startedAt = site.clock.now();
  await updateRun(asActions(scene), job.check, { status: 'in_progress' });
  tellJob(scene, run, job);
  const { seconds = 0, conclusion = 'success' } = job.script;
  if (seconds === 0) await endJob(scene, run, { job, conclusion });
  else if (Number.isFinite(seconds)) {
    site.clock.after(seconds * 1000, () => {
      later(scene, async () => {
        if (job.status === 'completed') return;
        await endJob(scene, run, { job, conclusion });
        await goOn(scene, run);
      });
    });
  }
}

interface Ending {
  readonly job: WorkflowJob;
  readonly conclusion: RunConclusion;
}

async function endJob(scene: Scene, run: WorkflowRun, { job, conclusion }: Ending): Promise<void> {
  const { site } = scene;
  const now = site.clock.now();
  job.status = 'completed';
  job.conclusion = conclusion;
  job.completedAt = now;
  const uploads = conclusion === 'skipped' ? {} : (job.script.artifacts ?? {});
  for (const [name, files] of Object.entries(uploads)) {
    run.artifacts.push({ id: site.nextId(), name, zip: makeZip(files), createdAt: now });
  }
  const fields = { conclusion: conclusion satisfies Conclusion };
  await updateRun(asActions(scene), job.check, fields);
  tellJob(scene, run, job);
}

export async function cancelRun(scene: Scene, run: WorkflowRun): Promise<void> {
  if (run.status === 'completed') {
    throw new Refusal(409, 'Cannot cancel a workflow run that is completed.');
  }
  for (const job of jobsOf(run).filter(({ status }) => status !== 'completed')) {
    await endJob(scene, run, { job, conclusion: 'cancelled' });
  }
  run.conclusion = 'cancelled';
  await setRun(scene, run, 'completed');
}

/** Another attempt; `keeps` says which jobs of the last one stand. */
export function rerun(scene: Scene, run: WorkflowRun, keeps: (job: WorkflowJob) => boolean): void {
  if (run.status !== 'completed') throw new Refusal(403, 'This workflow is already running');
  const kept = jobsOf(run).filter(keeps);
  run.attempts.push([...kept]);
  run.status = 'queued';
  run.conclusion = null;
  run.triggeredBy = scene.actor;
  run.startedAt = scene.site.clock.now();
  run.updatedAt = run.startedAt;
  // A run that is asked for again is not «requested» once more: no webhook until it goes on.
  queueAttempt(scene, run, kept);
}

async function setRun(
  scene: Scene,
  run: WorkflowRun,
  status: 'in_progress' | 'completed',
): Promise<void> {
  run.status = status;
  run.updatedAt = scene.site.clock.now();
  await tellRun(scene, run, status);
}

async function tellRun(scene: Scene, run: WorkflowRun, action: string): Promise<void> {
  const { site, repository, actor } = scene;
  const payload = {
    workflow: showWorkflow(scene, run.workflow),
    workflow_run: await showRun(scene, run),
  };
  announce(site, { event: 'workflow_run', action, actor, repository, payload });
}

/** The action is the state that the job has come to. */
function tellJob(scene: Scene, run: WorkflowRun, job: WorkflowJob): void {
  const { site, repository, actor } = scene;
  const payload = { workflow_job: showJob(scene, run, job) };
  announce(site, { event: 'workflow_job', action: job.status, actor, repository, payload });
}
