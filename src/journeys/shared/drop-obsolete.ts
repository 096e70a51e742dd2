import type { Proposal } from '../../core/model/proposal.ts';
import { readMarker, withMarker } from '../../core/formats/pull-request-marker.ts';
import { obsoleteComment } from '../../core/render/pull-request-comments.ts';
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
  const { repository, account } = place;
  const { number, base, head, title } = pull;
  const branch = await lookAtBranch(place, base, head);
  if (branch && branch.foreign.length > 0) return false;
  const body = obsoleteComment(others);
  await repository.comments.ensure({ issue: number, account, topic: 'obsolete', body });
  await repository.pulls.edit(number, { title, body: withoutTarget(pull.body) });
  if (!branch) await repository.pulls.close(number);
  // That closes it as well, all at once; and not where somebody has pushed to it meanwhile.
  return branch === undefined || repository.branches.remove(head, branch.head);
}

/** What the bot closes itself is not what a person does not want: the same target may come again. */
function withoutTarget(text: string): string {
  const { body, marker } = readMarker(text);
  return marker ? withMarker(body, { ...marker, target: '0'.repeat(16) }) : text;
}
