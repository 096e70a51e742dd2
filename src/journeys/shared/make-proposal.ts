import type { Catalog } from '../../core/model/catalog.ts';
import type { BuildPlan } from '../../core/model/plan.ts';
import type { Proposal, ProposalGroup, ProposedCommit } from '../../core/model/proposal.ts';
import type { ReleaseNotes } from '../../core/model/release-notes.ts';
import type { FileEdit, Snapshot } from '../../core/model/snapshot.ts';
import { branchOf, contentOf, targetOf } from '../../core/decide/proposal-names.ts';
import { dropMessage, moveMessage, refreshMessage } from '../../core/render/commit-messages.ts';
import { proposalBody, proposalTitle } from '../../core/render/pull-request.ts';
import { repairEdits } from './patch-repairs.ts';

/** A group, and what its files and its text are made of. */
export interface ProposalParts {
  readonly group: ProposalGroup;
  readonly snapshot: Snapshot;
  readonly catalog: Catalog;
  /** Pins, constraints and the locks that go with them. */
  readonly edits: readonly FileEdit[];
  readonly notes: readonly ReleaseNotes[];
  readonly rebuild?: BuildPlan;
  readonly webUrl: (component: string) => string | undefined;
}

/** The pull request of a group; `undefined` where no file would change. */
export function makeProposal(parts: ProposalParts): Proposal | undefined {
  const { group } = parts;
  const commits = commitsOf(parts);
  if (commits.length === 0) return undefined;
  const { lane, base, draft } = group;
  return {
    ...{ lane, base, draft, commits },
    branch: branchOf(base, lane),
    title: proposalTitle(group),
    body: proposalBody(parts),
    target: targetOf(group),
    content: contentOf(commits),
  };
}

/** Each takes several writes, of which GitHub allows so many a minute. */
const mostCommits = 25;

/** The move itself, then what patches need for it: each refresh of a queue together, each drop alone. */
function commitsOf(parts: ProposalParts): readonly ProposedCommit[] {
  const commits = commitsApart(parts);
  if (commits.length <= mostCommits) return commits;
  const apart = commits.slice(0, mostCommits - 1);
  const together = commits.slice(mostCommits - 1);
  const subjects = together.map(({ message }) => `- ${message.split('\n')[0] ?? ''}`);
  const last = {
    message: `patches: ${together.length} more refreshed or dropped\n\n${subjects.join('\n')}`,
    edits: together.flatMap(({ edits }) => edits),
  };
  return [...apart, last];
}

function commitsApart({ group, edits, snapshot }: ProposalParts): readonly ProposedCommit[] {
  const commits: ProposedCommit[] = [{ message: moveMessage(group), edits }];
  for (const queue of group.queues) {
    const repairs = queue.repairs ?? [];
    const refreshed = repairs.filter(({ kind }) => kind === 'refresh');
    if (refreshed.length > 0) {
      commits.push({ message: refreshMessage(queue, refreshed), edits: repairEdits(refreshed) });
    }
    for (const repair of repairs) {
      if (repair.kind !== 'drop') continue;
      commits.push({ message: dropMessage(queue, repair), edits: repairEdits([repair]) });
    }
  }
  return commits
    .map((commit) => ({ ...commit, edits: commit.edits.filter((edit) => changes(snapshot, edit)) }))
    .filter((commit) => commit.edits.length > 0);
}

function changes({ files }: Snapshot, { path, text }: FileEdit): boolean {
  const before = files.get(path)?.bytes;
  if (text === undefined || before === undefined)
    return (text === undefined) !== (before === undefined);
  return Buffer.compare(Buffer.from(text as Uint8Array), before) !== 0;
}
