import type { Build, BuildCell, RunFacts, RunJob } from '../model/build.ts';
import { cellName } from '../model/plan.ts';

interface SeenRun {
  readonly run: Pick<RunFacts, 'status'>;
  readonly jobs: readonly RunJob[];
}

/**
 * What a run says of a cell, as one job: a workflow may have one job for it, called `nova/2025.2`, or one
 * for each platform, `nova/2025.2 arm64`, and to publish one more that gives the image its tags, `tag
 * nova/2025.2`.
 */
export function cellJob(
  { cell }: BuildCell,
  { run, jobs }: SeenRun,
  { publish }: Pick<Build, 'publish'>,
): RunJob | undefined {
  const name = cellName(cell);
  const named = jobs.map((job) => ({ job, name: ownName(job) }));
  const whole = named.find((one) => one.name === name);
  if (whole) return whole.job;
  const platforms = named.filter((one) => one.name.startsWith(`${name} `));
  const tag = named.filter((one) => one.name === `tag ${name}`);
  const all = [...platforms, ...tag].map(({ job }) => job);
  if (all.length === 0) return undefined;
  const together = joined(all);
  // A matrix is not there before the jobs that it needs have ended.
  const isTagged = !publish || tag.length > 0 || run.status === 'completed';
  return together.status === 'completed' && !isTagged ? goesOn(together) : together;
}

/** A reusable workflow puts the name of its caller before, with a matrix in it that may be anything. */
function ownName({ name }: RunJob): string {
  const end = name.lastIndexOf(' / ');
  return end < 0 ? name : name.slice(end + 3);
}

/** The worst first. */
const ends = ['failure', 'timed_out', 'cancelled', 'skipped', 'success'];

function joined(jobs: readonly RunJob[]): RunJob {
  const shown = jobs.toSorted((a, b) => rankOf(a) - rankOf(b))[0];
  if (!shown) throw new Error('no job is none to be joined');
  const { id, name, url, conclusion } = shown;
  const status = statusOf(jobs);
  const begun = jobs.filter((job) => job.status !== 'queued').map((job) => job.startedAt);
  const starts = begun.filter((at) => at !== undefined);
  const stops = jobs.map((job) => job.endedAt).filter((at) => at !== undefined);
  return {
    ...{ id, name, url, status, attempt: Math.max(...jobs.map(({ attempt }) => attempt)) },
    ...(starts.length > 0 && { startedAt: Math.min(...starts) }),
    ...(status === 'completed' && stops.length > 0 && { endedAt: Math.max(...stops) }),
    ...(status === 'completed' && conclusion !== undefined && { conclusion }),
  };
}

/** A job of an unknown end is as bad as one that failed; what goes on says nothing yet. */
function rankOf({ status, conclusion = '' }: RunJob): number {
  if (status !== 'completed') return ends.length;
  return Math.max(0, ends.indexOf(conclusion === 'neutral' ? 'success' : conclusion));
}

function statusOf(jobs: readonly RunJob[]): RunJob['status'] {
  if (jobs.every(({ status }) => status === 'completed')) return 'completed';
  return jobs.every(({ status }) => status === 'queued') ? 'queued' : 'in_progress';
}

function goesOn(job: RunJob): RunJob {
  // What failed stays so: the gate before the tags takes no half images.
  if (job.conclusion !== 'success') return job;
  const { id, name, url, attempt, startedAt } = job;
  const begun = startedAt === undefined ? {} : { startedAt };
  return { id, name, url, attempt, ...begun, status: 'in_progress' };
}
