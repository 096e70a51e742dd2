import { readCommit } from '../git/commits.ts';
import { showSimpleCommit } from '../show/commits.ts';
import { isPull } from '../state/nouns.ts';
import type { PullIssue } from '../state/nouns.ts';
import { Refusal } from '../state/refusal.ts';
import { announce } from '../state/site.ts';
import type { Place, Scene } from '../state/site.ts';
import { mergePull, writeMerge } from './merge.ts';
import { baseTip, failedChecks, missingChecks, missingForMerge } from './pull-facts.ts';
import { protectionOf, tryMerge } from './pull-facts.ts';
import { tellPull } from './pulls.ts';
import { moveAndFollow } from './refs.ts';

/** The head that whoever asks has seen; a pull request that moved on is not merged for them. */
function refuseOther({ pull }: PullIssue, expected: string | undefined): void {
  if (expected === undefined || expected === pull.headSha) return;
  throw new Refusal(422, `Head sha didn't match expected head oid ${expected}`);
}

/** «Enable auto-merge», or a refusal in GitHub's words. */
export async function enableAutoMerge(
  scene: Scene,
  issue: PullIssue,
  expected: string | undefined,
): Promise<void> {
  const { repository, actor } = scene;
  const { pull } = issue;
  refuseOther(issue, expected);
  if (!repository.allowsAutoMerge) {
    throw new Refusal(422, 'Pull request Auto merge is not allowed for this repository');
  }
  if (issue.state === 'closed') throw new Refusal(422, 'Pull request is closed');
  if (pull.draft) throw new Refusal(422, 'Pull request is a draft');
  if (!protectionOf(repository, pull.baseRef)) {
    const why = 'Protected branch rules not configured for this branch';
    throw new Refusal(422, `Pull request ${why}`);
  }
  if (await isClean(scene, issue)) {
    throw new Refusal(422, 'Pull request Pull request is in clean status');
  }
  pull.autoMerge = { by: actor };
  await tellPull(scene, issue, { action: 'auto_merge_enabled' });
}

export async function disableAutoMerge(scene: Scene, issue: PullIssue): Promise<void> {
  const { pull } = issue;
  if (!pull.autoMerge) throw new Refusal(422, "Can't disable auto-merge for this pull request.");
  pull.autoMerge = null;
  const more = { reason: 'Manually disabled by user' };
  await tellPull(scene, issue, { action: 'auto_merge_disabled', ...more });
}

async function isClean(place: Place, issue: PullIssue): Promise<boolean> {
  if (missingForMerge(place.repository, issue).length > 0) return false;
  return (await tryMerge(place, issue)) !== undefined;
}

/** Puts a pull request into the merge queue of its base: a group of its own, which gets its checks. */
export async function enqueuePull(
  scene: Scene,
  issue: PullIssue,
  expected?: string,
): Promise<void> {
  const { repository } = scene;
  const { pull, number } = issue;
  refuseOther(issue, expected);
  if (protectionOf(repository, pull.baseRef)?.mergeQueue !== true) {
    throw new Refusal(422, 'Merge queue is not enabled for this branch');
  }
  if (!(await isClean(scene, issue))) throw new Refusal(422, 'Pull request is not mergeable');
  const base = await baseTip(scene, issue);
  const tree = (await tryMerge(scene, issue)) ?? '';
  const sha = await writeMerge(scene, issue, { tree, base });
  const ref = `refs/heads/gh-readonly-queue/${pull.baseRef}/pr-${number}-${base}`;
  pull.queued = { ref, sha, base };
  await moveAndFollow(scene, { ref, before: undefined, after: sha });
  await tellGroup(scene, issue, { action: 'checks_requested' });
}

async function tellGroup(
  { site, repository, actor }: Scene,
  { pull }: PullIssue,
  { action, ...more }: { readonly action: string; readonly reason?: string },
): Promise<void> {
  const { queued } = pull;
  const head = queued && (await readCommit(repository.dir, queued.sha));
  if (!queued || !head) return;
  const group = {
    ...{ head_sha: queued.sha, head_ref: queued.ref, base_sha: queued.base },
    ...{ base_ref: `refs/heads/${pull.baseRef}`, head_commit: showSimpleCommit(head) },
  };
  const payload = { merge_group: group, ...more };
  announce(site, { event: 'merge_group', action, actor, repository, payload });
}

/** What waited for a check of this commit, or for a review: it is merged, queued, or leaves the queue. */
export async function mergeWhatWaits(scene: Scene): Promise<void> {
  const { repository } = scene;
  const open = [...repository.issues.values()].filter(isPull).filter((one) => !one.pull.merged);
  for (const issue of open) {
    const { pull } = issue;
    if (pull.queued) await leaveQueue(scene, issue, pull.queued);
    else if (pull.autoMerge && (await isClean(scene, issue))) {
      const asWhoAsked = { ...scene, actor: pull.autoMerge.by };
      const isQueued = protectionOf(repository, pull.baseRef)?.mergeQueue === true;
      if (isQueued) await enqueuePull(asWhoAsked, issue);
      else await mergePull(asWhoAsked, issue, {});
    }
  }
}

async function leaveQueue(
  scene: Scene,
  issue: PullIssue,
  { ref, sha, base }: NonNullable<PullIssue['pull']['queued']>,
): Promise<void> {
  const { repository } = scene;
  const { pull } = issue;
  const isBad = failedChecks(repository, pull.baseRef, sha).length > 0;
  if (!isBad && missingChecks(repository, pull.baseRef, sha).length > 0) return;
  // What was before it in the queue came first: it stands on another base now, in a group of its own.
  const isLate = (await baseTip(scene, issue)) !== base;
  const reason = isBad ? 'dequeued' : isLate ? 'invalidated' : 'merged';
  await tellGroup(scene, issue, { action: 'destroyed', reason });
  pull.queued = null;
  if (reason === 'merged') {
    pull.baseSha = base;
    await moveAndFollow(scene, { ref: `refs/heads/${pull.baseRef}`, before: base, after: sha });
  }
  await moveAndFollow(scene, { ref, before: sha, after: undefined });
  if (reason === 'invalidated' && (await isClean(scene, issue))) await enqueuePull(scene, issue);
  else pull.autoMerge = null;
}
