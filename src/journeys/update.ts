import type { Catalog } from '../core/model/catalog.ts';
import type { UpdatePlan } from '../core/model/update.ts';
import { planUpdate } from '../core/decide/update.ts';
import { readPins } from '../core/formats/catalog-pins.ts';
import type { WorkingTree } from '../edge/worktree/worktree.ts';
import { gatherUpstream } from './shared/gather.ts';
import type { Upstreams } from './shared/gather.ts';
import { requireSeriesFolders, withoutProblems } from './shared/refuse.ts';

export interface UpdateWorld {
  readonly upstream: Upstreams;
  readonly workingTree: Pick<WorkingTree, 'read' | 'write'>;
  /** Today as an ISO date. */
  readonly today: () => string;
}

export interface UpdateResult {
  readonly plan: UpdatePlan;
  /** Paths written; `undefined` when nothing was to be written. */
  readonly written?: readonly string[];
}

/** What would move, and why the rest does not; with `write`, the working tree moves: all of it or nothing. */
export async function update(
  world: UpdateWorld,
  options: { readonly write: boolean },
): Promise<UpdateResult> {
  const snapshot = await world.workingTree.read();
  const catalog = withoutProblems(readPins(snapshot));
  requireSeriesFolders(catalog);
  if (!options.write) return { plan: await planFor(catalog, world) };
  // A third of all that there is to load is needed for writing alone.
  const { requireUsable, writePlan } = await import('./shared/write-plan.ts');
  requireUsable(snapshot);
  return writePlan(world, { snapshot, plan: await planFor(catalog, world) });
}

async function planFor(catalog: Catalog, { upstream, today }: UpdateWorld): Promise<UpdatePlan> {
  const state = await gatherUpstream(upstream, catalog, 'only what may move');
  return planUpdate(catalog, state, today());
}
