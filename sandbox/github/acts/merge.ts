import { readCommit, writeCommit } from '../git/commits.ts';
import { commitsBetween } from '../git/graph.ts';
import type { PullIssue } from '../state/nouns.ts';
import { Refusal } from '../state/refusal.ts';
import type { Scene } from '../state/site.ts';
import { githubSignature, signatureOf } from './commits.ts';
import { baseTip, missingForMerge, protectionOf, tryMerge } from './pull-facts.ts';
import { markSquashed, moveAndFollow } from './refs.ts';

export interface MergeRequest {
  /** The head that whoever merges has seen. */
  readonly sha?: string;
  readonly method?: 'merge' | 'squash' | 'rebase';
  readonly title?: string;
  readonly message?: string;
}

/** Merges a pull request, or says in GitHub's words why not. Gives the new commit of the base. */
export async function mergePull(
  scene: Scene,
  issue: PullIssue,
  request: MergeRequest,
): Promise<string> {
  refuseUnready(scene, issue, request);
  const tree = await tryMerge(scene, issue);
  if (tree === undefined) throw new Refusal(405, 'Pull Request has merge conflicts');
  const base = await baseTip(scene, issue);
  const commit = await writeMerge(scene, issue, { ...request, tree, base });
  scene.repository.signed.add(commit);
  issue.pull.baseSha = base;
  const ref = `refs/heads/${issue.pull.baseRef}`;
  await moveAndFollow(scene, { ref, before: base, after: commit });
  await markSquashed(scene, issue, commit);
  return commit;
}

function refuseUnready(
  { repository }: Scene,
  issue: PullIssue,
  { sha, method }: MergeRequest,
): void {
  if (sha !== undefined && sha !== issue.pull.headSha) {
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
  }
  if (issue.state === 'closed') throw new Refusal(405, 'Pull Request is not mergeable');
  if (issue.pull.draft) throw new Refusal(405, 'Pull Request is still a draft');
  if (method === 'rebase') {
    throw new Refusal(405, 'Rebase merges are not allowed on this repository.');
  }
  if (protectionOf(repository, issue.pull.baseRef)?.mergeQueue === true) {
    throw new Refusal(405, 'Changes must be made through the merge queue');
  }
  const [missing] = missingForMerge(repository, issue);
  if (missing !== undefined) throw new Refusal(405, missing);
}

/** The commit that merging makes; no branch has it yet. */
export async function writeMerge(
  { site, repository, actor }: Scene,
  issue: PullIssue,
  merge: MergeRequest & { readonly tree: string; readonly base: string },
): Promise<string> {
  const { pull, title, number } = issue;
  const now = site.clock.now();
  const isSquash = merge.method === 'squash';
  const subject = isSquash
    ? `${title} (#${number})`
    : `Merge pull request #${number} from ${pull.headRepository.owner.login}/${pull.headRef}`;
  const commits = await commitsBetween(repository.dir, merge.base, pull.headSha);
  const list = commits.map(({ message }) => `* ${message.trim()}`).join('\n\n');
  const body = merge.message ?? (isSquash ? list : title);
  const first = await readCommit(repository.dir, pull.headSha);
  return writeCommit(repository.dir, {
    tree: merge.tree,
    parents: isSquash ? [merge.base] : [merge.base, pull.headSha],
    author: isSquash && first ? first.author : signatureOf(actor, now),
    committer: githubSignature(now),
    message: `${merge.title ?? subject}\n\n${body}\n`,
  });
}
