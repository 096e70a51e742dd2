import { isOpen } from '../model/build.ts';
import type { Build, BuildCell, BuildRun, CellState, RunFacts, RunJob } from '../model/build.ts';
import { cellName } from '../model/plan.ts';
import { isPatient, moreTrouble } from './build-trouble.ts';
import { cellOfJobs, endOf, jobsByCell } from './cell-jobs.ts';
import type { CellJobs } from './cell-jobs.ts';

/** What was found out about one run of a build. */
export type RunReport =
  | { readonly kind: 'found'; readonly run: RunFacts; readonly jobs: readonly RunJob[] }
  /** Its id is known, and GitHub has no such run any more. */
  | { readonly kind: 'gone' }
  /** It was asked for, and is in no list yet. */
  | { readonly kind: 'not found' }
  /** GitHub does not let it be looked at. */
  | { readonly kind: 'refused'; readonly why: string };

interface Seen {
  readonly run: RunFacts;
  readonly jobs: ReturnType<typeof jobsByCell>;
  readonly publish: boolean;
}

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
  const runs = build.runs.map((run) => withRun(run, reports.get(run.part), now));
  const { publish } = build;
  const found = new Map(
    [...reports].flatMap(([part, report]) =>
      report.kind === 'found'
        ? [[part, { run: report.run, jobs: jobsByCell(report.jobs), publish }] as const]
        : [],
    ),
  );
  const cells = build.cells.map((cell) => {
    const at = runs.findIndex(({ part }) => part === cell.part);
    const run = runs[at];
    const report = reports.get(cell.part);
    if (!run || !report) return cell;
    const seen = found.get(cell.part);
    const wasHidden = build.runs[at]?.refused !== undefined;
    const known = withWord(build, seen ? seenCell(cell, seen) : unseenCell(cell, report));
    return isOpen(known.state)
      ? givenUp(known, { build, run, report, wasHidden, now, patience })
      : known;
  });
  const isNew = cells.some(({ state }, at) => state !== build.cells[at]?.state);
  const isAgain = runs.some(({ retries }, at) => retries > (build.runs[at]?.retries ?? 0));
  const known = isAgain ? wantedAgain(build) : build;
  return {
    ...(isNew ? untold(known) : known),
    runs: runs.map((run) => withProblem(run, { report: reports.get(run.part), cells, now })),
    cells,
  };
}

/** Ends that GitHub's refusal may be the reason of: no job tells of them. */
const untoldEnds: readonly CellState[] = ['lost', 'expired', 'cancelled', 'superseded'];

/** What GitHub said; it holds as long as there is a cell that it is about, and nobody has seen the run since. */
function withProblem(
  run: BuildRun,
  look: {
    readonly report: RunReport | undefined;
    readonly cells: readonly BuildCell[];
    readonly now: number;
  },
): BuildRun {
  const { report, cells, now } = look;
  const isAbout = cells.some(
    ({ part, state }) => part === run.part && (isOpen(state) || untoldEnds.includes(state)),
  );
  if (!isAbout || report?.kind === 'found') return withoutProblem(run);
  return report?.kind === 'refused' && isRefused(run, now) ? { ...run, problem: report.why } : run;
}

function withoutProblem(run: BuildRun): BuildRun {
  const { problem, ...rest } = run;
  return problem === undefined ? run : rest;
}

/** For so long that it will not pass by itself. */
function isRefused({ refused }: BuildRun, now: number): boolean {
  return !isPatient(refused, now);
}

/** Whoever stopped it meant the attempt before: the one that somebody asks for now goes on. */
function wantedAgain(build: Build): Build {
  const { cancelledBy, ...rest } = build;
  return cancelledBy === undefined ? build : rest;
}

/** Somebody has to tell of it once more. */
function untold(build: Build): Build {
  const { told, ...rest } = build;
  return told ? rest : build;
}

function withRun(before: BuildRun, report: RunReport | undefined, now: number): BuildRun {
  if (!report) return before;
  const { refused, ...run } = before;
  if (report.kind === 'refused') return { ...run, refused: moreTrouble(refused, now) };
  if (report.kind !== 'found') return run;
  return asFound(run, report.run);
}

/** A run that GitHub knows. Its time begins as GitHub says: of one that is found again nobody knew when. */
export function asFound(run: BuildRun, { id, url, attempt, startedAt }: RunFacts): BuildRun {
  const known = { ...run, run: { id, url } };
  // Lists may be late, and tell of the attempt before the one that was asked for.
  if (attempt <= run.retries) return known;
  // Whoever asked for another attempt: together they are what there is to be had.
  return { ...known, retries: attempt - 1, dispatchedAt: startedAt };
}

function seenCell(cell: BuildCell, { run, jobs, publish }: Seen): BuildCell {
  const own = jobs.get(cellName(cell.cell)) ?? [];
  const seen = cellOfJobs(own, { publish, ended: run.status === 'completed' });
  if (!seen) {
    // A matrix is not there before the jobs that it needs have ended.
    if (run.status !== 'completed' || !isOpen(cell.state)) return cell;
    // Of the attempt before the one that was asked for: lists are late.
    if (run.attempt < cell.attempt) return cell;
    return { ...cell, state: endOf(run.conclusion, 'skipped') };
  }
  return seen.attempt < cell.attempt ? cell : withJobs(cell, seen);
}

