import { UserError } from '../model/failures.ts';
import type { Catalog } from '../model/catalog.ts';
import { cellName } from '../model/plan.ts';
import type {
  BuildPlan,
  BuildReason,
  InputChange,
  PlannedCell,
  SkippedCell,
} from '../model/plan.ts';
import { cellInputs } from './cell-inputs.ts';
import type { CellInputs, InputEntry, LockedSeries } from './cell-inputs.ts';

/** Which cells somebody wants. */
export type PlanRequest =
  | { readonly kind: 'all' }
  /** Those whose input digest at the base differs; `base` has the inputs there. */
  | { readonly kind: 'affected'; readonly base: readonly CellInputs[] }
  /** Cells by name, whether or not anything changed. */
  | { readonly kind: 'named'; readonly names: readonly string[] };

/** Every cell of a catalog with its inputs, services in name order, series oldest first. */
export function catalogCells(
  catalog: Catalog,
  locked: readonly LockedSeries[],
): readonly CellInputs[] {
  return services(catalog).flatMap((name) => {
    const image = catalog.images.get(name);
    if (!image) return [];
    const cells = locked.flatMap((series) => cellInputs(image, series) ?? []);
    return catalog.components.get(name)?.build === 'autotools' ? shareEqual(cells) : cells;
  });
}

/** Cells to build with the reason for each, and cells left out with the reason for that. */
export function planBuild(
  catalog: Catalog,
  head: readonly CellInputs[],
  request: PlanRequest,
): BuildPlan {
  if (request.kind === 'named') checkNames(head, request.names);
  const cells: PlannedCell[] = [];
  const skipped: SkippedCell[] = [...unpinned(catalog, head)];
  for (const inputs of head) {
    const why = buildReason(inputs, request);
    const { service, series } = inputs.cell;
    if (why) cells.push({ ...inputs.cell, why });
    else {
      const kind = request.kind === 'named' ? 'not-asked' : 'unchanged';
      skipped.push({ service, series, why: { kind } });
    }
  }
  return { cells, skipped };
}

/** What differs between two states of a cell, part by part. */
function inputChanges(before: CellInputs, after: CellInputs): readonly InputChange[] {
  return [...after.parts].flatMap(([part, entries]) => {
    const detail = entryChanges(before.parts.get(part) ?? [], entries);
    return detail.length === 0 ? [] : [{ part, detail: summary(detail) }];
  });
}

function services(catalog: Catalog): readonly string[] {
  return [...catalog.components.values()]
    .filter(({ kind }) => kind === 'service')
    .map(({ name }) => name)
    .sort();
}

/** One image for all series with the same inputs; it is named after the newest of them. */
function shareEqual(cells: readonly CellInputs[]): readonly CellInputs[] {
  const byDigest = Map.groupBy(cells, ({ cell }) => cell.digest);
  return [...byDigest.values()].flatMap((group) => {
    const newest = group.at(-1);
    if (!newest) return [];
    const sharedBy = group.slice(0, -1).map(({ cell }) => cell.series);
    return [{ ...newest, cell: { ...newest.cell, sharedBy } }];
  });
}

function buildReason(inputs: CellInputs, request: PlanRequest): BuildReason | undefined {
  switch (request.kind) {
    case 'all':
      return { kind: 'all' };
    case 'named':
      return request.names.includes(cellName(inputs.cell)) ? { kind: 'asked' } : undefined;
    case 'affected':
      return changeReason(inputs, request.base);
  }
}

function changeReason(head: CellInputs, base: readonly CellInputs[]): BuildReason | undefined {
  if (isOwnDigest(head, base)) return undefined;
  const before = base.find(({ cell }) => cellName(cell) === cellName(head.cell));
  return before ? { kind: 'changed', changes: inputChanges(before, head) } : { kind: 'new' };
}

/** True where the base has the very digest for this cell, under its own series or one that shares it. */
function isOwnDigest({ cell }: CellInputs, base: readonly CellInputs[]): boolean {
  return base.some(
    ({ cell: other }) =>
      other.service === cell.service &&
      other.digest === cell.digest &&
      [other.series, ...other.sharedBy].some(
        (id) => id === cell.series || cell.sharedBy.includes(id),
      ),
  );
}

function unpinned(catalog: Catalog, head: readonly CellInputs[]): readonly SkippedCell[] {
  return services(catalog).flatMap((service) =>
    catalog.series.flatMap(({ id: series }): SkippedCell[] => {
      const cell = head.find(
        (one) =>
          one.cell.service === service && [one.cell.series, ...one.cell.sharedBy].includes(series),
      )?.cell;
      if (!cell) return [{ service, series, why: { kind: 'not-pinned' } }];
      if (cell.series === series) return [];
      return [{ service, series, why: { kind: 'shared', with: cellName(cell) } }];
    }),
  );
}

function checkNames(head: readonly CellInputs[], names: readonly string[]): void {
  const known = head.map(({ cell }) => cellName(cell));
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const text = known.length > 0 ? `use one of ${known.join(', ')}` : 'pin a service first';
  throw new UserError(`there is no cell ${unknown}`, text);
}

function entryChanges(
  before: readonly InputEntry[],
  after: readonly InputEntry[],
): readonly string[] {
  const old = new Map(before.map((entry) => [entry.name, entry]));
  const now = new Set(after.map(({ name }) => name));
  return [
    ...after.flatMap((entry) => {
      const was = old.get(entry.name);
      if (!was) return [`+${entry.name}`];
      if (was.value === entry.value) return [];
      return [`${entry.name} ${was.label} → ${entry.label}`];
    }),
    ...before.filter(({ name }) => !now.has(name)).map(({ name }) => `-${name}`),
  ];
}

function summary(changes: readonly string[]): string {
  const shown = changes.slice(0, 3).join(', ');
  return changes.length > 3 ? `${shown} and ${changes.length - 3} more` : shown;
}
