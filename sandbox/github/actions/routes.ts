import { created, noContent, numberOf, ok } from '../api/call.ts';
import type { Answer, Call, RepositoryCall, RepositoryRoutes } from '../api/call.ts';
import { countedAnswer, pageOf } from '../api/pages.ts';
import { notFound, Refusal } from '../state/refusal.ts';
import { jobsOf } from './nouns.ts';
import type { Artifact, WorkflowJob, WorkflowRun } from './nouns.ts';
import { cancelRun, dispatchRun, rerun } from './runs.ts';
import {
  hasExpired,
  logFiles,
  runUrls,
  showArtifact,
  showJob,
  showRun,
  showWorkflow,
} from './show.ts';
import { actionsOf, findWorkflow, listWorkflows, readWorkflow } from './workflows.ts';
import { makeZip } from './zip.ts';

const downloadLife = 60_000;

function runOf(call: RepositoryCall): WorkflowRun {
  const run = actionsOf(call).runs.get(numberOf(call, 'run_id'));
  if (!run) throw notFound();
  return run;
}

function jobOf(call: RepositoryCall): { readonly run: WorkflowRun; readonly job: WorkflowJob } {
  const id = numberOf(call, 'job_id');
  for (const run of actionsOf(call).runs.values()) {
    const job = run.attempts.flat().find((one) => one.id === id);
    if (job) return { run, job };
  }
  throw notFound();
}

async function dispatch(call: RepositoryCall): Promise<Answer> {
  const body = call.body as {
    readonly ref: string;
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly return_run_details?: boolean;
  };
  const workflow = await findWorkflow(call, call.params['workflow_id'] ?? '');
  const { ref, inputs = {} } = body;
  const run = await dispatchRun(call.scene, { workflow, event: 'workflow_dispatch', ref, inputs });
  if (body.return_run_details !== true) return noContent();
  const { url, html_url } = runUrls(call, run);
  return ok({ workflow_run_id: run.id, run_url: url, html_url });
}

async function repositoryDispatch(call: RepositoryCall): Promise<Answer> {
  const { client_payload = {} } = call.body as { readonly client_payload?: object };
  if (Object.keys(client_payload).length > 10) {
    throw new Refusal(422, 'No more than 10 properties are allowed in client_payload');
  }
  const ref = call.repository.defaultBranch;
  for (const workflow of await listWorkflows(call)) {
    const file = await readWorkflow(call, ref, workflow.path);
    if (file?.events['repository_dispatch'] === undefined) continue;
    await dispatchRun(call.scene, { workflow, event: 'repository_dispatch', ref });
  }
  return noContent();
}

/** Newest first; a new run comes into lists a little later. */
async function listRuns(call: RepositoryCall, workflow?: string): Promise<Answer> {
  const { query, site } = call;
  const only = workflow === undefined ? undefined : await findWorkflow(call, workflow);
  const all = [...actionsOf(call).runs.values()]
    .filter((run) => only === undefined || run.workflow === only)
    .filter(({ listedAt }) => listedAt <= site.clock.now())
    .filter((run) => isWanted(run, query))
    .reverse();
  const { items, headers } = pageOf(call, all);
  const workflow_runs = await Promise.all(items.map((run) => showRun(call, run)));
  return { ...ok({ total_count: all.length, workflow_runs }), headers };
}

function isWanted(run: WorkflowRun, query: Call['query']): boolean {
  const { status, event, branch, actor, head_sha } = query;
  return (
    (status === undefined || run.status === status || run.conclusion === status) &&
    (event === undefined || run.event === event) &&
    (branch === undefined || run.branch === branch) &&
    (actor === undefined || run.actor.login === actor) &&
    (head_sha === undefined || run.sha === head_sha)
  );
}

function listJobs(call: RepositoryCall): Answer {
  const run = runOf(call);
  const { attempt_number } = call.params;
  const jobs =
    attempt_number === undefined
      ? call.query['filter'] === 'all'
        ? [...new Set(run.attempts.flat())]
        : jobsOf(run)
      : run.attempts[Number(attempt_number) - 1];
  if (!jobs) throw notFound();
  return countedAnswer(call, { name: 'jobs', all: jobs }, (job) => showJob(call, run, job));
}

async function cancel(call: RepositoryCall): Promise<Answer> {
  await cancelRun(call.scene, runOf(call));
  return { status: 202, body: {} };
}

function rerunAll(call: RepositoryCall): Answer {
  rerun(call.scene, runOf(call), () => false);
  return created({});
}

function rerunFailed(call: RepositoryCall): Answer {
  rerun(call.scene, runOf(call), ({ conclusion }) => conclusion === 'success');
  return created({});
}

function rerunJob(call: RepositoryCall): Answer {
  const { run, job } = jobOf(call);
  rerun(call.scene, run, (one) => one !== job);
  return created({});
}

