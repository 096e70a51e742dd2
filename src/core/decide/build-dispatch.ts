import { createHash } from 'node:crypto';
import type { Build, BuildCause, BuildCell, BuildRun } from '../model/build.ts';
import { isBuilding, isOpen } from '../model/build.ts';
import { cellName } from '../model/plan.ts';
import type { Cell, PlannedCell } from '../model/plan.ts';
import { stopWord } from './build-state.ts';

/** GitHub takes 256 jobs in a matrix, and 65,535 characters in all inputs of a dispatch. */
const mostCells = 256;
const mostCharacters = 65_535;
/** For the commit, the correlation id and their names. */
const otherInputs = 400;

export interface NewBuild {
  readonly repository: Build['repository'];
  readonly head: string;
  readonly lane: string;
  readonly publish: boolean;
  readonly cause: BuildCause;
  readonly cells: readonly PlannedCell[];
  readonly now: number;
  /** What makes it another build of the same cells for the same cause: a comment's command, say. */
  readonly occasion: string;
}

/** A build to be, in parts that GitHub takes. */
export function newBuild(wanted: NewBuild): Build {
  const { repository, head, lane, publish, cause, now } = wanted;
  const id = buildId(wanted);
  const parts = splitCells(wanted.cells);
  return {
    ...{ id, repository, head, lane, publish, cause, createdAt: now },
    runs: parts.map((_, part) => ({ part, correlation: `${id}-${part}`, retries: 0 })),
    cells: parts.flatMap((cells, part) =>
      cells.map((cell): BuildCell => ({ cell, part, state: 'queued', attempt: 1 })),
    ),
  };
}

/** The same for the same occasion: what is asked for twice, by a doubled webhook, is built once. */
function buildId({ repository, head, publish, cells, occasion }: NewBuild): string {
  const digests = cells.map((cell) => `${cellName(cell)} ${cell.digest}`);
  const parts = [repository.owner, repository.name, head, publish, occasion, ...digests];
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `pw-${hash.slice(0, 20)}`;
}

/** What the workflow is told of a cell: no more than it needs, for there is a limit. */
interface DispatchedCell {
  readonly service: string;
  readonly series: string;
  readonly ref: string;
  readonly commit: string;
  readonly version: string;
  readonly digest: string;
}

function dispatched({
  service,
  series,
  ref,
  commit,
  version,
  digest,
}: PlannedCell): DispatchedCell {
  return { service, series, ref, commit, version, digest };
}

/** Runs with as many cells each as GitHub takes; the order stays. */
export function splitCells(cells: readonly PlannedCell[]): readonly (readonly PlannedCell[])[] {
  const parts: PlannedCell[][] = [];
  let length = 0;
  for (const cell of cells) {
    const size = JSON.stringify(dispatched(cell)).length + 1;
    const part = parts.at(-1);
    if (part && part.length < mostCells && length + size <= mostCharacters - otherInputs) {
      part.push(cell);
      length += size;
    } else {
      parts.push([cell]);
      length = size;
    }
  }
  return parts;
}

/** Inputs of the workflow, by name: nothing in them was written by a stranger. */
export function dispatchInputs(build: Build, run: BuildRun): Readonly<Record<string, string>> {
  const cells = build.cells
    .filter(({ part }) => part === run.part)
    .map(({ cell }) => dispatched(cell));
  return {
    commit: build.head,
    publish: String(build.publish),
    correlation: run.correlation,
    cells: JSON.stringify(cells),
  };
}

/** Open builds that a newer head of their lane takes the place of. */
export function supersededBy(
  open: readonly Build[],
  newer: Pick<Build, 'lane' | 'head'> & { readonly id?: string },
): readonly Build[] {
  return open.filter(
    (build) =>
      build.lane === newer.lane &&
      build.head !== newer.head &&
      build.id !== newer.id &&
      isBuilding(build),
  );
}

/**
 * Cells of a push, with those that an earlier push of the branch wanted and nobody has built: that build ends
 * for this one. What is under way or built for this very commit is left out.
 */
export function withUnbuilt(
  planned: readonly PlannedCell[],
  known: {
    /** Builds that have not ended. */
    readonly open: readonly Build[];
    readonly target: Pick<Build, 'lane' | 'head'>;
    /** All that the commit has. */
    readonly cells: readonly { readonly cell: Cell }[];
  },
): readonly PlannedCell[] {
  const names = new Set(planned.map(cellName));
  const left = supersededBy(known.open, known.target)
    .flatMap(({ cells }) => cells.filter(({ state }) => state !== 'success'))
    .filter(({ cell }) => !names.has(cellName(cell)));
  const why = new Map(left.map(({ cell }) => [cellName(cell), cell.why]));
  const more = known.cells.flatMap(({ cell }) => {
    const reason = why.get(cellName(cell));
    return reason ? [{ ...cell, why: reason }] : [];
  });
  return [...planned, ...more];
}

/** Without the cells that are under way or built for the same commit, with the same inputs. */
export function notYetBuilt(
  cells: readonly PlannedCell[],
  builds: readonly Build[],
  publish: boolean,
): readonly PlannedCell[] {
  const there = new Set(
    builds
      .filter((build) => build.publish === publish && stopWord(build) === undefined)
      .flatMap((build) => build.cells)
      .filter(({ state }) => state === 'success' || isOpen(state))
      .map(({ cell }) => `${cellName(cell)} ${cell.digest}`),
  );
  return cells.filter((cell) => !there.has(`${cellName(cell)} ${cell.digest}`));
}

/** Somebody wants the same once more: what was not built, or all where everything was. */
export function cellsToRepeat(builds: readonly Build[]): readonly string[] {
  const cells = combined(builds)?.cells ?? [];
  const bad = cells.filter(({ state }) => state !== 'success');
  return (bad.length > 0 ? bad : cells).map(({ cell }) => cellName(cell));
}

/** What is known of a commit: the newest build, and the cells that only earlier ones have. */
export function combined(builds: readonly Build[]): Build | undefined {
  const newestFirst = [...builds].sort((a, b) => b.createdAt - a.createdAt);
  const [newest, ...older] = newestFirst;
  if (!newest) return undefined;
  const names = new Set(newest.cells.map(({ cell }) => cellName(cell)));
  const cells = [...newest.cells];
  const runs = [...newest.runs];
  for (const build of older) {
    const left = build.cells.filter(({ cell }) => !names.has(cellName(cell)));
    for (const { cell } of left) names.add(cellName(cell));
    cells.push(...left);
    runs.push(...build.runs.filter((run) => left.some(({ part }) => part === run.part)));
  }
  return { ...newest, cells, runs };
}

/** Names of the cells that failed last, each judged by the newest build of this head that has it. */
export function failedCells(builds: readonly Build[]): readonly string[] {
  const newest = new Map<string, BuildCell>();
  for (const build of [...builds].sort((a, b) => a.createdAt - b.createdAt)) {
    for (const cell of build.cells) newest.set(cellName(cell.cell), cell);
  }
  const bad: readonly BuildCell['state'][] = ['failure', 'lost', 'expired', 'skipped'];
  return [...newest].filter(([, { state }]) => bad.includes(state)).map(([name]) => name);
}
