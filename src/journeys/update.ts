import type { Catalog } from '../core/model/catalog.ts';
import { constraintsPath } from '../core/model/catalog.ts';
import type { Failure } from '../core/model/failures.ts';
import type { FileEdit, Snapshot } from '../core/model/snapshot.ts';
import type { UpdatePlan } from '../core/model/update.ts';
import { planUpdate } from '../core/decide/update.ts';
import { setPin } from '../core/formats/source-refs.ts';
import type { WorkingTree } from '../edge/worktree/worktree.ts';
import { gatherUpstream } from './shared/gather.ts';
import type { Upstreams } from './shared/gather.ts';
import { lockEdits, resolveLocks } from './shared/locks.ts';
import { usableCatalog, workingCatalog, workingPins } from './shared/usable.ts';

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
  // Locks, which only a write brings up to date, are all that images have to do with an update.
  const catalog = options.write ? workingCatalog(snapshot) : workingPins(snapshot);
  const state = await gatherUpstream(world.upstream, catalog, 'only what may move');
  const plan = planUpdate(catalog, state, world.today());
  if (!options.write) return { plan };
  const edits = planEdits(plan, snapshot);
  const locks = await relock(world, applyEdits(snapshot, edits));
  const written = await world.workingTree.write([...edits, ...locks.edits]);
  return { plan: { ...plan, failed: [...plan.failed, ...locks.failed] }, written };
}

/** The plan as edits: pins first, then constraints. */
function planEdits(plan: UpdatePlan, snapshot: Snapshot): readonly FileEdit[] {
  const texts = new Map<string, string>();
  for (const { pin, to } of plan.moves) {
    const text = texts.get(pin.file) ?? textOf(snapshot, pin.file);
    texts.set(pin.file, setPin(text, pin.component, to));
  }
  for (const { series, text } of plan.constraints) texts.set(constraintsPath(series), text);
  return [...texts].map(([path, text]) => ({ path, text }));
}

/** Brings up to date the locks that exist; a series without one was never asked to have it. */
async function relock(
  { upstream }: UpdateWorld,
  after: Catalog,
): Promise<{ edits: readonly FileEdit[]; failed: readonly Failure[] }> {
  const series = after.series.filter(({ lock }) => lock !== undefined);
  const resolved = await resolveLocks(upstream, after, { series, which: 'stale' });
  // A pin of what upstream does not have is held for that reason already, and no failure of the world.
  const failed = resolved.failed.filter(({ absent }) => absent !== true);
  return { edits: lockEdits(after, resolved), failed };
}

function applyEdits(snapshot: Snapshot, edits: readonly FileEdit[]): Catalog {
  const files = new Map(snapshot.files);
  for (const { path, text } of edits) {
    if (text === undefined) files.delete(path);
    else files.set(path, { mode: files.get(path)?.mode ?? 'file', bytes: Buffer.from(text) });
  }
  return usableCatalog({ files });
}

function textOf(snapshot: Snapshot, path: string): string {
  const file = snapshot.files.get(path);
  if (!file) throw new Error(`${path} has pins and is not in the snapshot`);
  return Buffer.from(file.bytes).toString('utf8');
}
