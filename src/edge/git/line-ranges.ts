import type { PatchHunk } from '../../core/model/patch-content.ts';

/** Lines of a file, counted from 1. Without any, it is the gap after line `start`. */
export interface LineRange {
  readonly start: number;
  readonly count: number;
}

/** Lines that are not the same in two states of a file. */
export interface LineChange {
  readonly before: LineRange;
  readonly after: LineRange;
}

/** The changes of a diff without context lines (`-U0`) of one file. */
export function readChanges(diff: string): readonly LineChange[] {
  const heads = diff.matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm);
  return [...heads].map(([, a = '', aCount = '1', b = '', bCount = '1']) => ({
    before: { start: Number(a), count: Number(aCount) },
    after: { start: Number(b), count: Number(bCount) },
  }));
}

/**
 * Changes of what a hunk was made for, context lines included. A `reach` of 1 takes those next to it too:
 * a hunk without context on one side wants to be at that end of the file.
 */
export function changesOf(
  changes: readonly LineChange[],
  { oldStart, oldLines }: Pick<PatchHunk, 'oldStart' | 'oldLines'>,
  reach: 0 | 1,
): readonly LineChange[] {
  const first = oldStart - reach;
  const last = oldStart + Math.max(oldLines - 1, oldLines === 0 ? 1 : 0) + reach;
  return changes.filter(({ before: { start, count } }) =>
    count === 0 ? start >= first && start < last : start <= last && start + count > first,
  );
}

/** First and last line by which git can follow a range: of a gap, the lines around it. */
export function followed({ start, count }: LineRange): string {
  return count === 0 ? `${Math.max(start, 1)},${start + 1}` : `${start},${start + count - 1}`;
}
