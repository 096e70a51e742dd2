import { isOpen } from '../../core/model/build.ts';
import type { Build, BuildCause, BuildRun } from '../../core/model/build.ts';
import type { PlannedCell } from '../../core/model/plan.ts';
import {
  dispatchInputs,
  newBuild,
  notYetBuilt,
  supersededBy,
} from '../../core/decide/build-dispatch.ts';
import { asFound, changeRun, notBegun, stopWord } from '../../core/decide/build-state.ts';
import { moreTrouble } from '../../core/decide/build-trouble.ts';
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
  /** The store may have been lost since: what runs already is found by its id, before anything is asked for. */
  readonly mayRun?: true;
}

/** How far back runs of a forgotten build are looked for, in milliseconds: nothing runs longer. */
const lookBack = 3 * 86_400_000;

/**
 * Writes a build down, ends those that it takes the place of, and has it begun. `undefined` where a push
 * needs nothing that is not under way for the same commit.
 */
export async function startBuild(
  world: BuildWorld,
  wanted: WantedBuild,
): Promise<Build | undefined> {
  const { target, installed, mayRun, ...rest } = wanted;
  const { reached, head, lane } = target;
  const { cause, publish, occasion } = rest;
  const build = await world.store.builds.addFor(installed, head, (there) => {
    // Pushes overlap: each covers what came since the one before it, up to the same head.
    const isPush = cause.kind === 'push' && occasion === 'head';
    const cells = isPush ? notYetBuilt(rest.cells, there, publish) : rest.cells;
    if (cells.length === 0) return undefined;
    const now = world.now();
    const made = newBuild({ ...rest, cells, repository: installed, head, lane, now });
    if (!mayRun) return made;
    return { ...made, runs: made.runs.map((run) => ({ ...run, dispatchedAt: now - lookBack })) };
  });
  await supersede(world, { installed, newer: { lane, head } });
  return build && beginBuild(world, reached, build.id);
}

/** Open builds of the lane that are of another head have no use: whoever looks at them next stops them. */
export async function supersede(
  world: Pick<BuildWorld, 'store'>,
  task: {
    readonly installed: InstalledRepository;
    readonly newer: Pick<Build, 'lane' | 'head'> & { readonly id?: string };
  },
): Promise<void> {
  const { installed, newer } = task;
  const open = await world.store.builds.open(installed);
  for (const { id } of supersededBy(open, newer)) {
    await world.store.builds.change(id, (build) => ({ ...build, supersededBy: newer.head }));
    await world.store.enqueue({ kind: 'report-build', build: id }, { priority: 1 });
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
  const build = await world.store.builds.get(id);
  if (!build) throw new Error(`the ledger has no build ${id}`);
  for (const run of build.runs) {
    if (!isWanted(build, run, world.now())) continue;
    const task = { build, part: run.part };
    if (run.dispatchedAt !== undefined && (await adopt(world, reached, task))) continue;
    await dispatchPart(world, reached, task);
  }
  return (await world.store.builds.get(id)) ?? build;
}

/** False for what was asked for a moment ago, and for what nobody needs or GitHub will not begin. */
function isWanted(build: Build, { part, run, dispatchedAt }: BuildRun, now: number): boolean {
  if (run || stopWord(build) !== undefined) return false;
  if (dispatchedAt !== undefined && now - dispatchedAt < listLag) return false;
  return build.cells.some((cell) => cell.part === part && isOpen(cell.state));
}

interface Part {
  readonly build: Build;
  readonly part: number;
}

/** False where GitHub has no such run. Where it does not say, there may be one: nothing is asked for twice. */
async function adopt(world: BuildWorld, reached: Reached, { build, part }: Part): Promise<boolean> {
  const { builds } = world.store;
  const one = build.runs.find((run) => run.part === part);
  if (one?.dispatchedAt === undefined) return false;
  const { correlation, dispatchedAt: since } = one;
  const asked = { workflow: buildWorkflow, correlation, since };
  const found = await reached.repository.actions.find(asked);
  switch (found.kind) {
    case 'found':
      await builds.change(build.id, (now) =>
        changeRun(now, part, (run) => asFound(run, found.run)),
      );
      return true;
    case 'none':
      return false;
    case 'refused':
      await builds.change(build.id, (now) =>
        changeRun(now, part, (run) => ({
          ...run,
          refused: moreTrouble(run.refused, world.now()),
        })),
      );
      return true;
  }
}

async function dispatchPart(
  world: BuildWorld,
  { repository, facts }: Reached,
  { build, part }: Part,
): Promise<void> {
  const { builds } = world.store;
  const run = build.runs.find((one) => one.part === part);
  if (!run) return;
  if (!(await claim(world, run, build.id))) return;
  const answer = await repository.actions.dispatch({
    ...{ workflow: buildWorkflow, ref: facts.defaultBranch },
    inputs: dispatchInputs(build, run),
  });
  if (answer.kind === 'refused') {
    await builds.change(build.id, (now) => notBegun(now, part, answer.why));
    return;
  }
  const begun = answer.run;
  if (!begun) return;
  await builds.change(build.id, (now) => changeRun(now, part, (one) => ({ ...one, run: begun })));
}

/** Of several that would ask at the same time one does; and none for what was stopped meanwhile. */
async function claim(world: BuildWorld, run: BuildRun, id: string): Promise<boolean> {
  const dispatchedAt = world.now();
  let isOurs = false;
  await world.store.builds.change(id, (now) => {
    const current = now.runs.find(({ part }) => part === run.part);
    isOurs =
      current?.dispatchedAt === run.dispatchedAt && !current?.run && stopWord(now) === undefined;
    if (!isOurs) return now;
    return changeRun(now, run.part, (one) => ({ ...one, dispatchedAt }));
  });
  return isOurs;
}
