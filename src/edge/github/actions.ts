import { correlationIn } from '../../core/model/build.ts';
import type { RunFacts, RunJob } from '../../core/model/build.ts';
import { WorldError } from '../../core/model/failures.ts';
import { download } from './download.ts';
import { hasStatus, orGone } from './failure.ts';
import type { Opened } from './opened.ts';
import { fileInZip } from './zip.ts';

interface DispatchRequest {
  /** File name below .github/workflows. */
  readonly workflow: string;
  /** Branch whose workflow is run. */
  readonly ref: string;
  readonly inputs: Readonly<Record<string, string>>;
}

/** GitHub will not, however often it is asked. */
interface Refused {
  readonly kind: 'refused';
  readonly why: string;
}

type Dispatched =
  /** GitHub may not say which run it is. */
  | { readonly kind: 'asked'; readonly run?: { readonly id: number; readonly url: string } }
  /** There is no such workflow, it takes other inputs, or the App may not. */
  | Refused;

type LookedUp =
  | { readonly kind: 'found'; readonly run: RunFacts }
  | { readonly kind: 'none' }
  /** The App may not look: what the installation grants has changed. */
  | Refused;

/** Workflow runs of one repository. */
export interface Actions {
  dispatch(request: DispatchRequest): Promise<Dispatched>;
  /** A run by the correlation id in its name, among those since a time; new ones come late into lists. */
  find(asked: {
    readonly workflow: string;
    readonly correlation: string;
    readonly since: number;
  }): Promise<LookedUp>;
  /** `none`: it is gone. */
  run(id: number): Promise<LookedUp>;
  /** Of the latest attempt. */
  jobs(run: number): Promise<readonly RunJob[]>;
  /** Stops a run; one that has ended is fine too, and one that the App may not stop goes on. */
  cancel(run: number): Promise<void>;
  /** Has the failed jobs of a run done again; false where GitHub refuses. */
  rerunFailed(run: number): Promise<boolean>;
  /** The log of a job in pieces; false where there is none, or none any more. */
  jobLog(job: number, tell: (piece: string) => void): Promise<boolean>;
  /** A file of an artifact of a run; `undefined` where there is none, or none any more. */
  artifactFile(asked: {
    readonly run: number;
    readonly artifact: string;
    readonly file: string;
  }): Promise<Uint8Array | undefined>;
}

export function openActions(opened: Opened): Actions {
  const { octokit, at } = opened;
  return {
    dispatch: (request) => dispatch(opened, request),
    find: (asked) => lookUp(() => find(opened, asked)),
    run: (id) =>
      lookUp(async () =>
        readRun((await octokit.rest.actions.getWorkflowRun({ ...at, run_id: id })).data),
      ),
    jobs: async (run) => {
      const asked = { ...at, run_id: run, filter: 'latest', per_page: 100 } as const;
      const jobs = await octokit.paginate(octokit.rest.actions.listJobsForWorkflowRun, asked);
      return jobs.map(readJob);
    },
    cancel: async (run) => {
      try {
        await octokit.rest.actions.cancelWorkflowRun({ ...at, run_id: run });
      } catch (error) {
        if (!hasStatus(error, 403, 404, 409)) throw error;
      }
    },
    rerunFailed: async (run) => {
      try {
        await octokit.rest.actions.reRunWorkflowFailedJobs({ ...at, run_id: run });
        return true;
      } catch (error) {
        if (hasStatus(error, 403, 404, 409)) return false;
        throw error;
      }
    },
    jobLog: (job, tell) => jobLog(opened, job, tell),
    artifactFile: (asked) => artifactFile(opened, asked),
  };
}

async function dispatch({ octokit, at }: Opened, request: DispatchRequest): Promise<Dispatched> {
  const { workflow, ref, inputs } = request;
  try {
    const { data } = await octokit.request(
      'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
      // Not in the types of this octokit yet.
      { ...at, workflow_id: workflow, ref, inputs, return_run_details: true } as never,
    );
    const details = data as
      { readonly workflow_run_id?: number; readonly html_url?: string } | undefined;
    if (details?.workflow_run_id === undefined) return { kind: 'asked' };
    return {
      kind: 'asked',
      run: { id: details.workflow_run_id, url: details.html_url ?? '' },
    };
  } catch (error) {
    return refusal(error, 403, 404, 422);
  }
}

/** Throws what is no refusal. */
function refusal(error: unknown, ...statuses: readonly number[]): Refused {
  if (!hasStatus(error, ...statuses) || !(error instanceof WorldError)) throw error;
  const { message, remedy } = error;
  // Words about the request say all; one that is not allowed has a way out.
  return { kind: 'refused', why: hasStatus(error, 403) ? `${message}: ${remedy}` : message };
}

