import { isBuilding } from '../core/model/build.ts';
import type { BuildCause } from '../core/model/build.ts';
import type { JobRequest, Outcome } from '../core/model/job.ts';
import type { PlannedCell, SkippedCell } from '../core/model/plan.ts';
import { fullName } from '../core/model/repository.ts';
import { matchingBranches } from '../core/decide/base-branches.ts';
import { cellsToRepeat, withUnbuilt } from '../core/decide/build-dispatch.ts';
import { planBuild } from '../core/decide/build-plan.ts';
import { notBegun, nothingToBuild, waitsForWord } from '../core/render/images-check.ts';
import {
  baseCellsOf,
  branchTarget,
  cellsOf,
  groupTarget,
  headTarget,
  lastingProblem,
  pullTarget,
} from './shared/build-target.ts';
import type { BuildTarget } from './shared/build-target.ts';
import type { BuildWorld } from './shared/build-world.ts';
import { isForeign } from './shared/foreign.ts';
import { buildsAt } from './shared/look-at-runs.ts';
import { reach } from './shared/reach.ts';
import type { Reached } from './shared/reach.ts';
import { policyOn } from './shared/remote-policy.ts';
import { startBuild, supersede } from './shared/start-build.ts';

type BuildRequest = Extract<JobRequest, { readonly kind: 'build' }>;

/** Plans what a commit needs, and has it built. */
export async function build(world: BuildWorld, request: BuildRequest): Promise<Outcome> {
  const reached = await reach(world.github, request.repository);
  if (reached.kind !== 'reached') return reached;
  const target = await targetOf(world, reached, request);
  if (typeof target === 'string') return { kind: 'nothing', why: target };
  if (target.policy.builds === 'workflow') {
    return { kind: 'nothing', why: 'the policy says that the workflow builds by itself' };
  }
  if (!hasSeries(target))
    return { kind: 'nothing', why: `${reached.name} has no releases/ folder` };
  if (await isForeign(world, target)) {
    await reached.repository.checks.finish(waitsForWord(target.head));
    return { kind: 'refused', why: 'it is of a fork, and nobody said /ok-to-build' };
  }
  return planned(world, request, target);
}

/** A text says why there is nothing to do. */
async function targetOf(
  world: BuildWorld,
  reached: Reached,
  { head, pushed, group, repository: installed }: BuildRequest,
): Promise<BuildTarget | string> {
  if (group) {
    return (await groupTarget(world, reached, { head, group })) ?? `${group.base} is gone`;
  }
  if (pushed) return pushTarget(world, reached, pushed);
  const { repository, name } = reached;
  const pulls = await repository.pulls.withHead(head);
  const [pull] = pulls.toSorted((a, b) => a.number - b.number);
  if (pull) return (await pullTarget(world, reached, pull)) ?? `${pull.base} is gone from ${name}`;
  const builds = await world.store.builds.at(installed, head);
  const known = await headTarget(world, reached, { head, lane: builds.at(-1)?.lane });
  return known ?? `it is the head of no open pull request of ${name}`;
}

/** What the branch has by now: a newer push may have come before this one is looked at. */
async function pushTarget(
  world: BuildWorld,
  reached: Reached,
  { branch, before }: NonNullable<BuildRequest['pushed']>,
): Promise<BuildTarget | string> {
  const { repository, facts, name } = reached;
  const policy = await policyOn(world.images, repository, facts.defaultBranch);
  if (!policy || matchingBranches(policy, [branch]).length === 0) {
    return `${branch} is no base branch of ${name}`;
  }
  return (await branchTarget(world, reached, { branch, before })) ?? `${branch} is gone`;
}

function hasSeries({ snapshot }: BuildTarget): boolean {
  return [...snapshot.files.keys()].some((path) => path.startsWith('releases/'));
}

