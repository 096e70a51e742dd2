import { UserError } from '../model/failures.ts';
import type { Catalog } from '../model/catalog.ts';
import { cellName } from '../model/plan.ts';
import type {
  BuildPlan,
  BuildReason,
  Cell,
  InputChange,
  PlannedCell,
  SkippedCell,
} from '../model/plan.ts';
import { cellInputs, shareSeries } from './cell-inputs.ts';
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
  const shared = locked.map(shareSeries);
  return services(catalog).flatMap((name) => {
    const image = catalog.images.get(name);
    if (!image) return [];
    const cells = shared.flatMap((series) => cellInputs(image, series) ?? []);
    return catalog.components.get(name)?.build === 'autotools' ? shareEqual(cells) : cells;
  });
}

/** Cells to build with the reason for each, and cells left out with the reason for that. */
export function planBuild(
  catalog: Catalog,
  head: readonly CellInputs[],
  request: PlanRequest,
): BuildPlan {
  const known = byName(head);
  if (request.kind === 'named') checkNames(known, request.names);
  const base = request.kind === 'affected' ? byName(request.base) : new Map<string, CellInputs>();
  const cells: PlannedCell[] = [];
  const skipped: SkippedCell[] = [...unpinned(catalog, known)];
  for (const inputs of head) {
    const why = buildReason(inputs, request, base);
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

/** Cells by all their names. */
type Named = ReadonlyMap<string, CellInputs>;

function byName(cells: readonly CellInputs[]): Named {
  return new Map(cells.flatMap((one) => cellNames(one.cell).map((name) => [name, one] as const)));
}

/** The names that a cell goes by: under its own series, and under those that share it. */
function cellNames({ service, series, sharedBy }: Cell): readonly string[] {
  return [series, ...sharedBy].map((id) => cellName({ service, series: id }));
}

function buildReason(
  inputs: CellInputs,
  request: PlanRequest,
  base: Named,
): BuildReason | undefined {
  switch (request.kind) {
    case 'all':
      return { kind: 'all' };
    case 'named':
      return cellNames(inputs.cell).some((name) => request.names.includes(name))
        ? { kind: 'asked' }
        : undefined;
    case 'affected':
      return changeReason(inputs, base);
  }
}

function changeReason(head: CellInputs, base: Named): BuildReason | undefined {
  const same = cellNames(head.cell).flatMap((name) => base.get(name) ?? []);
  if (same.some(({ cell }) => cell.digest === head.cell.digest)) return undefined;
  const [before] = same;
  return before ? { kind: 'changed', changes: inputChanges(before, head) } : { kind: 'new' };
}

function unpinned(catalog: Catalog, head: Named): readonly SkippedCell[] {
  return services(catalog).flatMap((service) =>
    catalog.series.flatMap(({ id: series }): SkippedCell[] => {
      const cell = head.get(cellName({ service, series }))?.cell;
      if (!cell) return [{ service, series, why: { kind: 'not-pinned' } }];
      if (cell.series === series) return [];
      return [{ service, series, why: { kind: 'shared', with: cellName(cell) } }];
    }),
  );
}

function checkNames(head: Named, names: readonly string[]): void {
  const unknown = names.find((name) => !head.has(name));
  if (unknown === undefined) return;
  const known = [...head.keys()].sort().join(', ');
  const text = head.size > 0 ? `use one of ${known}` : 'pin a service first';
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