/** An address that needs no token and does not last. */
function download({ site }: Call, bytes: Uint8Array, type: string): Answer {
  const name = site.chance.hex(32);
  site.downloads.set(name, { bytes, type, expiresAt: site.clock.now() + downloadLife });
  return { status: 302, headers: { location: `${site.urls.web}/_downloads/${name}` } };
}

function jobLog(call: RepositoryCall): Answer {
  const { job } = jobOf(call);
  if (job.status !== 'completed') throw notFound();
  return download(call, Buffer.from(job.script.log ?? ''), 'text/plain; charset=utf-8');
}

function artifactOf(call: RepositoryCall): {
  readonly run: WorkflowRun;
  readonly artifact: Artifact;
} {
  const id = numberOf(call, 'artifact_id');
  for (const run of actionsOf(call).runs.values()) {
    const artifact = run.artifacts.find((one) => one.id === id);
    if (artifact) return { run, artifact };
  }
  throw notFound();
}

function listArtifacts(call: RepositoryCall, runs: readonly WorkflowRun[]): Answer {
  const { name } = call.query;
  const all = runs
    .flatMap((run) => run.artifacts.map((artifact) => ({ run, artifact })))
    .filter(({ artifact }) => name === undefined || artifact.name === name);
  return countedAnswer(call, { name: 'artifacts', all }, ({ run, artifact }) =>
    showArtifact(call, run, artifact),
  );
}

function getArtifact(call: RepositoryCall): Answer {
  const { run, artifact } = artifactOf(call);
  return ok(showArtifact(call, run, artifact));
}

function getArchive(call: RepositoryCall): Answer {
  const { artifact } = artifactOf(call);
  if (call.params['archive_format'] !== 'zip') throw notFound();
  if (hasExpired(call, artifact)) throw new Refusal(410, 'Artifact has expired');
  return download(call, artifact.zip, 'application/zip');
}

const root = '/repos/{owner}/{repo}/actions';
const run = '/repos/{owner}/{repo}/actions/runs/{run_id}';
const job = '/repos/{owner}/{repo}/actions/jobs/{job_id}';
const workflow = '/repos/{owner}/{repo}/actions/workflows/{workflow_id}';
const read = 'actions:read';
const write = 'actions:write';
export const actionsRoutes: RepositoryRoutes = {
  'POST /repos/{owner}/{repo}/dispatches': { needs: 'contents:write', answer: repositoryDispatch },
  [`GET ${root}/workflows`]: {
    needs: read,
    answer: async (call) =>
      countedAnswer(call, { name: 'workflows', all: await listWorkflows(call) }, (one) =>
        showWorkflow(call, one),
      ),
  },
  [`GET ${workflow}`]: {
    needs: read,
    answer: async (call) =>
      ok(showWorkflow(call, await findWorkflow(call, call.params['workflow_id'] ?? ''))),
  },
  [`POST ${workflow}/dispatches`]: { needs: write, answer: dispatch },
  [`GET ${workflow}/runs`]: {
    needs: read,
    answer: (call) => listRuns(call, call.params['workflow_id']),
  },
  [`GET ${root}/runs`]: { needs: read, answer: (call) => listRuns(call) },
  [`GET ${run}`]: { needs: read, answer: async (call) => ok(await showRun(call, runOf(call))) },
  [`GET ${run}/jobs`]: { needs: read, answer: listJobs },
  [`GET ${run}/attempts/{attempt_number}/jobs`]: { needs: read, answer: listJobs },
  [`POST ${run}/cancel`]: { needs: write, answer: cancel },
  [`POST ${run}/rerun`]: { needs: write, answer: rerunAll },
  [`POST ${run}/rerun-failed-jobs`]: { needs: write, answer: rerunFailed },
  [`GET ${run}/logs`]: {
    needs: read,
    answer: (call) => download(call, makeZip(logFiles(runOf(call))), 'application/zip'),
  },
  [`GET ${run}/artifacts`]: { needs: read, answer: (call) => listArtifacts(call, [runOf(call)]) },
  [`GET ${job}`]: {
    needs: read,
    answer: (call) => {
      const found = jobOf(call);
      return ok(showJob(call, found.run, found.job));
    },
  },
  [`GET ${job}/logs`]: { needs: read, answer: jobLog },
  [`POST ${job}/rerun`]: { needs: write, answer: rerunJob },
  [`GET ${root}/artifacts`]: {
    needs: read,
    answer: (call) => listArtifacts(call, [...actionsOf(call).runs.values()]),
  },
  [`GET ${root}/artifacts/{artifact_id}`]: { needs: read, answer: getArtifact },
  [`GET ${root}/artifacts/{artifact_id}/{archive_format}`]: { needs: read, answer: getArchive },
};
