import type { Proposal } from '../../core/model/proposal.ts';
import { readMarker, withMarker } from '../../core/formats/pull-request-marker.ts';
import { obsoleteComment } from '../../core/render/pull-request-comments.ts';
import { isRefusal } from '../../core/model/failures.ts';
import type { PullRequest } from '../../edge/github/pulls.ts';
import { holdLabel } from '../../core/model/bot-branch.ts';
import { lookAtBranch } from './ensure-proposal.ts';
import type { ProposalPlace } from './ensure-proposal.ts';

/** Those of the bot's open pull requests of a base that have nothing left to do. */
export function obsoletePulls(
  open: readonly PullRequest[],
  proposals: readonly Proposal[],
): readonly PullRequest[] {
  const wanted = new Set(proposals.map(({ branch }) => branch));
  return open.filter(({ head, labels }) => !wanted.has(head) && !labels.includes(holdLabel));
}

/** Closes a pull request and takes its branch away; false where somebody else has pushed to it. */
export async function dropObsolete(
  place: ProposalPlace,
  pull: PullRequest,
  others: readonly number[],
): Promise<boolean> {
  const { pulls } = place.repository;
  const branch = await lookAtBranch(place, pull.base, pull.head);
  if (branch && branch.foreign.length > 0) return false;
  // First of all: closed with its target on it, it would be what a person does not want.
  await forgetTarget(place, pull);
  await sayObsolete(place, pull.number, others);
  const removed = branch && (await removeBranch(place, pull.head, branch.head));
  if (removed === undefined) await pulls.close(pull.number);
  return removed ?? true;
}

const noTarget = '0'.repeat(16);

/** What the bot closes itself is not what a person does not want: the same target may come again. */
async function forgetTarget(
  { repository }: ProposalPlace,
  { number, title, body: text }: PullRequest,
): Promise<void> {
  const { body, marker } = readMarker(text);
  if (!marker || marker.target === noTarget) return;
  const forgotten = withMarker(body, { ...marker, target: noTarget });
  await repository.pulls.edit(number, { title, body: forgotten });
}

/** A locked pull request is closed without words. */
async function sayObsolete(
  { repository, account }: ProposalPlace,
  issue: number,
  others: readonly number[],
): Promise<void> {
  const body = obsoleteComment(others);
  await repository.comments.offer({ issue, account, topic: 'obsolete', body });
}

/**
 * That closes its pull request as well, all at once; false where somebody has pushed to it meanwhile,
 * `undefined` where the rules of the repository keep it.
 */
async function removeBranch(
  { repository }: ProposalPlace,
  name: string,
  head: string,
): Promise<boolean | undefined> {
  try {
    return await repository.branches.remove(name, head);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return undefined;
  }
}
