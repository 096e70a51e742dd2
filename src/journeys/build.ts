import type { BuildCause } from '../core/model/build.ts';
import type { JobRequest, Outcome } from '../core/model/job.ts';
import { fullName } from '../core/model/repository.ts';
import { matchingBranches } from '../core/decide/base-branches.ts';
import { planBuild } from '../core/decide/build-plan.ts';
import { notBegun, nothingToBuild, waitsForWord } from '../core/render/images-check.ts';
import {
  baseCellsOf,
  branchTarget,
  cellsOf,
  groupTarget,
  lastingProblem,
  pullTarget,
} from './shared/build-target.ts';
import type { BuildTarget } from './shared/build-target.ts';
import type { BuildWorld } from './shared/build-world.ts';
import { isForeign } from './shared/foreign.ts';
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
  { head, pushed, group }: BuildRequest,
): Promise<BuildTarget | string> {
  const { repository, facts, name } = reached;
  if (group) {
    return (await groupTarget(world, reached, { head, group })) ?? `${group.base} is gone`;
  }
  if (pushed) {
    const policy = await policyOn(world.images, repository, facts.defaultBranch);
    const { branch, before } = pushed;
    if (!policy || matchingBranches(policy, [branch]).length === 0) {
      return `${branch} is no base branch of ${name}`;
    }
    return (await branchTarget(world, reached, { branch, head, before })) ?? `${branch} is gone`;
  }
  const pulls = await repository.pulls.withHead(head);
  const [pull] = pulls.toSorted((a, b) => a.number - b.number);
  if (!pull) return `it is the head of no open pull request of ${name}`;
  return (await pullTarget(world, reached, pull)) ?? `${pull.base} is gone from ${name}`;
}

function hasSeries({ snapshot }: BuildTarget): boolean {
  return [...snapshot.files.keys()].some((path) => path.startsWith('releases/'));
}

async function planned(
  world: BuildWorld,
  request: BuildRequest,
  target: BuildTarget,
): Promise<Outcome> {
  const { reached, head, lane, pull, group } = target;
  const { checks } = reached.repository;
  try {
    const { catalog, cells } = await cellsOf(world, target.snapshot);
    const base = await baseCellsOf(world, target);
    const plan = planBuild(catalog, cells, { kind: 'affected', base });
    if (plan.cells.length === 0) {
      await supersede(world, reached, { installed: request.repository, newer: { lane, head } });
      const why = 'nothing that goes into an image changed';
      await checks.finish(nothingToBuild(head, { why, skipped: plan.skipped }));
      return { kind: 'nothing', why };
    }
    const { id } = await startBuild(world, {
      ...{ installed: request.repository, target, cells: plan.cells },
      ...{ publish: !pull && !group, cause: causeOf(target, request), occasion: 'head' },
    });
    await world.store.enqueue({ kind: 'report-build', build: id }, { priority: 1 });
    return {
      kind: 'done',
      what: `${id}: ${plan.cells.length} cells of ${fullName(request.repository)}`,
    };
  } catch (error) {
    const why = lastingProblem(error);
    if (why === undefined) throw error;
    await checks.finish(notBegun(head, why));
    return { kind: 'refused', why };
  }
}

function causeOf({ pull, group }: BuildTarget, { pushed }: BuildRequest): BuildCause {
  if (group) return { kind: 'merge group', base: group.base };
  return pull
    ? { kind: 'pull request', number: pull.number }
    : { kind: 'push', branch: pushed?.branch ?? '' };
}
