import type { JudgedQueue } from './patch-verdict.ts';
import type { FileEdit } from './snapshot.ts';
import type { ConstraintMove, Move } from './update.ts';

/** What a pull request of the bot is for; with the base branch it names the branch. */
export type Lane =
  /** All moves of a series, but for those that have a lane of their own. */
  | { readonly kind: 'refs'; readonly series: string }
  /** A component whose patches have to be mended by a person first. */
  | { readonly kind: 'component'; readonly series: string; readonly component: string }
  /** A move that closes a hole: it waits for nothing else. */
  | { readonly kind: 'security'; readonly series: string; readonly component: string }
  | { readonly kind: 'constraints'; readonly series: string };

/** A pin that stays, of a branch whose head is another commit than the lock says. */
export interface Drift {
  readonly series: string;
  readonly component: string;
  readonly branch: string;
  /** `undefined` where no lock held it yet. */
  readonly from?: string;
  readonly to: string;
}

/** What goes into one pull request, before any file is touched. */
export interface ProposalGroup {
  readonly lane: Lane;
  /** The branch that it is to be merged into. */
  readonly base: string;
  /** True where a person has to mend something first. */
  readonly draft: boolean;
  readonly moves: readonly Move[];
  /** The queues of its moves, tried on what they move to, with their repairs. */
  readonly queues: readonly JudgedQueue[];
  readonly drifts: readonly Drift[];
  readonly constraints?: ConstraintMove;
}

/** One commit of a proposal: one idea, which can be reverted alone. */
export interface ProposedCommit {
  /** Subject, empty line, body. */
  readonly message: string;
  readonly edits: readonly FileEdit[];
}

/** A pull request to be. */
export interface Proposal {
  readonly lane: Lane;
  readonly base: string;
  /** The branch that it comes from: `pinwheel/main/2025.2/refs`. */
  readonly branch: string;
  readonly title: string;
  /** Markdown, without the marker. */
  readonly body: string;
  readonly draft: boolean;
  /** The last one is never empty of edits. */
  readonly commits: readonly ProposedCommit[];
  /** What it moves to, as a hash: a closed pull request with the same one is not opened again. */
  readonly target: string;
  /** False where upstream did not say all of what may belong to it. */
  readonly isSettled?: boolean;
  /** What its commits hold, as a hash: a branch with the same one is left as it is. */
  readonly content: string;
}

/** What the bot hides in a pull request's body, to know it again. */
export interface ProposalMarker {
  /** The branch that the pull request comes from. */
  readonly branch: string;
  readonly target: string;
  readonly content: string;
}
