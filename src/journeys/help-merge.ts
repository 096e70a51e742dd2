import { holdLabel, isBotBranch } from '../core/model/bot-branch.ts';
import type { JobRequest, Outcome } from '../core/model/job.ts';
import { fullName } from '../core/model/repository.ts';
import { mergeStep } from '../core/decide/merge-help.ts';
import type { MergeCandidate } from '../core/decide/merge-help.ts';
import type { GitHubApp } from '../edge/github/app.ts';
import type { MergeFacts } from '../edge/github/merging.ts';
import type { PullRequest } from '../edge/github/pulls.ts';
import type { GitHubRepository } from '../edge/github/repository.ts';
import type { ImagesMirror } from '../edge/git/images-mirror.ts';
import { lookAtBranch } from './shared/ensure-proposal.ts';
import { reach } from './shared/reach.ts';
import { policyOn } from './shared/remote-policy.ts';

export interface HelpMergeWorld {
  readonly github: Pick<GitHubApp, 'repository' | 'account'>;
  readonly images: ImagesMirror;
}

type HelpMergeRequest = Extract<JobRequest, { readonly kind: 'help-merge' }>;

/** Has GitHub merge what the policy lets merge by itself, and takes that back where it is no longer right. */
export async function helpMerge(
  world: HelpMergeWorld,
  request: HelpMergeRequest,
): Promise<Outcome> {
  const reached = await reach(world.github, request.repository);
  if (reached.kind !== 'reached') return reached;
  const { repository } = reached;
  const { pull: number } = request;
  const pulls =
    number === undefined ? await repository.pulls.open() : [await pullOf(repository, number)];
  const bots = pulls.filter(({ head }) => isBotBranch(head));
  if (bots.length === 0) return { kind: 'nothing', why: 'no pull request of the bot' };
  const words: string[] = [];
  for (const pull of bots) {
    words.push(`#${pull.number}: ${await help(world, repository, { pull, request })}`);
  }
  return { kind: 'done', what: words.join(', ') };
}

function pullOf({ pulls }: GitHubRepository, number: number): Promise<PullRequest> {
  return pulls.get(number);
}

interface Task {
  readonly pull: PullRequest;
  readonly request: HelpMergeRequest;
}

async function help(
  world: HelpMergeWorld,
  repository: GitHubRepository,
  { pull, request }: Task,
): Promise<string> {
  const policy = await policyOn(world.images, repository, pull.base);
  if (!policy) return `${pull.base} is gone`;
  const facts = await repository.merging.facts(pull.number);
  // Nearly every repository: nothing more has to be asked.
  if (policy.merge === 'never' && facts.askedBy === undefined)
    return 'the policy says `merge: never`';
  const candidate = await candidateOf(world, repository, { pull, request, facts });
  const step = mergeStep({ ...candidate, merge: policy.merge });
  if (step.kind === 'leave') return step.why;
  if (step.kind === 'take back') {
    await repository.merging.takeBack(facts.nodeId);
    return `not merged by itself any more: ${step.why}`;
  }
  const answer = await repository.merging.ask(facts.nodeId, pull.headSha);
  return answer.kind === 'refused' ? `GitHub does not merge it: ${answer.why}` : answer.kind;
}

async function candidateOf(
  world: HelpMergeWorld,
  repository: GitHubRepository,
  { pull, request, facts }: Task & { readonly facts: MergeFacts },
): Promise<Omit<MergeCandidate, 'merge'>> {
  const account = await world.github.account();
  const { base, author, headRepository, labels, draft, state } = pull;
  const known = await lookAtBranch({ repository, account }, base, pull.head);
  const isHere = headRepository === fullName(request.repository);
  // A branch that moved after the pull request was read is looked at again: an event comes for that.
  const isSeen = known?.head === pull.headSha;
  return {
    ...{ base, account, files: facts.files, isOpen: state === 'open', isDraft: draft },
    isBots: author === account && isHere,
    isHeld: labels.includes(holdLabel),
    foreign: isSeen ? known.foreign : [pull.headSha],
    required: await repository.merging.requiredChecks(base),
    ...(facts.askedBy !== undefined && { askedBy: facts.askedBy }),
  };
}
