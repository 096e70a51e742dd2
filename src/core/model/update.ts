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

/** One pin's way to a new ref. */
export interface Move {
  readonly pin: Pin;
  readonly to: SourceRef;
  readonly kind: MoveKind;
  readonly jump: Jump;
  readonly reason: string;
}

/** Why a pin does not move, or not as far as it could. */
export interface Held {
  readonly pin: Pin;
  /** Kebab-case, stable. */
  readonly code: string;
  /** The version that is not taken, where there is one. */
  readonly version?: string;
  readonly reason: string;
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
}
