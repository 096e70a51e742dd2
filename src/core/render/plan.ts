import type { BuildPlan, BuildReason, PlannedCell, SkipReason } from '../model/plan.ts';
import type { Table } from './table.ts';

/** The plan as the command line's JSON; keys are a contract (docs/design.md). */
export function planJson(plan: BuildPlan): object {
  return {
    cells: plan.cells.map(cellJson),
    skipped: plan.skipped.map(({ service, series, why }) => ({
      service,
      series,
      reason: skipReason(why),
    })),
  };
}

/** The matrix of a GitHub Actions job: one entry a cell, values as strings. */
export function planMatrix(plan: BuildPlan): object {
  return {
    include: plan.cells.map(({ service, series, ref, commit, version, digest }) => ({
      service,
      series,
      ref,
      commit,
      version,
      digest,
    })),
  };
}

export function planTables(plan: BuildPlan): readonly Table[] {
  return [
    {
      title: 'Build',
      head: ['cell', 'version', 'inputs', 'why'],
      rows: plan.cells.map((cell) => [
        `${cell.service}/${cell.series}`,
        cell.version,
        cell.digest.slice(0, 'v1:sha256:'.length + 12),
        buildReason(cell.why),
      ]),
    },
    {
      title: 'Left out',
      head: ['cell', 'why'],
      rows: plan.skipped.map(({ service, series, why }) => [
        `${service}/${series}`,
        skipReason(why),
      ]),
    },
  ].filter(({ rows }) => rows.length > 0);
}

export function planSummary({ cells, skipped }: BuildPlan): string {
  const left = `${skipped.length} left out`;
  if (cells.length === 0) return `nothing to build; ${left}`;
  return `${cells.length} ${cells.length === 1 ? 'image' : 'images'} to build; ${left}`;
}

export function buildReason(why: BuildReason): string {
  switch (why.kind) {
    case 'all':
      return 'every image was asked for';
    case 'asked':
      return 'asked for by name';
    case 'new':
      return 'new: the base has no such image';
    case 'changed':
      return why.changes
        .map(({ part, detail }) => (detail === undefined ? part : `${part}: ${detail}`))
        .join('; ');
  }
}

function skipReason(why: SkipReason): string {
  switch (why.kind) {
    case 'unchanged':
      return 'nothing that goes into it changed';
    case 'not-pinned':
      return 'the series does not pin it';
    case 'shared':
      return `shares its image with ${why.with}`;
    case 'not-asked':
      return 'not asked for';
  }
}

function cellJson(cell: PlannedCell): object {
  const { service, series, sharedBy, ref, commit, version, patches, digest, why } = cell;
  const reason = buildReason(why);
  return { service, series, sharedBy, ref, commit, version, patches, digest, reason };
}