async function planned(
  world: BuildWorld,
  request: BuildRequest,
  target: BuildTarget,
): Promise<Outcome> {
  const { reached, head } = target;
  try {
    const wanted = await wantedCells(world, request, target);
    if (wanted.cells.length === 0) return await nothing(world, request, { target, wanted });
    const build = await startBuild(world, {
      ...{ installed: request.repository, target, cells: wanted.cells, occasion: wanted.occasion },
      ...{ publish: !target.pull && !target.group, cause: causeOf(target, request) },
      ...(request.again && wanted.occasion === 'head' && { mayRun: true }),
    });
    await followPush(world, request, target);
    if (!build) {
      await world.store.enqueue({ kind: 'report-builds' });
      return { kind: 'nothing', why: 'all of it is under way or built for this commit' };
    }
    const { id, cells } = build;
    await world.store.enqueue({ kind: 'report-build', build: id }, { priority: 1 });
    return {
      kind: 'done',
      what: `${id}: ${cells.length} cells of ${fullName(request.repository)}`,
    };
  } catch (error) {
    const why = lastingProblem(error);
    if (why === undefined) throw error;
    await reached.repository.checks.finish(notBegun(head, why));
    return { kind: 'refused', why };
  }
}

/** A branch that moved while this was planned has a build that the newer one could not know of. */
async function followPush(
  { store }: BuildWorld,
  { repository: installed, pushed }: BuildRequest,
  { reached, head: before }: BuildTarget,
): Promise<void> {
  if (!pushed) return;
  const { branch } = pushed;
  const head = await reached.repository.branches.head(branch);
  if (head === undefined || head === before) return;
  await store.enqueue({ kind: 'build', repository: installed, head, pushed: { branch, before } });
}

interface Wanted {
  readonly cells: readonly PlannedCell[];
  readonly skipped: readonly SkippedCell[];
  readonly occasion: string;
}

async function wantedCells(
  world: BuildWorld,
  { repository, again }: BuildRequest,
  target: BuildTarget,
): Promise<Wanted> {
  const { catalog, cells } = await cellsOf(world, target.snapshot);
  const at = { installed: repository, head: target.head };
  const builds = await buildsAt(world, target.reached.repository, at);
  const [newest] = builds;
  if (again && newest) {
    const names = builds.some(isBuilding) ? [] : cellsToRepeat(builds);
    const plan = planBuild(catalog, cells, { kind: 'named', names });
    return { ...plan, occasion: `again after ${newest.id}` };
  }
  const base = await baseCellsOf(world, target);
  const plan = planBuild(catalog, cells, { kind: 'affected', base });
  if (target.pull ?? target.group) return { ...plan, occasion: 'head' };
  const open = await world.store.builds.open(repository);
  return { ...plan, cells: withUnbuilt(plan.cells, { open, target, cells }), occasion: 'head' };
}

/** What was built for the commit because somebody asked stays what is told of it. */
async function nothing(
  world: BuildWorld,
  { repository: installed }: BuildRequest,
  { target, wanted }: { readonly target: BuildTarget; readonly wanted: Wanted },
): Promise<Outcome> {
  const { head, lane, reached } = target;
  await supersede(world, { installed, newer: { lane, head } });
  const [newest] = await world.store.builds.at(installed, head);
  if (newest) {
    await world.store.enqueue({ kind: 'report-build', build: newest.id });
    return { kind: 'nothing', why: 'what there is to build for this commit is built' };
  }
  const why = 'nothing that goes into an image changed';
  await reached.repository.checks.finish(nothingToBuild(head, { why, skipped: wanted.skipped }));
  return { kind: 'nothing', why };
}

function causeOf({ pull, group, lane }: BuildTarget, { pushed }: BuildRequest): BuildCause {
  if (group) return { kind: 'merge group', base: group.base };
  return pull
    ? { kind: 'pull request', number: pull.number }
    : { kind: 'push', branch: pushed?.branch ?? lane.replace(/^branch\//, '') };
}
