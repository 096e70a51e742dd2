import type { Catalog } from '../../core/model/catalog.ts';
import type { Failure } from '../../core/model/failures.ts';
import type { FileEdit, Snapshot } from '../../core/model/snapshot.ts';
import type { JudgedQueue, PatchRepair } from '../../core/model/patch-verdict.ts';
import type { Move, UpdatePlan } from '../../core/model/update.ts';
import type { WorkingTree } from '../../edge/worktree/worktree.ts';
import type { Upstreams } from './gather.ts';
import { applyEdits, planEdits } from './edits.ts';
import { lockEdits, resolveLocks } from './locks.ts';
import type { TriedPlan } from './move-patches.ts';
import { repairEdits } from './patch-repairs.ts';
import { usableCatalog } from './usable.ts';

interface WriteWorld {
  readonly upstream: Upstreams;
  readonly workingTree: Pick<WorkingTree, 'write'>;
}

/** Before anything is asked: with a broken file anywhere nothing will be written. */
export function requireUsable(snapshot: Snapshot): void {
  usableCatalog(snapshot);
}

/** What was done to the working tree. */
export interface Written {
  readonly paths: readonly string[];
  /** What was done to patches, so that they fit what they were moved to. */
  readonly repairs: readonly PatchRepair[];
}

/** Moves the working tree as planned, and patches and locks with it: all files or none. */
export async function writePlan(
  world: WriteWorld,
  { snapshot, plan, queues }: TriedPlan & { readonly snapshot: Snapshot },
): Promise<{ readonly plan: UpdatePlan; readonly written: Written }> {
  const moves = plan.moves.filter(({ stay }) => !stay);
  const repairs = repairsFor(moves, queues);
  const edits = [...planEdits({ ...plan, moves }, snapshot), ...repairEdits(repairs)];
  const locks = await relock(world, applyEdits(snapshot, edits));
  const paths = await world.workingTree.write([...edits, ...locks.edits]);
  return {
    plan: { ...plan, failed: [...plan.failed, ...locks.failed] },
    written: { paths, repairs },
  };
}

function repairsFor(
  moves: readonly Move[],
  queues: readonly JudgedQueue[],
): readonly PatchRepair[] {
  return queues
    .filter(({ component, series }) =>
      moves.some(({ pin }) => pin.component === component && pin.series === series),
    )
    .flatMap(({ repairs = [] }) => repairs);
}

/** Brings up to date the locks that exist; a series without one was never asked to have it. */
async function relock(
  { upstream }: WriteWorld,
  after: Catalog,
): Promise<{ edits: readonly FileEdit[]; failed: readonly Failure[] }> {
  const series = after.series.filter(({ lock }) => lock !== undefined);
  const resolved = await resolveLocks(upstream, after, { series, which: 'stale' });
  // A pin of what upstream does not have is held for that reason already, and no failure of the world.
  const failed = resolved.failed.filter(({ absent }) => absent !== true);
  return { edits: lockEdits(after, resolved), failed };
}