async function lookUp(ask: () => Promise<RunFacts | undefined>): Promise<LookedUp> {
  try {
    const run = await orGone(ask);
    return run ? { kind: 'found', run } : { kind: 'none' };
  } catch (error) {
    return refusal(error, 403);
  }
}

/** Pages of a hundred runs; more do not begin between a dispatch and the question. */
const mostPages = 5;
/** GitHub's clock need not be ours. */
const clockLag = 300_000;

async function find(
  { octokit, at }: Opened,
  asked: Parameters<Actions['find']>[0],
): Promise<RunFacts | undefined> {
  const query = { ...at, workflow_id: asked.workflow, event: 'workflow_dispatch', per_page: 100 };
  for (let page = 1; page <= mostPages; page += 1) {
    const listed = await orGone(() => octokit.rest.actions.listWorkflowRuns({ ...query, page }));
    const runs = listed?.data.workflow_runs ?? [];
    // The newest come first; of two with one id the older one goes on, and the other ends itself.
    const run = runs.findLast(
      ({ display_title: title }) => correlationIn(title) === asked.correlation,
    );
    if (run) return readRun(run);
    const oldest = runs.at(-1);
    if (!oldest || Date.parse(oldest.created_at) < asked.since - clockLag) return undefined;
  }
  return undefined;
}

interface RawRun {
  readonly id: number;
  readonly html_url: string;
  readonly display_title: string;
  readonly run_attempt?: number;
  readonly status: string | null;
  readonly conclusion: string | null;
  readonly created_at: string;
  readonly run_started_at?: string;
}

function readRun(run: RawRun): RunFacts {
  return {
    ...{ id: run.id, url: run.html_url, name: run.display_title, attempt: run.run_attempt ?? 1 },
    status: statusOf(run.status),
    ...(run.conclusion !== null && { conclusion: run.conclusion }),
    startedAt: Date.parse(run.run_started_at ?? run.created_at),
  };
}

/** `waiting`, `requested` and `pending` are ways to be queued. */
function statusOf(status: string | null): RunFacts['status'] {
  return status === 'in_progress' || status === 'completed' ? status : 'queued';
}

interface RawJob {
  readonly id: number;
  readonly name: string;
  readonly run_attempt?: number;
  readonly status: string;
  readonly conclusion: string | null;
  readonly started_at: string;
  readonly completed_at: string | null;
  readonly html_url: string | null;
}

function readJob(job: RawJob): RunJob {
  const { id, name, conclusion, started_at: started, completed_at: completed } = job;
  return {
    ...{ id, name, attempt: job.run_attempt ?? 1, status: statusOf(job.status) },
    ...(conclusion !== null && { conclusion }),
    startedAt: Date.parse(started),
    ...(completed !== null && { endedAt: Date.parse(completed) }),
    url: job.html_url ?? '',
  };
}

/** Longer logs are looked at up to here. */
const mostLog = 200 * 1024 * 1024;
const mostArtifact = 8 * 1024 * 1024;
const mostFile = 4 * 1024 * 1024;

async function jobLog(
  { octokit, at }: Opened,
  job: number,
  tell: (piece: string) => void,
): Promise<boolean> {
  const url = await orGone(async () =>
    locationOf(
      await octokit.request('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', {
        ...{ ...at, job_id: job },
        request: { redirect: 'manual' },
      }),
    ),
  );
  if (url === undefined) return false;
  const text = new TextDecoder();
  const came = await download(url, mostLog, (bytes) => {
    tell(text.decode(bytes, { stream: true }));
  });
  tell(text.decode());
  return came;
}

async function artifactFile(
  { octokit, at }: Opened,
  { run, artifact, file }: Parameters<Actions['artifactFile']>[0],
): Promise<Uint8Array | undefined> {
  const listed = await orGone(() =>
    octokit.rest.actions.listWorkflowRunArtifacts({ ...at, run_id: run, name: artifact }),
  );
  // Of several attempts the newest counts.
  const found = listed?.data.artifacts.toSorted((a, b) => b.id - a.id)[0];
  if (!found || found.expired || found.size_in_bytes > mostArtifact) return undefined;
  const url = await orGone(async () =>
    locationOf(
      await octokit.request(
        'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}',
        {
          ...{ ...at, artifact_id: found.id, archive_format: 'zip' },
          request: { redirect: 'manual' },
        },
      ),
    ),
  );
  if (url === undefined) return undefined;
  const pieces: Uint8Array[] = [];
  const came = await download(url, mostArtifact, (bytes) => pieces.push(bytes));
  return came ? fileInZip(Buffer.concat(pieces), file, mostFile) : undefined;
}

function locationOf({ headers }: { readonly headers: { readonly location?: string } }): string {
  if (headers.location !== undefined) return headers.location;
  throw new WorldError('GitHub: a download has no address', 'try again later');
}
