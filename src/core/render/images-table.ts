import { isOpen } from '../model/build.ts';
import type { BuildCell, CellState } from '../model/build.ts';
import { cellName } from '../model/plan.ts';
import type { BuildReason, SkippedCell } from '../model/plan.ts';
import { code, link, table } from './markdown.ts';

export const stateWords: Readonly<Record<CellState, string>> = {
  queued: '⏳ queued',
  running: '🔨 running',
  success: '✅ built',
  failure: '❌ failed',
  cancelled: '🚫 cancelled',
  skipped: '⏭️ skipped',
  superseded: '↪️ superseded',
  lost: '❓ lost',
  expired: '⌛ expired',
};

/** What GitHub said, where that kept something from being begun or looked at. */
export function refusalWords(problem: string): string {
  return `GitHub refuses: ${code(problem)}.`;
}

/** In the order in which a reader wants them. */
export const stateOrder: readonly CellState[] = [
  'failure',
  'lost',
  'expired',
  'skipped',
  'cancelled',
  'superseded',
  'running',
  'queued',
  'success',
];

const head = ['image', 'state', 'why', 'time', 'version', 'tags', 'digest'] as const;

/** The last columns, which have something where images are published. */
const published: readonly string[] = ['tags', 'digest'];

/** One row for each image, and no column that is empty for all of them: a phone is narrow. */
export function cellTable(cells: readonly BuildCell[]): string {
  const rows = cells.toSorted(byState).map(rowOf);
  const told = head.map((name, at) => !published.includes(name) || rows.some((row) => row[at]));
  function shown(row: readonly string[]): readonly string[] {
    return row.filter((_, at) => told[at]);
  }
  return table(shown(head), rows.map(shown));
}

function byState(a: BuildCell, b: BuildCell): number {
  return stateOrder.indexOf(a.state) - stateOrder.indexOf(b.state);
}

function rowOf(one: BuildCell): readonly string[] {
  const { cell, state, job, attempt, result } = one;
  const shown = job ? link(stateWords[state], job.url) : stateWords[state];
  const tags = result?.tags ?? [];
  return [
    code(cellName(cell)),
    attempt > 1 ? `${shown} (attempt ${attempt})` : shown,
    reasonWords(cell.why),
    durationOf(one),
    code(result?.version ?? cell.version),
    tags.slice(0, 3).map(code).join('<br>') +
      (tags.length > 3 ? `<br>and ${tags.length - 3} more` : ''),
    code((result?.image ?? '').replace(/^(sha256:[0-9a-f]{12}).*$/, '$1')),
  ];
}

/** Hundreds of images: all of them by name, and in full those that a reader looks for. */
export function shortTable(cells: readonly BuildCell[]): string {
  const rows = stateOrder.flatMap((state) => {
    const names = cells.filter((one) => one.state === state).map(({ cell }) => cell);
    if (names.length === 0) return [];
    const byService = Map.groupBy(names, ({ service }) => service);
    const lines = [...byService].map(
      ([service, all]) => `${service} ${all.map(({ series }) => series).join(' ')}`,
    );
    return [[stateWords[state], String(names.length), code(lines.join(' · '))]];
  });
  return table(['state', 'images', 'which'], rows);
}

function durationOf({ state, startedAt, endedAt }: BuildCell): string {
  if (startedAt === undefined) return '';
  // The time that goes on is not told: the text would never be the same.
  if (endedAt === undefined) return isOpen(state) ? '…' : '';
  const seconds = Math.max(0, Math.round((endedAt - startedAt) / 1000));
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}

export function reasonWords(why: BuildReason): string {
  switch (why.kind) {
    case 'all':
      return 'all are built';
    case 'asked':
      return 'asked for';
    case 'new':
      return 'new';
    case 'changed':
      return why.changes
        .map(({ part, detail }) => (detail === undefined ? part : `${part}: ${code(detail)}`))
        .join('<br>');
  }
}

export function skipWords({ why }: SkippedCell): string {
  switch (why.kind) {
    case 'unchanged':
      return 'nothing that goes into it changed';
    case 'not-pinned':
      return 'the series does not pin it';
    case 'shared':
      return `it is the same image as ${code(why.with)}`;
    case 'not-asked':
      return 'it was not asked for';
  }
}
