import type { Catalog } from '../../core/model/catalog.ts';
import { UserError, WorldError } from '../../core/model/failures.ts';
import type { Failure } from '../../core/model/failures.ts';
import type { BuildPlan } from '../../core/model/plan.ts';
import type { ProposalGroup } from '../../core/model/proposal.ts';
import type { FileEdit, Snapshot } from '../../core/model/snapshot.ts';
import { catalogCells, planBuild } from '../../core/decide/build-plan.ts';
import type { CellInputs } from '../../core/decide/cell-inputs.ts';
import { pinsToResolve } from '../../core/decide/lock.ts';
import { applyEdits, planEdits } from './edits.ts';
import type { Upstreams } from './gather.ts';
import { lockEdits, lockedSeries, resolveLocks } from './locks.ts';
import { repairEdits } from './patch-repairs.ts';

/** Files of a group: pins, constraints, and the locks that go with them. Patches are edits of their own. */
export interface GroupEdits {
  readonly edits: readonly FileEdit[];
  /** The catalog with all of it, and with the patches as they are then. */
  readonly after: Catalog;
  readonly failed: readonly Failure[];
}

/** Edits of one group alone: what other groups move stays as it is here. */
export async function groupEdits(
  upstream: Pick<Upstreams, 'listRefs' | 'describe'>,
  { group, snapshot }: { readonly group: ProposalGroup; readonly snapshot: Snapshot },
): Promise<GroupEdits> {
  const { moves, constraints, drifts, queues, lane } = group;
  const pins = planEdits({ moves, constraints: constraints ? [constraints] : [] }, snapshot);
  const patches = repairEdits(queues.flatMap(({ repairs = [] }) => repairs));
  const moved = applyEdits(snapshot, [...pins, ...patches]);
  const series = moved.series.filter(({ id, lock }) => id === lane.series && lock !== undefined);
  const drifted = new Set(drifts.map(({ component }) => component));
  const touched = new Set([...drifted, ...moves.map(({ pin }) => pin.component)]);
  const resolved = await resolveLocks(upstream, moved, {
    series,
    // The lane of all moves brings along what else is stale; the others keep to their own.
    which: (one) => {
      const stale = pinsToResolve(one, 'stale').map(({ component }) => component);
      const wanted = new Set(lane.kind === 'refs' ? [...stale, ...drifted] : touched);
      return one.pins.filter(({ component }) => wanted.has(component));
    },
  });
  const locks = lane.kind === 'constraints' ? [] : lockEdits(moved, resolved);
  return {
    edits: [...pins, ...locks],
    after: applyEdits(snapshot, [...pins, ...patches, ...locks]),
    failed: resolved.failed.filter(({ absent }) => absent !== true),
  };
}

/** What a merge would build; nothing is said where upstream would have to be asked and does not answer. */
export async function predictRebuild(
  upstream: Pick<Upstreams, 'listRefs' | 'describe'>,
  { before, after }: { readonly before: Catalog; readonly after: Catalog },
): Promise<{ readonly rebuild?: BuildPlan }> {
  try {
    const base = await cellsOf(upstream, before);
    const head = await cellsOf(upstream, after);
    return { rebuild: planBuild(after, head, { kind: 'affected', base }) };
  } catch (error) {
    if (!(error instanceof WorldError || error instanceof UserError)) throw error;
    return {};
  }
}

async function cellsOf(
  upstream: Pick<Upstreams, 'listRefs' | 'describe'>,
  catalog: Catalog,
): Promise<readonly CellInputs[]> {
  const { locked } = await lockedSeries(upstream, catalog, () => undefined);
  return catalogCells(catalog, locked);
}
