import { constraintsPath } from '../core/model/catalog.ts';
import type { Catalog, SeriesCatalog } from '../core/model/catalog.ts';
import type { ConstraintSet } from '../core/model/constraints.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Image } from '../core/model/image.ts';
import { BrokenRepository, UserError, WorldError } from '../core/model/failures.ts';
import type { BuildPlan, Cell } from '../core/model/plan.ts';
import type { Recipe } from '../core/model/recipe.ts';
import { catalogCells, planBuild } from '../core/decide/build-plan.ts';
import { cellConstraints, seriesConstraints } from '../core/decide/cell-inputs.ts';
import type { CellInputs, LockedSeries } from '../core/decide/cell-inputs.ts';
import { imageTags } from '../core/decide/image-tags.ts';
import type { BuildOrigin, ImageTags } from '../core/decide/image-tags.ts';
import { applyOverrides } from '../core/decide/overrides.ts';
import { cellRecipe } from '../core/decide/recipe.ts';
import type { ImagesRepository } from '../edge/git/repository.ts';
import type { WorkingTree } from '../edge/worktree/worktree.ts';
import type { Upstreams } from './shared/gather.ts';
import { lockedSeries } from './shared/locks.ts';
import { usableCatalog, workingCatalog } from './shared/usable.ts';

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
    const head = await cellsOf(world, workingCatalog(await world.workingTree.read()));
    return planBuild(head.catalog, head.cells, selection);
  }
  const base = await baseCells(world, selection.base);
  const head = await cellsOf(
    world,
    selection.head === undefined
      ? workingCatalog(await world.workingTree.read())
      : usableCatalog(await world.repository.snapshotAt(selection.head)),
  );
  return planBuild(head.catalog, head.cells, { kind: 'affected', base });
}

/** A base that cannot be used is what the change may mend: every image counts as new then. */
async function baseCells(world: PlanWorld, revision: string): Promise<readonly CellInputs[]> {
  const snapshot = await world.repository.snapshotAt(revision);
  try {
    return (await cellsOf(world, usableCatalog(snapshot))).cells;
  } catch (error) {
    const [first] = error instanceof BrokenRepository ? error.findings : [];
    if (!first) throw error;
    const { file, line, message } = first;
    world.notice(`${revision} cannot be used (${file}:${line}: ${message}), so all images are new`);
    return [];
  }
}

/** The effective constraints of a cell, or without a service those of the whole series. */
export async function constraints(
  world: PlanWorld,
  { series, service }: { readonly series: string; readonly service?: string },
): Promise<ConstraintSet> {
  const catalog = workingCatalog(await world.workingTree.read());
  requireSeries(catalog, series);
  requireConstraints(catalog, series);
  if (service === undefined) {
    const one = catalog.series.find(({ id }) => id === series);
    return one ? seriesConstraints(one, catalog.policy.python) : [];
  }
  const { image, locked } = await lockedCell(world, { catalog, series, service });
  return cellConstraints(image, locked);
}

/** Everything that a build of a service in a series is given. */
export async function recipe(
  world: PlanWorld,
  { series, service }: { readonly series: string; readonly service: string },
): Promise<Recipe> {
  const catalog = workingCatalog(await world.workingTree.read());
  requireSeries(catalog, series);
  const { image, locked } = await lockedCell(world, { catalog, series, service });
  // A check warns of it; an image is not to be built without what somebody meant to take out of it.
  const vain = vainRemovals(locked.series);
  if (vain.length > 0) throw new BrokenRepository(vain);
  const found = cellRecipe(image, locked);
  if (!found) throw noCell(catalog, service, series);
  return found;
}

function vainRemovals({ constraints: file, overrides }: SeriesCatalog): readonly Finding[] {
  if (!file) return [];
  const { findings } = applyOverrides(file, overrides);
  return findings.filter(({ code }) => code === 'override-removes-nothing');
}

interface WantedCell {
  readonly catalog: Catalog;
  readonly series: string;
  readonly service: string;
}

async function lockedCell(
  world: PlanWorld,
  { catalog, series, service }: WantedCell,
): Promise<{ readonly image: Image; readonly locked: LockedSeries }> {
  const locked = (await locksOf(world, catalog)).find((one) => one.series.id === series);
  const image = catalog.images.get(service);
  if (!locked || !image || !locked.lock.components.has(service))
    throw noCell(catalog, service, series);
  return { image, locked };
}

/** The image tags of a cell, built from a commit of the images repository. */
export async function tags(
  world: PlanWorld,
  request: Omit<BuildOrigin, 'defaultBranch'> & {
    readonly service: string;
    readonly series: string;
    readonly defaultBranch?: string;
  },
): Promise<ImageTags & { readonly cell: Cell }> {
  const { service, series, ...origin } = request;
  const { catalog, cells } = await cellsOf(world, workingCatalog(await world.workingTree.read()));
  requireSeries(catalog, series);
  const found = cells.find(
    ({ cell }) => cell.service === service && [cell.series, ...cell.sharedBy].includes(series),
  );
  if (!found) throw noCell(catalog, service, series);
  const cell = { ...found.cell, series };
  const defaultBranch = origin.defaultBranch ?? catalog.policy.branches[0] ?? 'main';
  return { ...imageTags(cell, { ...origin, defaultBranch }), cell };
}

async function cellsOf(
  world: PlanWorld,
  catalog: Catalog,
): Promise<{ readonly catalog: Catalog; readonly cells: readonly CellInputs[] }> {
  return { catalog, cells: catalogCells(catalog, await locksOf(world, catalog)) };
}

async function locksOf(world: PlanWorld, catalog: Catalog): Promise<readonly LockedSeries[]> {
  const { locked, failed } = await lockedSeries(world.upstream, catalog, world.notice);
  const first = failed.find(({ absent }) => absent === true) ?? failed[0];
  if (!first) return locked;
  const message = `${first.what}: ${first.why}`;
  if (first.absent) throw new UserError(message, 'correct the pin');
  throw new WorldError(message, 'run pinwheel lock once upstream can be asked');
}

function requireSeries(catalog: Catalog, id: string): void {
  const known = catalog.series.map((series) => series.id);
  if (known.includes(id)) return;
  throw new UserError(`there is no series ${id}`, `use one of ${known.join(', ')}`);
}

/** No file would read as "no constraints", and the build would take whatever is newest. */
function requireConstraints(catalog: Catalog, id: string): void {
  if (catalog.series.some((series) => series.id === id && series.constraints)) return;
  throw new UserError(`${constraintsPath(id)} is not there`, 'run pinwheel update --write');
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
