import type { Build, BuildCause } from '../../core/model/build.ts';
import type { PlannedCell } from '../../core/model/plan.ts';
import { dispatchInputs, newBuild, supersededBy } from '../../core/decide/build-dispatch.ts';
import { endOpenCells } from '../../core/decide/build-state.ts';
import type { BuildTarget } from './build-target.ts';
import { buildWorkflow } from './build-world.ts';
import type { BuildWorld } from './build-world.ts';
import type { Reached } from './reach.ts';
import type { InstalledRepository } from '../../core/model/repository.ts';

export interface WantedBuild {
  readonly installed: InstalledRepository;
  readonly target: Pick<BuildTarget, 'reached' | 'head' | 'lane'>;
  readonly publish: boolean;
  readonly cause: BuildCause;
  readonly occasion: string;
  readonly cells: readonly PlannedCell[];
}

/** Writes a build down, ends those that it takes the place of, and has it begun. */
export async function startBuild(world: BuildWorld, wanted: WantedBuild): Promise<Build> {
  const { target, installed, ...rest } = wanted;
  const { reached, head, lane } = target;
  const build = newBuild({ ...rest, repository: installed, head, lane, now: world.now() });
  await world.store.builds.add(build);
  await supersede(world, reached, { installed, newer: build });
  return beginBuild(world, reached, build.id);
}

/** Ends open builds of the lane that are of another head, and stops their runs. */
export async function supersede(
  world: BuildWorld,
  { repository }: Reached,
  task: {
    readonly installed: InstalledRepository;
    readonly newer: Pick<Build, 'lane' | 'head'> & { readonly id?: string };
  },
): Promise<void> {
  const { installed, newer } = task;
  const open = await world.store.builds.open(installed);
  for (const { id } of supersededBy(open, newer)) {
    const ended = await world.store.builds.change(id, (build) => ({
      ...endOpenCells(build, 'superseded'),
      supersededBy: newer.head,
    }));
    for (const { run } of ended?.runs ?? []) if (run) await repository.actions.cancel(run.id);
    await world.store.enqueue({ kind: 'report-build', build: id });
  }
}

/** A dispatch whose answer was lost is in lists after that time, in milliseconds, or never was. */
const listLag = 60_000;

/**
 * Asks GitHub for the runs of a build that are not there yet. It stands in the ledger before the call, so
 * that whoever comes back looks for the run first; what is begun twice all the same ends itself, for the
 * workflow lets one run of a correlation id go on.
 */
export async function beginBuild(world: BuildWorld, reached: Reached, id: string): Promise<Build> {
  let build = await world.store.builds.get(id);
  if (!build) throw new Error(`the ledger has no build ${id}`);
  for (const { part, run, dispatchedAt } of build.runs) {
    const isFresh = dispatchedAt !== undefined && world.now() - dispatchedAt < listLag;
    if (run || isFresh || build.supersededBy !== undefined || build.cancelledBy !== undefined) {
      continue;
    }
    if (dispatchedAt !== undefined && (await adopt(world, reached, { build, part }))) continue;
    build = await dispatchPart(world, reached, { build, part });
  }
  return (await world.store.builds.get(id)) ?? build;
}

interface Part {
  readonly build: Build;
  readonly part: number;
}

async function adopt(world: BuildWorld, reached: Reached, { build, part }: Part): Promise<boolean> {
  const one = build.runs.find((run) => run.part === part);
  if (one?.dispatchedAt === undefined) return false;
  const { correlation, dispatchedAt: since } = one;
  const asked = { workflow: buildWorkflow, correlation, since };
  const found = await reached.repository.actions.find(asked);
  if (!found) return false;
  await changeRun(world, { build, part }, { run: { id: found.id, url: found.url } });
  return true;
}

async function dispatchPart(
  world: BuildWorld,
  { repository, facts }: Reached,
  { build, part }: Part,
): Promise<Build> {
  const run = build.runs.find((one) => one.part === part);
  if (!run) return build;
  await changeRun(world, { build, part }, { dispatchedAt: world.now() });
  const answer = await repository.actions.dispatch({
    ...{ workflow: buildWorkflow, ref: facts.defaultBranch },
    inputs: dispatchInputs(build, run),
  });
  if (answer.kind === 'refused') {
    const problem = answer.why;
    const ended = await world.store.builds.change(build.id, (now) => ({
      ...endOpenCells(now, 'lost'),
      problem,
    }));
    return ended ?? build;
  }
  const found = answer.run ? { run: answer.run } : {};
  return (await changeRun(world, { build, part }, found)) ?? build;
}

function changeRun(
  { store }: BuildWorld,
  { build, part }: Part,
  change: Partial<Build['runs'][number]>,
): Promise<Build | undefined> {
  return store.builds.change(build.id, (now) => ({
    ...now,
    runs: now.runs.map((run) => (run.part === part ? { ...run, ...change } : run)),
  }));
}
