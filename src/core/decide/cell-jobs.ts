import { isOpen } from '../model/build.ts';
import type { CellState, RunJob } from '../model/build.ts';

/** What the jobs of one cell say of it together. */
export interface CellJobs {
  readonly state: CellState;
  /** The one to look at: the first that failed, or the one that goes on. */
  readonly job: RunJob;
  /** The platform that job builds for, where each has one of its own. */
  readonly platform?: string;
  readonly attempt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
}

interface CellJob {
  readonly kind: 'whole' | 'platform' | 'tag';
  readonly platform?: string;
  readonly job: RunJob;
}

/** `nova/2025.2`, `nova/2025.2 amd64`, `tag nova/2025.2`; a reusable workflow puts its own name before. */
const jobName = /^(?:.* \/ )?(tag )?([^\s/]+\/[^\s/]+)(?: ([a-z0-9_]+))?$/;

/** Jobs of a run by the cell that they are about. */
export function jobsByCell(jobs: readonly RunJob[]): ReadonlyMap<string, readonly CellJob[]> {
  const byCell = new Map<string, CellJob[]>();
  for (const job of jobs) {
    const [, tag, name, platform] = jobName.exec(job.name) ?? [];
    if (name === undefined) continue;
    const kind = tag !== undefined ? 'tag' : platform === undefined ? 'whole' : 'platform';
    const one = { kind, job, ...(platform !== undefined && { platform }) } as const;
    byCell.set(name, [...(byCell.get(name) ?? []), one]);
  }
  return byCell;
}

/** The worst counts. */
const ends: readonly CellState[] = ['failure', 'expired', 'cancelled', 'skipped', 'success'];

interface Wanted {
  readonly publish: boolean;
  /** Whether the run has: what did not come by then comes no more. */
  readonly ended: boolean;
}

/** A cell has ended when each of its jobs has, and the one that gives it its tags has come. */
export function cellOfJobs(jobs: readonly CellJob[], wanted: Wanted): CellJobs | undefined {
  const state = combined(jobs, wanted);
  // Platforms before tags: where there is no image, it is not the tag that is to blame.
  const order = state === 'success' ? jobs.toReversed() : jobs.toSorted(byKind);
  const shown = order.find(({ job }) => stateOf(job) === state) ?? order[0];
  if (!shown) return undefined;
  const { job, platform } = shown;
  const begun = jobs.filter(({ job: one }) => one.status !== 'queued');
  const starts = begun.flatMap(({ job: { startedAt } }) => startedAt ?? []);
  const stops = jobs.flatMap(({ job: { endedAt } }) => endedAt ?? []);
  const isOver = stops.length === jobs.length && ends.includes(state);
  return {
    ...{ state, job, attempt: Math.max(...jobs.map((one) => one.job.attempt)) },
    ...(platform !== undefined && { platform }),
    ...(starts.length > 0 && { startedAt: Math.min(...starts) }),
    ...(isOver && { endedAt: Math.max(...stops) }),
  };
}

function combined(jobs: readonly CellJob[], { publish, ended }: Wanted): CellState {
  const platforms = stateOfAll(jobs.filter((one) => !isLast(one)));
  // What has no image gets no tags: those need not be waited for.
  const built = platforms === 'success' ? stateOfAll(jobs) : platforms;
  if (built !== 'success' || !publish || jobs.some(isLast)) return built;
  // Built, and without its tags.
  return ended ? 'skipped' : 'running';
}

function isLast({ kind }: CellJob): boolean {
  return kind !== 'platform';
}

function byKind(a: CellJob, b: CellJob): number {
  return Number(a.kind === 'tag') - Number(b.kind === 'tag');
}

function stateOfAll(jobs: readonly CellJob[]): CellState {
  const states = jobs.map(({ job }) => stateOf(job));
  if (states.some(isOpen)) return states.every((one) => one === 'queued') ? 'queued' : 'running';
  return ends.find((state) => states.includes(state)) ?? 'success';
}

function stateOf({ status, conclusion }: RunJob): CellState {
  if (status === 'queued') return 'queued';
  if (status === 'in_progress') return 'running';
  return endOf(conclusion, 'failure');
}

/** What a conclusion of GitHub means for a cell. */
export function endOf(conclusion: string | undefined, otherwise: CellState): CellState {
  switch (conclusion) {
    case 'success':
    case 'neutral':
      // Of a run without our job it says nothing good.
      return otherwise === 'failure' ? 'success' : otherwise;
    case 'cancelled':
      return 'cancelled';
    case 'skipped':
      return 'skipped';
    case 'timed_out':
      return 'expired';
    case undefined:
    default:
      return otherwise;
  }
}
