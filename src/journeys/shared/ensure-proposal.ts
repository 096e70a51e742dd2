import { holdLabel } from '../../core/model/bot-branch.ts';
import type { ProposalMarker, Proposal } from '../../core/model/proposal.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { branchStep } from '../../core/decide/branch-step.ts';
import type { BranchStep, KnownPull } from '../../core/decide/branch-step.ts';
import { knownBranch } from '../../core/decide/known-branch.ts';
import type { KnownBranch } from '../../core/decide/known-branch.ts';
import {
  contentIn,
  readMarker,
  withContent,
  withMarker,
} from '../../core/formats/pull-request-marker.ts';
import { handsOffComment } from '../../core/render/pull-request-comments.ts';
import type { GitHubRepository } from '../../edge/github/repository.ts';
import type { PullRequest } from '../../edge/github/pulls.ts';
import { modesIn } from './remote-snapshot.ts';

/** Where proposals are made. */
export interface ProposalPlace {
  readonly repository: GitHubRepository;
  /** The bot's own account. */
  readonly account: string;
  /** The commit of the base branch that proposals stand on, and its files. */
  readonly onto: string;
  readonly snapshot: Snapshot;
}

/** What became of a proposal. */
export interface Ensured {
  readonly proposal: Proposal;
  readonly step: BranchStep['kind'] | 'raced' | 'over-limit';
  readonly pull?: number;
}

/** Drives a branch and its pull request to what a proposal says; writes nothing where they are so already. */
export async function ensureProposal(
  place: ProposalPlace,
  proposal: Proposal,
  { mayOpen }: { readonly mayOpen: boolean },
): Promise<Ensured> {
  const { repository } = place;
  const { base, branch } = proposal;
  const [pulls, known] = await Promise.all([
    repository.pulls.from(branch, base),
    lookAtBranch(place, base, branch),
  ]);
  const step = branchStep(proposal, known, await knownPulls(place, pulls));
  if (step.kind === 'open' && !mayOpen) return { proposal, step: 'over-limit' };
  if (step.kind === 'open' || step.kind === 'update') {
    return carryOut(place, step, { proposal, from: known?.head });
  }
  if (step.kind === 'hands-off' && step.pull) {
    await sayHandsOff(place, step.pull.number, step.commits);
  }
  return { proposal, step: step.kind, ...(step.pull && { pull: step.pull.number }) };
}

type Writing = Extract<BranchStep, { readonly kind: 'open' | 'update' }>;

async function carryOut(
  place: ProposalPlace,
  step: Writing,
  { proposal, from }: { readonly proposal: Proposal; readonly from: string | undefined },
): Promise<Ensured> {
  const { pulls } = place.repository;
  if (step.writeBranch && !(await writeBranch(place, proposal, from))) {
    return { proposal, step: 'raced' };
  }
  const { title, base, branch, draft } = proposal;
  const text = { title, body: withMarker(proposal.body, markerOf(proposal)) };
  if (step.kind === 'open') {
    const made = await pulls.create({ ...text, base, head: branch, draft });
    return { proposal, step: 'open', pull: made.number };
  }
  if (step.writeText) await pulls.edit(step.pull.number, text);
  return { proposal, step: 'update', pull: step.pull.number };
}

/** A branch of the bot; `undefined` where there is none. */
export async function lookAtBranch(
  { repository, account }: Pick<ProposalPlace, 'repository' | 'account'>,
  base: string,
  branch: string,
): Promise<KnownBranch | undefined> {
  const head = await repository.branches.head(branch);
  if (head === undefined) return undefined;
  const commits = await repository.branches.commitsSince(base, head);
  const found = commits?.map(({ message, ...commit }) => {
    const content = contentIn(message);
    return { ...commit, ...(content !== undefined && { content }) };
  });
  return knownBranch(head, found, account);
}

/** Only of an open one it matters whether it can be merged. */
function knownPulls(
  { repository }: ProposalPlace,
  pulls: readonly PullRequest[],
): Promise<readonly KnownPull[]> {
  return Promise.all(
    pulls.map(async ({ number, state, headSha, title, body: text, labels }) => ({
      ...{ number, state, headSha, title },
      ...readMarker(text),
      conflicts: state === 'open' && (await repository.pulls.conflicts(number)),
      held: labels.includes(holdLabel),
    })),
  );
}

/** False where somebody moved the branch meanwhile. */
async function writeBranch(
  { repository, onto, snapshot }: ProposalPlace,
  { branch, commits, content }: Proposal,
  from: string | undefined,
): Promise<boolean> {
  const last = commits.length - 1;
  const named = commits.map((commit, index) =>
    index === last ? { ...commit, message: withContent(commit.message, content) } : commit,
  );
  const modeOf = modesIn(snapshot);
  const head = await repository.branches.commit({ onto, commits: named, modeOf });
  return repository.branches.move(branch, head, from);
}

function markerOf({ branch, target, content }: Proposal): ProposalMarker {
  return { branch, target, content };
}

/** A locked pull request is left without words. */
async function sayHandsOff(
  { repository, account }: ProposalPlace,
  issue: number,
  commits: readonly string[],
): Promise<void> {
  const body = handsOffComment(commits);
  await repository.comments.offer({ issue, account, topic: 'hands-off', body });
}
