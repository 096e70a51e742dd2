import type { Catalog } from '../core/model/catalog.ts';
import type { JudgedQueue } from '../core/model/patch-verdict.ts';
import type { Snapshot } from '../core/model/snapshot.ts';
import type { Move, UpdatePlan } from '../core/model/update.ts';
import { planUpdate } from '../core/decide/update.ts';
import { readPins } from '../core/formats/catalog-pins.ts';
import type { PatchTrials } from '../edge/git/patch-trial.ts';
import type { WorkingTree } from '../edge/worktree/worktree.ts';
import { gatherUpstream } from './shared/gather.ts';
import type { Upstreams } from './shared/gather.ts';
import type { TriedPlan } from './shared/move-patches.ts';
import { requireSeriesFolders, withoutProblems } from './shared/refuse.ts';
import type { Written } from './shared/write-plan.ts';

export interface UpdateWorld {
  readonly upstream: Upstreams;
  readonly workingTree: Pick<WorkingTree, 'read' | 'write'>;
  readonly trials: PatchTrials;
  /** Today as an ISO date. */
  readonly today: () => string;
}

export interface UpdateResult {
  readonly plan: UpdatePlan;
  /** The patches of what moves, tried on the refs that it moves to. */
  readonly queues: readonly JudgedQueue[];
  /** Missing when nothing was to be written. */
  readonly written?: Written;
}

/** What would move, and why the rest does not; with `write`, the working tree moves: all of it or nothing. */
export async function update(
  world: UpdateWorld,
  options: { readonly write: boolean },
): Promise<UpdateResult> {
  const snapshot = await world.workingTree.read();
  const catalog = withoutProblems(readPins(snapshot));
  requireSeriesFolders(catalog);
  // A third of all that there is to load is needed for writing alone.
  const writing = options.write ? await import('./shared/write-plan.ts') : undefined;
  writing?.requireUsable(snapshot);
  const tried = await planFor(world, catalog, snapshot);
  if (!writing) return tried;
  return { ...tried, ...(await writing.writePlan(world, { snapshot, ...tried })) };
}

async function planFor(
  { upstream, trials, today }: UpdateWorld,
  catalog: Catalog,
  snapshot: Snapshot,
): Promise<TriedPlan> {
  const state = await gatherUpstream(upstream, catalog, 'only what may move');
  const plan = planUpdate(catalog, state, today());
  const carrying = withPatches(plan.moves, snapshot);
  if (carrying.length === 0) return { plan, queues: [] };
  // More than all the rest: only for those that have use for it.
  const { tryMoves } = await import('./shared/move-patches.ts');
  return tryMoves({ trials, snapshot }, plan, { carrying, refs: state.refs });
}

/** Moves of components for which the series carries patches. */
function withPatches(moves: readonly Move[], { files }: Snapshot): readonly Move[] {
  const patches = [...files.keys()].filter((path) => /^patches\/.*\.patch$/.test(path));
  const folders = new Set(patches.map((path) => path.slice(0, path.lastIndexOf('/'))));
  return moves.filter(({ pin }) => folders.has(`patches/${pin.component}/${pin.series}`));
}
