import type { PatchVerdict } from './patch-verdict.ts';

/** How it ended that a queue was to be applied to a source in a folder. */
export type ApplyOutcome =
  /** Nothing is carried for that component and series. */
  | 'no-patches'
  /** The source has all changes of the queue now. */
  | 'applied'
  /** A write that had been cut off was finished: the source has all changes now. */
  | 'finished'
  /** The source had all changes of the queue before. */
  | 'applied-before'
  /** At least one patch is no plain apply. */
  | 'does-not-apply'
  /** Each patch changes something, and all of them together nothing. */
  | 'changes-nothing';

/** What came of applying a queue to a source. Nothing was written unless it is said so. */
export interface AppliedQueue {
  readonly component: string;
  readonly series: string;
  /** The folder. */
  readonly source: string;
  readonly outcome: ApplyOutcome;
  /** In the order of the queue. */
  readonly verdicts: readonly PatchVerdict[];
  /** git's ids for the tree of the touched files alone; missing where none is touched. */
  readonly tree?: { readonly before: string; readonly after: string };
  /** Paths in the source that are different now, none twice. */
  readonly written: readonly string[];
}

/** Whether the source is one to build from, with all its patches, be they none. */
export function isPatched({ outcome }: Pick<AppliedQueue, 'outcome'>): boolean {
  return outcome === 'applied' || outcome === 'finished' || outcome === 'no-patches';
}
