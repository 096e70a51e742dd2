import type { FileMode } from './snapshot.ts';

/*
 * What git says about the patches of a queue on a source. Facts only: what they mean is decided in
 * core/decide/patch-verdict.ts.
 */

/** What stands at a path of a source: a blob and its mode, `undefined` where nothing does. */
export interface PathState {
  readonly path: string;
  readonly blob?: string;
  readonly mode?: FileMode | 'gitlink';
}

/** One hunk, or one whole file, that git could not place. Numbers count from 1. */
export interface HunkFailure {
  readonly path: string;
  readonly hunk?: number;
  /** Line of the source where git looked. */
  readonly line?: number;
  /** git's reason in a few words: `does not exist in index`, `patch does not apply`. */
  readonly why: string;
}

/** How one `git apply` on the index went. */
export type ApplyFact =
  | {
      readonly ok: true;
      /** Hunks that git placed elsewhere than the patch says; lines, positive is further down. */
      readonly offsets: readonly {
        readonly path: string;
        readonly hunk: number;
        readonly lines: number;
      }[];
      /** Touched paths that are different now. Empty: git skipped the patch, or it changes nothing. */
      readonly changes: readonly PathState[];
    }
  | { readonly ok: false; readonly failures: readonly HunkFailure[] };

/** A 3-way merge of the patch's change into the source, from the patch's own pre-image blobs. */
export type ThreeWayFact =
  | {
      readonly kind: 'clean';
      readonly changes: readonly PathState[];
      /** Paths into which the merge puts a block that stands there already. */
      readonly doubled?: readonly string[];
    }
  /** The merge gives the source as it is. */
  | { readonly kind: 'no-op' }
  | { readonly kind: 'conflict'; readonly paths: readonly string[] }
  /** Pre-images that no repository has: the patch's base cannot be found. */
  | { readonly kind: 'base-unknown'; readonly blobs: readonly string[] };

/** A commit of the source's history that may be the patch's change. */
export interface HistoryMatch {
  readonly by: 'ancestor' | 'change-id' | 'cherry-pick' | 'patch-id';
  readonly commit: string;
  readonly subject: string;
  /** The commit that took it back, where one did and nothing brought it again. */
  readonly revertedBy?: string;
  /** First version tag that contains the commit; `undefined` where none does yet. */
  readonly firstTag?: string;
}

/** All that was found out about one patch on the result of those before it. */
export interface PatchTrial {
  /** Path in the images repository. */
  readonly path: string;
  readonly forward: ApplyFact;
  /** Asked only where `forward` failed, or changed nothing. */
  readonly reverse?: ApplyFact;
  readonly threeWay?: ThreeWayFact;
  /** `undefined` where history was not asked. */
  readonly history?: readonly HistoryMatch[];
}
