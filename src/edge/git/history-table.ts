import type { CommitTable } from './commit-table.ts';

/** The history of one commit, as far as it is in a table; to be asked who contains whom. */
export interface HistoryTable {
  readonly all: CommitTable;
  /** 1 for each commit of the table that is in this history. */
  readonly members: Uint8Array;
}

/** `undefined` where the table does not have the commit. */
export function historyOf(all: CommitTable, commit: string): HistoryTable | undefined {
  const number = all.find(commit);
  return number < 0 ? undefined : { all, members: withAncestors(all, [number]) };
}

/** The number of a commit of this history; -1 where it is none. */
export function placeOf({ all, members }: HistoryTable, commit: string): number {
  const number = all.find(commit);
  return members[number] === 1 ? number : -1;
}

function parentsOf({ parentEnds, parents }: CommitTable, number: number): Uint32Array {
  return parents.subarray(parentEnds[number - 1] ?? 0, parentEnds[number]);
}

function withAncestors(all: CommitTable, numbers: readonly number[]): Uint8Array {
  const found = new Uint8Array(all.count);
  for (const number of numbers) found[number] = 1;
  const { parentEnds, parents } = all;
  let at = 0;
  for (let child = 0; child < all.count; child += 1) {
    const end = parentEnds[child] ?? 0;
    for (; at < end; at += 1) if (found[child] === 1) found[parents[at] ?? 0] = 1;
  }
  return found;
}

/** 1 for each commit of the history that contains this one, itself included. */
export function containing({ all, members }: HistoryTable, number: number): Uint8Array {
  const found = new Uint8Array(all.count);
  found[number] = 1;
  for (let child = number - 1; child >= 0; child -= 1) {
    const end = all.parentEnds[child] ?? 0;
    for (let at = all.parentEnds[child - 1] ?? 0; at < end && found[child] === 0; at += 1) {
      found[child] = (found[all.parents[at] ?? 0] ?? 0) & (members[child] ?? 0);
    }
  }
  return found;
}

/** 1 for each commit that stands before some others: their first parents and all before those. */
export function standingBefore(table: HistoryTable, commits: readonly string[]): Uint8Array {
  const known = commits.map((commit) => placeOf(table, commit)).filter((number) => number >= 0);
  const first = known.flatMap((number) => [...parentsOf(table.all, number).subarray(0, 1)]);
  return withAncestors(table.all, first);
}

/** A commit that takes this one back and was not taken back itself. */
export function findReverter(table: HistoryTable, reverted: number): number | undefined {
  const { all, members } = table;
  // A revert of master that was backported names the commit of master.
  const names = [all.idOf(reverted), ...all.said(reverted)];
  return all.reverts.find(({ by, of }) => {
    const takesBack = members[by] === 1 && names.some((name) => name.startsWith(of));
    // What stands before it in the log is no ancestor of it. Each step goes on from there, and ends.
    return takesBack && by < reverted && findReverter(table, by) === undefined;
  })?.by;
}
