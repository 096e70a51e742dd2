import { cellName } from '../core/model/plan.ts';
import { isBuilding } from '../core/model/build.ts';
import type { Build, BuildCell, BuildRun, CellFailure, CellResult } from '../core/model/build.ts';
import type { JobRequest, Outcome } from '../core/model/job.ts';
import { combined } from '../core/decide/build-dispatch.ts';
import {
  advance,
  endOpenCells,
  retried,
  runsToRetry,
  usualPatience,
} from '../core/decide/build-state.ts';
import type { RunReport } from '../core/decide/build-state.ts';
import { failureScan } from '../core/decide/failure-class.ts';
import { logReader } from '../core/formats/build-log.ts';
import { readCellResult } from '../core/formats/cell-result.ts';
import { imagesReport } from '../core/render/images-check.ts';
import type { GitHubRepository } from '../edge/github/repository.ts';
import { buildWorkflow } from './shared/build-world.ts';
import type { BuildWorld } from './shared/build-world.ts';
import { reach } from './shared/reach.ts';
import { beginBuild } from './shared/start-build.ts';

type RequestOf<Kind extends JobRequest['kind']> = Extract<JobRequest, { readonly kind: Kind }>;

/** Looks how far a build is, and says so: the only writer of `pinwheel/images` once a build is begun. */
export async function reportBuild(
  world: BuildWorld,
  { build: id }: RequestOf<'report-build'>,
): Promise<Outcome> {
  const { builds } = world.store;
  const known = await builds.get(id);
  if (!known) return { kind: 'nothing', why: `the ledger has no build ${id}` };
  const reached = await reach(world.github, known.repository);
  if (reached.kind !== 'reached') {
    await builds.change(id, (build) => endOpenCells(build, 'lost'));
    return reached;
  }
  const { repository } = reached;
  if (isBuilding(known)) await beginBuild(world, reached, id);
  await look(world, repository, id);
  const read = await readEnds(world, repository, id);
  if (!read) return { kind: 'nothing', why: `the ledger has no build ${id}` };
  const after = await retryRuns(world, repository, read);
  await show(world, repository, after);
  await answer(world, after);
  return { kind: 'done', what: `${id}: ${isBuilding(after) ? 'goes on' : 'ended'}` };
}

/** A run or a job moved: the build that it belongs to is looked at, once for all that comes in a moment. */
export async function reportRun(
  { store, now }: BuildWorld,
  { repository, run }: RequestOf<'report-run'>,
): Promise<Outcome> {
  const id = await store.builds.ofRun(repository, run);
  if (id === undefined) return { kind: 'nothing', why: `run ${run} is not ours` };
  await store.enqueue({ kind: 'report-build', build: id }, { notBefore: now() + 1000 });
  return { kind: 'done', what: id };
}

/** The same question for every build that has not ended: a lost webhook costs a minute. */
export async function reportBuilds({ store }: BuildWorld): Promise<Outcome> {
  const open = await store.builds.open();
  for (const { id } of open) await store.enqueue({ kind: 'report-build', build: id });
  return open.length > 0
    ? { kind: 'done', what: `${open.length} builds are looked at` }
    : { kind: 'nothing', why: 'nothing is being built' };
}

async function look(world: BuildWorld, repository: GitHubRepository, id: string): Promise<void> {
  const build = await world.store.builds.get(id);
  if (!build) return;
  const reports = new Map<number, RunReport>();
  for (const run of build.runs) {
    // What GitHub would not begin has no run, however often it is looked for.
    if (build.problem !== undefined && !run.run) continue;
    const report = await runReport(repository, run);
    if (report) reports.set(run.part, report);
  }
  const options = { now: world.now(), patience: usualPatience };
  await world.store.builds.change(id, (now) => advance(now, reports, options));
}

async function runReport(
  { actions }: GitHubRepository,
  { run, correlation, dispatchedAt }: BuildRun,
): Promise<RunReport | undefined> {
  if (dispatchedAt === undefined) return undefined;
  const asked = { workflow: buildWorkflow, correlation, since: dispatchedAt };
  const found = run ? await actions.run(run.id) : await actions.find(asked);
  if (!found) return { kind: run ? 'gone' : 'not found' };
  return { kind: 'found', run: found, jobs: await actions.jobs(found.id) };
}

/** What is read at a time: the rest comes with the next look. */
const mostReads = 40;

/** Logs of cells that failed, and results of those that were built. */
async function readEnds(
  world: BuildWorld,
  repository: GitHubRepository,
  id: string,
): Promise<Build | undefined> {
  const build = await world.store.builds.get(id);
  const unread = (build?.cells ?? []).filter(isUnread).slice(0, mostReads);
  const read = new Map<number, Pick<BuildCell, 'failure' | 'result'>>();
  for (const cell of unread) {
    const job = cell.job?.id;
    if (!build || job === undefined) continue;
    const end =
      cell.state === 'failure'
        ? { failure: await failureOf(repository, job) }
        : { result: await resultOf(repository, build, cell) };
    read.set(job, end);
  }
  return world.store.builds.change(id, (now) => ({
    ...now,
    cells: now.cells.map((cell) => ({ ...cell, ...(cell.job && read.get(cell.job.id)) })),
  }));
}

function isUnread({ state, failure, result }: BuildCell): boolean {
  return (state === 'failure' && !failure) || (state === 'success' && !result);
}

async function failureOf({ actions }: GitHubRepository, job: number): Promise<CellFailure> {
  const scan = failureScan();
  const reader = logReader(scan.take);
  const came = await actions.jobLog(job, reader.take);
  reader.end();
  return came ? scan.end() : { excerpt: [] };
}

/** A build that uploaded nothing that can be read is a build all the same. */
async function resultOf(
  { actions }: GitHubRepository,
  build: Build,
  { cell, part }: BuildCell,
): Promise<CellResult> {
  const run = build.runs.find((one) => one.part === part)?.run?.id;
  const nothing = { version: cell.version, tags: [], packages: [] };
  if (run === undefined) return nothing;
  for (const platform of resultParts) {
    const artifact = `result-${cell.service}-${cell.series}${platform}`;
    const bytes = await actions.artifactFile({ run, artifact, file: 'result.json' });
    const read = bytes && readCellResult(Buffer.from(bytes).toString('utf8'), cellName(cell));
    if (read) return read;
  }
  return nothing;
}

/** What is only tried has a result for each platform, and no more than one of them is read. */
const resultParts = ['', '-amd64', '-arm64'] as const;

async function retryRuns(
  world: BuildWorld,
  repository: GitHubRepository,
  build: Build,
): Promise<Build> {
  let now = build;
  for (const { part, run } of runsToRetry(build)) {
    if (!run || !(await repository.actions.rerunFailed(run.id))) continue;
    now = (await world.store.builds.change(build.id, (one) => retried(one, part))) ?? now;
  }
  return now;
}

async function show(
  { store }: BuildWorld,
  { checks }: GitHubRepository,
  build: Build,
): Promise<void> {
  const all = combined(await store.builds.at(build.repository, build.head));
  if (!all) return;
  const { kind, report } = imagesReport(all);
  if (kind === 'ended') await checks.finish(report);
  else await checks.progress(report);
}

/** Whoever asked in a comment is told there. */
async function answer({ store }: BuildWorld, build: Build): Promise<void> {
  if (isBuilding(build) || build.cause.kind !== 'asked') return;
  const { comment, issue } = build.cause;
  if (comment === undefined || issue === undefined) return;
  await store.enqueue({ kind: 'command', repository: build.repository, issue, comment });
}
