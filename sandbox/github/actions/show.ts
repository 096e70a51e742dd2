import { readCommit } from '../git/commits.ts';
import { showAccount } from '../show/accounts.ts';
import type { Shown } from '../show/accounts.ts';
import { showSimpleCommit } from '../show/commits.ts';
import { maybeDate } from '../show/issues.ts';
import { apiUrlOf, showRepository, webUrlOf } from '../show/repositories.ts';
import { isoDate } from '../state/clock.ts';
import { nodeId } from '../state/site.ts';
import type { Place } from '../state/site.ts';
import { jobsOf } from './nouns.ts';
import type { Artifact, Workflow, WorkflowJob, WorkflowRun } from './nouns.ts';

const artifactLife = 90 * 86_400_000;

export function showWorkflow({ site, repository }: Place, workflow: Workflow): Shown {
  const page = webUrlOf(site, repository);
  const file = workflow.path.split('/').at(-1) ?? '';
  return {
    id: workflow.id,
    node_id: nodeId('W', workflow.id),
    name: workflow.name,
    path: workflow.path,
    state: workflow.state,
    created_at: isoDate(workflow.createdAt),
    updated_at: isoDate(workflow.createdAt),
    url: `${apiUrlOf(site, repository)}/actions/workflows/${workflow.id}`,
    html_url: `${page}/blob/${repository.defaultBranch}/${workflow.path}`,
    badge_url: `${page}/workflows/${encodeURIComponent(file)}/badge.svg`,
  };
}

export function runUrls({ site, repository }: Place, run: WorkflowRun) {
  const api = apiUrlOf(site, repository);
  const url = `${api}/actions/runs/${run.id}`;
  return {
    url,
    html_url: `${webUrlOf(site, repository)}/actions/runs/${run.id}`,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    check_suite_url: `${api}/check-suites/${run.suite.id}`,
    workflow_url: `${api}/actions/workflows/${run.workflow.id}`,
  };
}

export async function showRun(place: Place, run: WorkflowRun): Promise<Shown> {
  const { site, repository } = place;
  const head = await readCommit(repository.dir, run.sha);
  const urls = runUrls(place, run);
  const attempt = run.attempts.length;
  const shown = showRepository(site, repository);
  return {
    ...urls,
    id: run.id,
    node_id: nodeId('WFR', run.id),
    name: run.workflow.name,
    display_title: run.title,
    path: run.workflow.path,
    workflow_id: run.workflow.id,
    run_number: run.number,
    run_attempt: attempt,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    head_branch: run.branch,
    head_sha: run.sha,
    head_commit: head ? showSimpleCommit(head) : null,
    check_suite_id: run.suite.id,
    check_suite_node_id: nodeId('CS', run.suite.id),
    pull_requests: [],
    referenced_workflows: [],
    previous_attempt_url: attempt > 1 ? `${urls.url}/attempts/${attempt - 1}` : null,
    created_at: isoDate(run.createdAt),
    updated_at: isoDate(run.updatedAt),
    run_started_at: isoDate(run.startedAt),
    actor: showAccount(site, run.actor),
    triggering_actor: showAccount(site, run.triggeredBy),
    repository: shown,
    head_repository: shown,
  };
}

export function showJob(place: Place, run: WorkflowRun, job: WorkflowJob): Shown {
  const api = apiUrlOf(place.site, place.repository);
  const urls = runUrls(place, run);
  const isRunning = job.startedAt !== null;
  return {
    id: job.id,
    node_id: nodeId('CR', job.id),
    run_id: run.id,
    run_url: urls.url,
    run_attempt: job.attempt,
    workflow_name: run.workflow.name,
    head_sha: run.sha,
    head_branch: run.branch,
    url: `${api}/actions/jobs/${job.id}`,
    html_url: `${urls.html_url}/job/${job.id}`,
    check_run_url: `${api}/check-runs/${job.check.id}`,
    name: job.name,
    status: job.status,
    conclusion: job.conclusion,
    created_at: isoDate(job.createdAt),
    started_at: isoDate(job.startedAt ?? job.createdAt),
    completed_at: maybeDate(job.completedAt),
    steps: isRunning ? [showStep(job)] : [],
    labels: ['ubuntu-24.04'],
    runner_id: isRunning ? 1 : null,
    runner_name: isRunning ? 'Sandbox 1' : null,
    runner_group_id: isRunning ? 1 : null,
    runner_group_name: isRunning ? 'Sandbox' : null,
  };
}

function showStep(job: WorkflowJob): Shown {
  const conclusion =
    job.conclusion === null || job.conclusion === 'success' ? job.conclusion : 'failure';
  return {
    name: 'Run',
    number: 1,
    status: job.status === 'queued' ? 'in_progress' : job.status,
    conclusion: job.conclusion === 'cancelled' ? 'cancelled' : conclusion,
    started_at: maybeDate(job.startedAt),
    completed_at: maybeDate(job.completedAt),
  };
}

export function hasExpired({ site }: Place, { createdAt }: Artifact): boolean {
  return site.clock.now() >= createdAt + artifactLife;
}

export function showArtifact(place: Place, run: WorkflowRun, artifact: Artifact): Shown {
  const { site, repository } = place;
  const url = `${apiUrlOf(site, repository)}/actions/artifacts/${artifact.id}`;
  return {
    id: artifact.id,
    node_id: nodeId('ART', artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.zip.byteLength,
    url,
    archive_download_url: `${url}/zip`,
    expired: hasExpired(place, artifact),
    created_at: isoDate(artifact.createdAt),
    updated_at: isoDate(artifact.createdAt),
    expires_at: isoDate(artifact.createdAt + artifactLife),
    workflow_run: {
      id: run.id,
      repository_id: repository.id,
      head_repository_id: repository.id,
      head_branch: run.branch,
      head_sha: run.sha,
    },
  };
}

/** The log of each job under its name, as the archive of a run has them. */
export function logFiles(run: WorkflowRun): Readonly<Record<string, string>> {
  const jobs = jobsOf(run).filter(({ startedAt }) => startedAt !== null);
  return Object.fromEntries(
    jobs.map(({ name, script }, index) => [`${index}_${name}.txt`, script.log ?? '']),
  );
}
