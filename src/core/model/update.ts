import type { Failure } from './failures.ts';
import type { PatchVerdict } from './patch-verdict.ts';
import type { SeriesStatus } from './series.ts';
import type { Pin, SourceRef } from './source-ref.ts';

export type MoveKind =
  /** A tag to a newer version of the same series. */
  | 'version'
  /** A commit to the head of the branch it follows. */
  | 'head'
  /** A branch that was renamed or retired upstream, to what took its place. */
  | 'branch';

/** Size of a move as SemVer classifies it; `none` where it does not say (commits, branches). */
export type Jump = 'major' | 'minor' | 'patch' | 'none';

/** Why a pin moves. */
export type MoveReason =
  /** The newest allowed version; `from` names the series the old pin belonged to, where that was another. */
  | { readonly kind: 'newest'; readonly series: string; readonly wrongSeries?: readonly string[] }
  | { readonly kind: 'newest-of-line'; readonly line: string }
  | { readonly kind: 'branch-head'; readonly branch: string }
  | { readonly kind: 'branch-renamed'; readonly branch: string; readonly successor: string }
  | { readonly kind: 'branch-retired'; readonly branch: string; readonly successor: string };

/** Why a pin stays where it is although there is a better ref: its patches have to fit as well. */
export type MoveStay =
  /** The first patch that does not fit the new ref. */
  | { readonly kind: 'patch'; readonly verdict: PatchVerdict }
  /** The world failed before they could be tried. */
  | { readonly kind: 'untried'; readonly why: string };

/** One pin's way to a new ref. */
export interface Move {
  readonly pin: Pin;
  readonly to: SourceRef;
  /** The commit that `to` names now. */
  readonly commit: string;
  readonly kind: MoveKind;
  readonly jump: Jump;
  readonly why: MoveReason;
  /** Missing where the patches fit, and where there are none. */
  readonly stay?: MoveStay;
}

/** Why a pin does not move, or not as far as it could. The kinds are stable: people search for them. */
export type HeldReason =
  | { readonly kind: 'newest'; readonly status: SeriesStatus }
  | { readonly kind: 'newest-of-line'; readonly line: string }
  | { readonly kind: 'ignored'; readonly until?: string; readonly because: string }
  | { readonly kind: 'prerelease'; readonly status: SeriesStatus }
  | { readonly kind: 'not-tagged'; readonly seriesName: string }
  | { readonly kind: 'other-series'; readonly belongsTo: readonly string[] }
  | {
      readonly kind: 'wrong-series';
      readonly belongsTo: readonly string[];
      readonly newest?: string;
    }
  | { readonly kind: 'series-disagrees'; readonly listed: string; readonly tagSays: string }
  | { readonly kind: 'commit-differs'; readonly listed: string; readonly tagged: string }
  | { readonly kind: 'unverified'; readonly problem: string }
  | { readonly kind: 'unreachable'; readonly problem: string }
  | { readonly kind: 'unknown-component'; readonly nearest?: string }
  | { readonly kind: 'unknown-series' }
  | { readonly kind: 'no-deliverable'; readonly branch: string }
  | { readonly kind: 'no-version'; readonly seriesName: string }
  | { readonly kind: 'history-unread'; readonly problem: string }
  | { readonly kind: 'at-head'; readonly branch: string }
  | {
      readonly kind: 'follows';
      readonly branch: string;
      readonly head: string;
      readonly locked?: string;
    }
  | { readonly kind: 'branch-gone'; readonly branch: string; readonly looked: readonly string[] }
  | { readonly kind: 'end-of-life'; readonly series: string }
  | { readonly kind: 'not-a-version' };

export interface Held {
  readonly pin: Pin;
  /** The version that is not taken, where there is one. */
  readonly version?: string;
  readonly why: HeldReason;
}

/** One changed entry of a constraints file. `marker` is `''` for none. */
export interface ConstraintChange {
  readonly name: string;
  readonly marker: string;
  readonly from: string;
  readonly to: string;
  /** What an override says of that name, where it hides this change. */
  readonly shadowedBy?: string;
}

export interface ConstraintPresence {
  readonly name: string;
  readonly marker: string;
  readonly version: string;
}

/** A hand edit inside the vendored file that a sync keeps. */
export interface KeptEdit {
  readonly name: string;
  readonly marker: string;
  /** `undefined`: the line was removed by hand. */
  readonly local?: string;
  readonly upstream?: string;
  /** The line for overrides/<series>/constraints.txt that says the same. */
  readonly override: string;
  readonly line: number;
}

/** What a sync of upper-constraints.txt would change. */
export interface ConstraintDelta {
  readonly changed: readonly ConstraintChange[];
  readonly added: readonly ConstraintPresence[];
  readonly removed: readonly ConstraintPresence[];
}

export interface ConstraintMove extends ConstraintDelta {
  readonly series: string;
  /** `undefined` where the vendored file names no commit. */
  readonly from?: string;
  readonly to: string;
  readonly ref: string;
  readonly kept: readonly KeptEdit[];
  /** The whole new text of upper-constraints.txt. */
  readonly text: string;
}

/** What would move, and why the rest does not. */
export interface UpdatePlan {
  readonly moves: readonly Move[];
  readonly held: readonly Held[];
  readonly constraints: readonly ConstraintMove[];
  /** What the world did not give: the plan is silent about it. */
  readonly failed: readonly Failure[];
}