function withJobs(cell: BuildCell, seen: CellJobs): BuildCell {
  const { state, job, platform, attempt, startedAt, endedAt } = seen;
  const { cell: planned, part, failure, result, trouble } = cell;
  const isSameJob = cell.job?.id === job.id;
  return {
    ...{ cell: planned, part, state, attempt },
    job: { id: job.id, url: job.url, ...(platform !== undefined && { platform }) },
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    // What was read of another attempt is not about this one.
    ...(isSameJob && failure && { failure }),
    ...(isSameJob && result && { result }),
    ...(isSameJob && trouble && { trouble }),
  };
}

function unseenCell(cell: BuildCell, report: RunReport): BuildCell {
  return report.kind === 'gone' && isOpen(cell.state) ? { ...cell, state: 'lost' } : cell;
}

/** How cells of a build end that somebody or something stopped. */
export function stopWord(build: Build): 'superseded' | 'cancelled' | undefined {
  if (build.supersededBy !== undefined) return 'superseded';
  return build.cancelledBy === undefined ? undefined : 'cancelled';
}

/** GitHub knows only that it was cancelled; we know why. */
function withWord(build: Build, cell: BuildCell): BuildCell {
  if (cell.state !== 'cancelled' || build.supersededBy === undefined) return cell;
  return { ...cell, state: 'superseded' };
}

interface Waiting {
  readonly build: Build;
  readonly run: BuildRun;
  readonly report: RunReport;
  /** Nobody could see it before this look. */
  readonly wasHidden: boolean;
  readonly now: number;
  readonly patience: Patience;
}

function givenUp(cell: BuildCell, waiting: Waiting): BuildCell {
  const { build, run, report, now } = waiting;
  const { dispatchedAt } = run;
  if (dispatchedAt === undefined) return cell;
  if (report.kind === 'not found') {
    return isLost(dispatchedAt, waiting) ? { ...cell, state: stopWord(build) ?? 'lost' } : cell;
  }
  if (report.kind === 'refused') {
    if (!isRefused(run, now)) return cell;
    const state = stopWord(build) ?? (run.run ? undefined : 'lost');
    if (state) return { ...cell, state };
  }
  return isOverdue(cell, dispatchedAt, waiting) ? { ...cell, state: 'expired' } : cell;
}

/** Not where nobody could ask for it meanwhile, nor where somebody found it while lists were asked. */
function isLost(dispatchedAt: number, { run, wasHidden, now, patience }: Waiting): boolean {
  return !wasHidden && !run.run && now - dispatchedAt > patience.find;
}

function isOverdue(
  { state, startedAt }: BuildCell,
  dispatchedAt: number,
  { now, patience }: Waiting,
): boolean {
  return state === 'running'
    ? // Jobs that need not be done again began with an attempt before.
      now - Math.max(startedAt ?? 0, dispatchedAt) > patience.run
    : now - dispatchedAt > patience.start;
}

/** A build that nobody needs any more, or a part of one: what is still open ends with a word of its own. */
export function endOpenCells(
  build: Build,
  state: 'cancelled' | 'superseded' | 'lost',
  part?: number,
): Build {
  return {
    ...untold(build),
    cells: build.cells.map((cell) =>
      isOpen(cell.state) && (part ?? cell.part) === cell.part ? { ...cell, state } : cell,
    ),
  };
}

/** The build with another state of one of its runs. */
export function changeRun(build: Build, part: number, change: (run: BuildRun) => BuildRun): Build {
  return { ...build, runs: build.runs.map((run) => (run.part === part ? change(run) : run)) };
}

/** A part that GitHub would not begin. */
export function notBegun(build: Build, part: number, problem: string): Build {
  return changeRun(endOpenCells(build, 'lost', part), part, (run) => ({ ...run, problem }));
}

/** Written down before GitHub is asked: who is cut off then finds out whether it was done. */
export function toRetry(
  build: Build,
  part: number,
  retriedFor: NonNullable<BuildRun['retriedFor']>,
): Build {
  return changeRun(build, part, (run) => ({ ...run, retriedFor }));
}

/** A run whose failed jobs are done again: they wait, whatever lists still say of the attempt before this one. */
export function retried(
  build: Build,
  part: number,
  { attempt, now }: { readonly attempt: number; readonly now: number },
): Build {
  const asked = changeRun(build, part, (run) =>
    run.retries < attempt - 1 ? { ...run, retries: attempt - 1, dispatchedAt: now } : run,
  );
  return {
    ...untold(wantedAgain(asked)),
    cells: build.cells.map((one) => {
      if (one.part !== part || one.state === 'success' || one.attempt >= attempt) return one;
      return { cell: one.cell, part, attempt, state: 'queued' };
    }),
  };
}

const mostRetries = 2;

/** Runs that failed by infrastructure alone are tried again, twice at most. */
export function runsToRetry(build: Build): readonly BuildRun[] {
  if (stopWord(build) !== undefined) return [];
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
