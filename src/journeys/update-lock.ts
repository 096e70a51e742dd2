import { isRefusal } from '../core/model/failures.ts';
import type { JobRequest, Outcome } from '../core/model/job.ts';
import type { Snapshot } from '../core/model/snapshot.ts';
import { isTopicBranch } from '../core/decide/base-branches.ts';
import { readCatalog } from '../core/formats/catalog.ts';
import { lockMessage } from '../core/render/commit-messages.ts';
import { lockRefusedComment } from '../core/render/pull-request-comments.ts';
import type { ImagesMirror } from '../edge/git/images-mirror.ts';
import type { GitHubApp } from '../edge/github/app.ts';
import type { PullRequest } from '../edge/github/pulls.ts';
import type { GitHubRepository } from '../edge/github/repository.ts';
import type { Upstreams } from './shared/gather.ts';
import { underPolicyOf } from './shared/inspect-change.ts';
import { lockEdits, resolveLocks } from './shared/locks.ts';
import { reach } from './shared/reach.ts';
import { policyOn } from './shared/remote-policy.ts';
import { modesIn, snapshotOf } from './shared/remote-snapshot.ts';

export interface UpdateLockWorld {
  readonly github: Pick<GitHubApp, 'repository' | 'account'>;
  readonly images: ImagesMirror;
  readonly upstream: Upstreams;
}

type UpdateLockRequest = Extract<JobRequest, { readonly kind: 'update-lock' }>;

/** Adds a commit to somebody's pull request that brings its locks up to date, because they asked for it. */
export async function updateLock(
  world: UpdateLockWorld,
  { repository: installed, head }: UpdateLockRequest,
): Promise<Outcome> {
  const reached = await reach(world.github, installed);
  if (reached.kind !== 'reached') return reached;
  const { repository, facts, name } = reached;
  const policy = await policyOn(world.images, repository, facts.defaultBranch);
  const pull = (await repository.pulls.withHead(head)).find(
    (one) => one.headRepository === name && isTopicBranch(one.head, facts, policy),
  );
  if (!pull) return { kind: 'nothing', why: `${name} has no branch with this head to add to` };
  try {
    const outcome = await mend(world, repository, pull);
    if (outcome.kind === 'refused') await tell(world, repository, { pull, why: outcome.why });
    return outcome;
  } catch (error) {
    // Somebody pressed a button and waits: what GitHub does not allow is for them to know.
    if (!isRefusal(error)) throw error;
    await tell(world, repository, { pull, why: error.message });
    return { kind: 'refused', why: error.message };
  }
}

async function mend(
  { images, upstream }: UpdateLockWorld,
  repository: GitHubRepository,
  { number, base: baseBranch, head: branch, headSha }: PullRequest,
): Promise<Outcome> {
  const movedOn = { kind: 'nothing', why: 'the branch has moved on' } as const;
  const base = await snapshotOf(images, repository, baseBranch);
  const found = await snapshotOf(images, repository, branch);
  if (!base || found?.commit !== headSha) return movedOn;
  const { edits, refused } = await staleLocks(
    upstream,
    underPolicyOf(base.snapshot, found.snapshot),
  );
  if (refused !== undefined) return { kind: 'refused', why: refused };
  if (edits.length === 0) return { kind: 'nothing', why: 'its locks are up to date' };
  const message = lockMessage(edits);
  const commits = [{ message, edits }];
  const modeOf = modesIn(found.snapshot);
  const made = await repository.branches.commit({ onto: headSha, commits, modeOf });
  if (!(await repository.branches.move(branch, made, headSha))) return movedOn;
  return { kind: 'done', what: `#${number}: ${message.split('\n')[0] ?? ''}` };
}

async function tell(
  { github }: UpdateLockWorld,
  { comments }: GitHubRepository,
  { pull, why }: { readonly pull: PullRequest; readonly why: string },
): Promise<void> {
  const account = await github.account();
  const about = { issue: pull.number, account, topic: 'update-lock' };
  await comments.offer({ ...about, body: lockRefusedComment(why) });
}

async function staleLocks(upstream: Upstreams, snapshot: Snapshot) {
  const catalog = readCatalog(snapshot);
  const [problem] = catalog.problems;
  if (problem) {
    return { edits: [], refused: `${problem.file}:${problem.line}: ${problem.message}` };
  }
  const { series } = catalog;
  const resolved = await resolveLocks(upstream, catalog, { series, which: 'stale' });
  const [failed] = resolved.failed;
  return failed
    ? { edits: [], refused: `${failed.what}: ${failed.why}` }
    : { edits: lockEdits(catalog, resolved) };
}
