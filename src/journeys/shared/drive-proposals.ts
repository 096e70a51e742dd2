import type { Proposal } from '../../core/model/proposal.ts';
import { isBotBranch } from '../../core/model/bot-branch.ts';
import { isRefusal } from '../../core/model/failures.ts';
import type { SweptBase, SweptStep } from '../../core/render/sweep.ts';
import type { PullRequest } from '../../edge/github/pulls.ts';
import { dropObsolete, obsoletePulls } from './drop-obsolete.ts';
import { ensureProposal } from './ensure-proposal.ts';
import type { ProposalPlace } from './ensure-proposal.ts';

interface Wanted {
  readonly base: string;
  /** The urgent ones first. */
  readonly proposals: readonly Proposal[];
  /** How many questions had no answer: what is not proposed may be so for want of them. */
  readonly unknown: number;
  /** Pull requests that may be open at a time, of all bases together. */
  readonly most: number;
}

/** Opens and updates what should be there, and closes what has nothing left to do. */
export async function driveProposals(
  place: ProposalPlace,
  { base, proposals, unknown, most }: Wanted,
): Promise<Pick<SweptBase, 'steps' | 'closed'>> {
  const { repository, account } = place;
  const open = (await repository.pulls.open()).filter(
    ({ author, head }) => author === account && isBotBranch(head),
  );
  const here = open.filter((pull) => pull.base === base);
  const obsolete = unknown > 0 ? [] : obsoletePulls(here, proposals);
  let taken = open.length - obsolete.length;
  const steps: Step[] = [];
  for (const proposal of proposals) {
    // What closes a hole waits for nothing.
    const mayOpen = taken < most || proposal.lane.kind === 'security';
    const step = await stepFor(place, proposal, mayOpen);
    if (step.step === 'open') taken += 1;
    steps.push(step);
  }
  const dropped = await dropAll(place, obsolete, steps);
  return { steps: [...steps, ...dropped.steps], closed: dropped.closed };
}

interface Step extends SweptStep {
  readonly pull?: number;
}

async function stepFor(place: ProposalPlace, proposal: Proposal, mayOpen: boolean): Promise<Step> {
  const { branch } = proposal;
  try {
    const { step, pull } = await ensureProposal(place, proposal, { mayOpen });
    return { branch, step, ...(pull !== undefined && { pull }) };
  } catch (error) {
    return refusedStep(branch, error);
  }
}

async function dropAll(
  place: ProposalPlace,
  obsolete: readonly PullRequest[],
  driven: readonly Step[],
): Promise<Pick<SweptBase, 'steps' | 'closed'>> {
  const steps: SweptStep[] = [];
  const closed: number[] = [];
  for (const pull of obsolete) {
    try {
      if (await dropObsolete(place, pull, successors(pull, driven))) closed.push(pull.number);
    } catch (error) {
      steps.push(refusedStep(pull.head, error));
    }
  }
  return { steps, closed };
}

/** What GitHub does not allow for one of them need not hold for the others. */
function refusedStep(branch: string, error: unknown): SweptStep {
  if (!isRefusal(error)) throw error;
  return { branch, step: 'refused', why: error.message };
}

/** Open ones of the same series, where it may have gone. */
function successors({ head }: PullRequest, steps: readonly Step[]): readonly number[] {
  const series = seriesFolder(head);
  return steps.flatMap(({ branch, step, pull }) =>
    pull !== undefined && step !== 'ignored' && seriesFolder(branch) === series ? [pull] : [],
  );
}

/** `pinwheel/main/2025.2`: all that is before the lane, which may have a component after it. */
function seriesFolder(branch: string): string {
  return branch.replace(/\/(?:(?:security|component)\/[^/]+|[^/]+)$/, '');
}
