import type { Proposal, ProposalMarker } from '../model/proposal.ts';
import type { KnownBranch } from './known-branch.ts';

/** A pull request from a branch of the bot, open or not. */
export interface KnownPull {
  readonly number: number;
  readonly state: 'open' | 'closed' | 'merged';
  /** The commit that its branch is, or was when it was closed. */
  readonly headSha: string;
  readonly title: string;
  /** Without the marker. */
  readonly body: string;
  /** `undefined` where somebody took it out of the body. */
  readonly marker?: ProposalMarker;
  /** Unknown is no conflict. */
  readonly conflicts: boolean;
  /** Label by which people ask the bot to leave it alone. */
  readonly held: boolean;
}

/** What to do about a proposal. */
export type BranchStep =
  | { readonly kind: 'open'; readonly writeBranch: boolean }
  | {
      readonly kind: 'update';
      readonly pull: KnownPull;
      readonly writeBranch: boolean;
      readonly writeText: boolean;
    }
  | { readonly kind: 'nothing'; readonly pull: KnownPull }
  /** A person closed the pull request that moved to the same target. */
  | { readonly kind: 'ignored'; readonly pull: KnownPull }
  | { readonly kind: 'held'; readonly pull: KnownPull }
  /** What it moves may be another set when upstream answers again, and somebody has seen this one. */
  | { readonly kind: 'waits'; readonly pull: KnownPull }
  /** Somebody else's commits are on the branch. */
  | { readonly kind: 'hands-off'; readonly commits: readonly string[]; readonly pull?: KnownPull };

/** Drives one branch and its pull request to what a proposal says. `pulls`: of that branch, newest first. */
export function branchStep(
  proposal: Proposal,
  branch: KnownBranch | undefined,
  pulls: readonly KnownPull[],
): BranchStep {
  const open = pulls.find(({ state }) => state === 'open');
  if (isMerged(branch, pulls)) return { kind: 'open', writeBranch: true };
  if (branch && branch.foreign.length > 0) {
    return { kind: 'hands-off', commits: branch.foreign, ...(open && { pull: open }) };
  }
  if (open) return openStep(proposal, branch, open);
  return closedStep(proposal, branch, pulls);
}

/** Where no pull request is open. */
function closedStep(
  proposal: Proposal,
  branch: KnownBranch | undefined,
  pulls: readonly KnownPull[],
): BranchStep {
  const closed = pulls.find(({ state }) => state === 'closed');
  if (closed && closed === pulls[0] && proposal.isSettled === false) {
    return { kind: 'waits', pull: closed };
  }
  if (closed?.marker?.target === proposal.target) return { kind: 'ignored', pull: closed };
  return { kind: 'open', writeBranch: branch?.content !== proposal.content };
}

/** All that the branch has is in the base, whoever made it, and however it was merged. */
function isMerged(branch: KnownBranch | undefined, [newest]: readonly KnownPull[]): boolean {
  return branch !== undefined && newest?.state === 'merged' && newest.headSha === branch.head;
}

function openStep(
  proposal: Proposal,
  branch: KnownBranch | undefined,
  pull: KnownPull,
): BranchStep {
  if (pull.held) return { kind: 'held', pull };
  if (proposal.isSettled === false) return { kind: 'waits', pull };
  const writeBranch = branch?.content !== proposal.content || pull.conflicts;
  const writeText = !saysTheSame(proposal, pull);
  if (!writeBranch && !writeText) return { kind: 'nothing', pull };
  return { kind: 'update', pull, writeBranch, writeText };
}

function saysTheSame({ title, body, target, content }: Proposal, pull: KnownPull): boolean {
  const sameMarker = pull.marker?.target === target && pull.marker.content === content;
  return sameMarker && pull.title === title && pull.body.trim() === body.trim();
}
