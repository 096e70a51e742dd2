import type { LoggedCommit } from './commit-log.ts';

/** Some part of a commit's history, to be asked who contains whom. */
export interface HistoryTable {
  /** Children stand before their parents. */
  readonly log: readonly LoggedCommit[];
  /** Where a commit stands in `log`. */
  readonly places: ReadonlyMap<string, number>;
  readonly reverters: readonly LoggedCommit[];
}

export function historyTable(log: readonly LoggedCommit[]): HistoryTable {
  const places = new Map(log.map(({ commit }, index) => [commit, index] as const));
  return { log, places, reverters: log.filter(({ reverts }) => reverts.length > 0) };
}

/** The part of a table that is the history of one of its commits. */
export function historyOf(table: HistoryTable, commit: string): HistoryTable {
  const found = new Set([commit]);
  for (const { commit: child, parents } of table.log) {
    if (found.has(child)) for (const parent of parents) found.add(parent);
  }
  return historyTable(table.log.filter((logged) => found.has(logged.commit)));
}

/** Commits of the table that contain one of them, itself included. */
export function containing({ log, places }: HistoryTable, commit: string): ReadonlySet<string> {
  const place = places.get(commit);
  const found = new Set([commit]);
  if (place === undefined) return found;
  for (let index = place - 1; index >= 0; index -= 1) {
    const child = log[index];
    if (child?.parents.some((parent) => found.has(parent))) found.add(child.commit);
  }
  return found;
}

/** Commits of the table that stand before some others of it: their first parents and all before those. */
export function standingBefore(
  { log, places }: HistoryTable,
  commits: readonly string[],
): ReadonlySet<string> {
  const known = commits.flatMap((commit) => log[places.get(commit) ?? -1] ?? []);
  const found = new Set(known.flatMap(({ parents }) => parents.slice(0, 1)));
  if (found.size === 0) return found;
  for (const { commit, parents } of log) {
    if (found.has(commit)) for (const parent of parents) found.add(parent);
  }
  return found;
}

/** A commit that takes this one back and was not taken back itself. */
export function findReverter(
  table: HistoryTable,
  reverted: LoggedCommit,
): LoggedCommit | undefined {
  // A revert of master that was backported names the commit of master.
  const names = [reverted.commit, ...reverted.cherryPickedFrom, ...reverted.changeIds];
  const place = table.places.get(reverted.commit) ?? 0;
  return table.reverters.find((candidate) => {
    const takesBack = candidate.reverts.some((start) =>
      names.some((name) => name.startsWith(start)),
    );
    // What stands before it in the log is no ancestor of it. Each step goes on from there, and ends.
    const isLater = (table.places.get(candidate.commit) ?? 0) < place;
    return takesBack && isLater && findReverter(table, candidate) === undefined;
  });
}
