import type { Catalog } from '../core/model/catalog.ts';
import type { ConstraintSet } from '../core/model/constraints.ts';
import { UserError, WorldError } from '../core/model/failures.ts';
import type { BuildPlan, Cell } from '../core/model/plan.ts';
import type { Snapshot } from '../core/model/snapshot.ts';
import { catalogCells, planBuild } from '../core/decide/build-plan.ts';
import { cellConstraints, seriesConstraints } from '../core/decide/cell-inputs.ts';
import type { CellInputs, LockedSeries } from '../core/decide/cell-inputs.ts';
import { imageTags } from '../core/decide/image-tags.ts';
import type { BuildOrigin, ImageTags } from '../core/decide/image-tags.ts';

import type { ImagesRepository } from '../edge/git/repository.ts';
import type { WorkingTree } from '../edge/worktree/worktree.ts';
import type { Upstreams } from './shared/gather.ts';
import { lockedSeries } from './shared/locks.ts';
import { usableCatalog } from './shared/usable.ts';

export interface PlanWorld {
  readonly upstream: Pick<Upstreams, 'listRefs' | 'describe'>;
  readonly workingTree: Pick<WorkingTree, 'read'>;
  readonly repository: Pick<ImagesRepository, 'snapshotAt'>;
  /** Told what a reader of the result should know: a stale lock, say. */
  readonly notice: (line: string) => void;
}

export type PlanSelection =
  | { readonly kind: 'all' }
  | { readonly kind: 'named'; readonly names: readonly string[] }
  /** `head` is a revision; without one, the working tree. */
  | { readonly kind: 'affected'; readonly base: string; readonly head?: string };

/** Which images to build, and why. */
export async function plan(world: PlanWorld, selection: PlanSelection): Promise<BuildPlan> {
  if (selection.kind !== 'affected') {
    const head = await cellsOf(world, await world.workingTree.read());
    return planBuild(head.catalog, head.cells, selection);
  }
  const base = await cellsOf(world, await world.repository.snapshotAt(selection.base));
  const head = await cellsOf(
    world,
    selection.head === undefined
      ? await world.workingTree.read()
      : await world.repository.snapshotAt(selection.head),
  );
  return planBuild(head.catalog, head.cells, { kind: 'affected', base: base.cells });
}

/** The effective constraints of a cell, or without a service those of the whole series. */
export async function constraints(
  world: PlanWorld,
  { series, service }: { readonly series: string; readonly service?: string },
): Promise<ConstraintSet> {
  const catalog = usableCatalog(await world.workingTree.read());
  requireSeries(catalog, series);
  if (service === undefined) {
    const one = catalog.series.find(({ id }) => id === series);
    return one ? seriesConstraints(one, catalog.policy.python) : [];
  }
  const locked = await locksOf(world, catalog);
  const found = locked.find((one) => one.series.id === series);
  const image = catalog.images.get(service);
  if (!found || !image || !found.lock.components.has(service))
    throw noCell(catalog, service, series);
  return cellConstraints(image, found);
}

/** The image tags of a cell, built from a commit of the images repository. */
export async function tags(
  world: PlanWorld,
  request: { readonly service: string; readonly series: string } & Omit<
    BuildOrigin,
    'defaultBranch'
  >,
): Promise<ImageTags & { readonly cell: Cell }> {
  const { service, series, ...origin } = request;
  const { catalog, cells } = await cellsOf(world, await world.workingTree.read());
  requireSeries(catalog, series);
  const found = cells.find(
    ({ cell }) => cell.service === service && [cell.series, ...cell.sharedBy].includes(series),
  );
  if (!found) throw noCell(catalog, service, series);
  const cell = { ...found.cell, series };
  const defaultBranch = catalog.policy.branches[0] ?? 'main';
  return { ...imageTags(cell, { ...origin, defaultBranch }), cell };
}

async function cellsOf(
  world: PlanWorld,
  snapshot: Snapshot,
): Promise<{ readonly catalog: Catalog; readonly cells: readonly CellInputs[] }> {
  const catalog = usableCatalog(snapshot);
  return { catalog, cells: catalogCells(catalog, await locksOf(world, catalog)) };
}

async function locksOf(world: PlanWorld, catalog: Catalog): Promise<readonly LockedSeries[]> {
  const { locked, failed } = await lockedSeries(world.upstream, catalog, world.notice);
  const [first] = failed;
  if (first)
    throw new WorldError(
      `${first.what}: ${first.why}`,
      'run pinwheel lock once upstream can be asked',
    );
  return locked;
}

function requireSeries(catalog: Catalog, id: string): void {
  const known = catalog.series.map((series) => series.id);
  if (known.includes(id)) return;
  throw new UserError(`there is no series ${id}`, `use one of ${known.join(', ')}`);
}

function noCell(catalog: Catalog, service: string, series: string): UserError {
  const known = [...catalog.components.values()]
    .filter(({ kind }) => kind === 'service')
    .map(({ name }) => name);
  return new UserError(
    `there is no cell ${service}/${series}`,
    `use a service that ${series} pins, of ${known.join(', ')}`,
  );
}
