import { isBuilding } from '../core/model/build.ts';
import type { Build } from '../core/model/build.ts';
import { isRefusal, worldError } from '../core/model/failures.ts';
import type { WorldError } from '../core/model/failures.ts';
import type { JobRequest, Outcome } from '../core/model/job.ts';
import { combined } from '../core/decide/build-dispatch.ts';
import { endOpenCells, stopWord } from '../core/decide/build-state.ts';
import { imagesReport } from '../core/render/images-check.ts';
import type { GitHubRepository } from '../edge/github/repository.ts';
import type { BuildWorld } from './shared/build-world.ts';
import { followEnds, isUnread } from './shared/follow-ends.ts';
import { lookAtRuns } from './shared/look-at-runs.ts';
import type { RunReports } from './shared/look-at-runs.ts';
import { reach } from './shared/reach.ts';
import { beginBuild } from './shared/start-build.ts';

type RequestOf<Kind extends JobRequest['kind']> = Extract<JobRequest, { readonly kind: Kind }>;

/** Looks how far a build is, and says so: the only writer of `pinwheel/images` once a build is begun. */
export async function reportBuild(
  world: BuildWorld,
  { build: id }: RequestOf<'report-build'>,
): Promise<Outcome> {
  try {
    return await lookAndTell(world, id);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return askedAgain(error);
  }
}

async function lookAndTell(world: BuildWorld, id: string): Promise<Outcome> {
  const { builds } = world.store;
  const known = await builds.get(id);
  if (!known) return { kind: 'nothing', why: `the ledger has no build ${id}` };
  const reached = await reach(world.github, known.repository);
  if (reached.kind !== 'reached') {
    await builds.change(id, (build) => ({ ...endOpenCells(build, 'lost'), told: true }));
    return reached;
  }
  const { repository } = reached;
  if (isBuilding(known)) await beginBuild(world, reached, id);
  const [failure] = await follow(world, repository, id);
  const build = await builds.get(id);
  if (!build) return { kind: 'nothing', why: `the ledger has no build ${id}` };
  if (isBuilding(build) || !build.cells.some(isUnread)) await show(world, repository, build);
  // Nobody waits for a run that GitHub cannot stop.
  if (!failure || stopWord(build)) await answer(world, build);
  if (failure) return askedAgain(failure);
  await builds.change(id, (now) => (isBuilding(now) ? now : { ...now, told: true }));
  return { kind: 'done', what: `${id}: ${isBuilding(build) ? 'goes on' : 'ended'}` };
}

/** It stays open, and the timer asks again. A job put back would wait, and with it whoever presses Cancel meanwhile. */
function askedAgain({ message }: WorldError): Outcome {
  return { kind: 'refused', why: message };
}

/** Looks, and does what follows from it. What goes wrong of that keeps nothing else from being done. */
async function follow(
  world: BuildWorld,
  repository: GitHubRepository,
  id: string,
): Promise<readonly WorldError[]> {
  const reports = await lookAtRuns(world, repository, id);
  const { isStopped, failures } = await stop(world, repository, { id, reports });
  if (isStopped) await lookAtRuns(world, repository, id);
  return [...failures, ...(await followEnds(world, repository, id))];
}

/** A run or a job moved: the build that it belongs to is looked at, once for all that comes in a moment. */
export async function reportRun(
  { store }: BuildWorld,
  { repository, run }: RequestOf<'report-run'>,
): Promise<Outcome> {
  const id = await store.builds.ofRun(repository, run);
  if (id === undefined) return { kind: 'nothing', why: `run ${run} is not ours` };
  await store.enqueue({ kind: 'report-build', build: id }, { delayMs: 1000 });
  return { kind: 'done', what: id };
}

/** The same question for every build that has not ended: a lost webhook costs a minute. */
export async function reportBuilds({ store }: BuildWorld): Promise<Outcome> {
  const open = await store.builds.open();
  await Promise.all(open.map(({ id }) => store.enqueue({ kind: 'report-build', build: id })));
  return open.length > 0
    ? { kind: 'done', what: `${open.length} builds are looked at` }
    : { kind: 'nothing', why: 'nothing is being built' };
}

/** Runs of a build that was stopped are stopped until they have ended: whoever said so may have died since. */
async function stop(
  world: BuildWorld,
  { actions }: GitHubRepository,
  { id, reports }: { readonly id: string; readonly reports: RunReports },
): Promise<{ readonly isStopped: boolean; readonly failures: readonly WorldError[] }> {
  const failures: WorldError[] = [];
  const build = await world.store.builds.get(id);
  const word = build && stopWord(build);
  if (!build || !word) return { isStopped: false, failures };
  const parts = build.runs.filter(({ dispatchedAt }) => dispatchedAt === undefined);
  for (const { part } of parts) {
    await world.store.builds.change(id, (now) => endOpenCells(now, word, part));
  }
  let isStopped = false;
  for (const report of reports.values()) {
    if (report.kind !== 'found' || report.run.status === 'completed') continue;
    try {
      await actions.cancel(report.run.id);
      isStopped = true;
    } catch (error) {
      failures.push(worldError(error));
    }
  }
  return { isStopped, failures };
}

async function show(
  { store }: BuildWorld,
  { checks }: GitHubRepository,
  build: Build,
): Promise<void> {
  for (let told = ''; ;) {
    const all = combined(await store.builds.at(build.repository, build.head));
    const now = all && imagesReport(all);
    // Another build of the commit may have got further meanwhile: whoever writes last has to know of it.
    if (!now || JSON.stringify(now) === told) return;
    if (now.kind === 'ended') await checks.finish(now.report);
    else await checks.progress(now.report);
    told = JSON.stringify(now);
  }
}

/** Whoever asked in a comment is told there. */
async function answer({ store }: BuildWorld, build: Build): Promise<void> {
  if (isBuilding(build) || build.cause.kind !== 'asked') return;
  const { comment, issue } = build.cause;
  if (comment === undefined || issue === undefined) return;
  await store.enqueue({ kind: 'command', repository: build.repository, issue, comment });
}
