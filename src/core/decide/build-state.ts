import { isOpen } from '../model/build.ts';
import type { Build, BuildCell, BuildRun, CellState, RunFacts, RunJob } from '../model/build.ts';
import { cellJob } from './cell-jobs.ts';

/** What was found out about one run of a build. */
export type RunReport =
  | { readonly kind: 'found'; readonly run: RunFacts; readonly jobs: readonly RunJob[] }
  /** Its id is known, and GitHub has no such run any more. */
  | { readonly kind: 'gone' }
  /** It was asked for, and is in no list yet. */
  | { readonly kind: 'not found' };

/** How long each thing may take, in milliseconds. */
export interface Patience {
  /** From the dispatch until the run is in lists. */
  readonly find: number;
  /** From the dispatch until a job begins. */
  readonly start: number;
  /** From the begin of a job to its end: GitHub's own limit is six hours. */
  readonly run: number;
}

const minute = 60_000;
const hour = 60 * minute;
export const usualPatience: Patience = { find: 15 * minute, start: 24 * hour, run: 7 * hour };

/**
 * The build after a look at its runs. What has ended is completed before anything is given up: a run that
 * ended while nobody looked is green, however late.
 */
export function advance(
  build: Build,
  reports: ReadonlyMap<number, RunReport>,
  { now, patience }: { readonly now: number; readonly patience: Patience },
): Build {
  const runs = build.runs.map((run) => withRun(run, reports.get(run.part)));
  const cells = build.cells.map((cell) => {
    const run = runs.find(({ part }) => part === cell.part);
    const report = reports.get(cell.part);
    if (!run || !report) return cell;
    const seen = report.kind === 'found' ? seenCell(cell, report, build) : unseenCell(cell, report);
    const known = withWord(build, seen);
    return isOpen(known.state) ? givenUp(known, { run, report, now, patience }) : known;
  });
  return { ...build, runs, cells };
}

function withRun(run: BuildRun, report: RunReport | undefined): BuildRun {
  if (report?.kind !== 'found') return run;
  return { ...run, run: { id: report.run.id, url: report.run.url } };
}

function seenCell(
  cell: BuildCell,
  report: Extract<RunReport, { kind: 'found' }>,
  build: Build,
): BuildCell {
  const { run } = report;
  const job = cellJob(cell, report, build);
  if (!job) {
    // A matrix is not there before the jobs that it needs have ended.
    if (run.status !== 'completed' || !isOpen(cell.state)) return cell;
    return { ...cell, state: endOf(run.conclusion, 'skipped') };
  }
  // Of the attempt before the one that was asked for: lists are late.
  if (job.attempt < cell.attempt) return cell;
  return withJob(cell, job);
}

function withJob(cell: BuildCell, job: RunJob): BuildCell {
  const { failure, result, ...before } = cell;
  const isSameJob = before.job?.id === job.id;
  return {
    ...before,
    state: stateOf(job),
    attempt: job.attempt,
    job: { id: job.id, url: job.url },
    ...(job.startedAt !== undefined && job.status !== 'queued' && { startedAt: job.startedAt }),
    ...(job.endedAt !== undefined && { endedAt: job.endedAt }),
    // What was read of another attempt is not about this one.
    ...(isSameJob && failure && { failure }),
    ...(isSameJob && result && { result }),
  };
}

function stateOf({ status, conclusion }: RunJob): CellState {
  if (status === 'queued') return 'queued';
  if (status === 'in_progress') return 'running';
  return endOf(conclusion, 'failure');
}

function endOf(conclusion: string | undefined, otherwise: CellState): CellState {
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

function unseenCell(cell: BuildCell, report: RunReport): BuildCell {
  return report.kind === 'gone' && isOpen(cell.state) ? { ...cell, state: 'lost' } : cell;
}

/** GitHub knows only that it was cancelled; we know why. */
function withWord(build: Build, cell: BuildCell): BuildCell {
  if (cell.state !== 'cancelled' || build.supersededBy === undefined) return cell;
  return { ...cell, state: 'superseded' };
}

interface Waiting {
  readonly run: BuildRun;
  readonly report: RunReport;
  readonly now: number;
  readonly patience: Patience;
}

function givenUp(cell: BuildCell, { run, report, now, patience }: Waiting): BuildCell {
  const { dispatchedAt } = run;
  if (dispatchedAt === undefined) return cell;
  if (report.kind === 'not found') {
    return now - dispatchedAt > patience.find ? { ...cell, state: 'lost' } : cell;
  }
  const tooLong =
    cell.state === 'running'
      ? now - (cell.startedAt ?? dispatchedAt) > patience.run
      : now - dispatchedAt > patience.start;
  return tooLong ? { ...cell, state: 'expired' } : cell;
}

/** A build that nobody needs any more: what is still open ends with a word of its own. */
export function endOpenCells(build: Build, state: 'cancelled' | 'superseded' | 'lost'): Build {
  return {
    ...build,
    cells: build.cells.map((cell) => (isOpen(cell.state) ? { ...cell, state } : cell)),
  };
}

/** A run whose failed jobs are done again: they wait, whatever lists still say of the attempt before. */
export function retried(build: Build, part: number): Build {
  return {
    ...build,
    runs: build.runs.map((run) => (run.part === part ? { ...run, retries: run.retries + 1 } : run)),
    cells: build.cells.map((one) => {
      if (one.part !== part || one.state === 'success') return one;
      const { cell, attempt } = one;
      return { cell, part, attempt: attempt + 1, state: 'queued' };
    }),
  };
}

const mostRetries = 2;

/** Runs that failed by infrastructure alone are tried again, twice at most. */
export function runsToRetry(build: Build): readonly BuildRun[] {
  if (build.supersededBy !== undefined || build.cancelledBy !== undefined) return [];
  return build.runs.filter(({ part, retries, run }) => {
    if (!run || retries >= mostRetries) return false;
    const cells = build.cells.filter((cell) => cell.part === part);
    const failed = cells.filter(({ state }) => state === 'failure');
    return (
      failed.length > 0 &&
      cells.every(({ state }) => !isOpen(state)) &&
      failed.every(({ failure }) => failure?.class === 'registry or network')
    );
  });
}
