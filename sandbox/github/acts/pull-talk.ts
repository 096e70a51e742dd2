import { showAccount } from '../show/accounts.ts';
import { showPull, showReview } from '../show/pulls.ts';
import type { Account, PullIssue, Review } from '../state/nouns.ts';
import { Refusal } from '../state/refusal.ts';
import { announce } from '../state/site.ts';
import type { Scene } from '../state/site.ts';
import { ensureLabel, labelShown, touch } from './issues.ts';
import { measurePull } from './pull-facts.ts';
import { tellPull } from './pulls.ts';

export async function addLabels(scene: Scene, issue: PullIssue, names: readonly string[]) {
  for (const name of names) {
    const label = ensureLabel(scene, name);
    if (issue.labels.has(label.name)) continue;
    issue.labels.add(label.name);
    touch(scene, issue);
    await tellPull(scene, issue, { action: 'labeled', label: labelShown(scene, label.name) });
  }
}

export async function removeLabel(scene: Scene, issue: PullIssue, name: string): Promise<void> {
  const held = [...issue.labels].find((one) => one.toLowerCase() === name.toLowerCase());
  if (held === undefined) throw new Refusal(404, 'Label does not exist');
  issue.labels.delete(held);
  touch(scene, issue);
  await tellPull(scene, issue, { action: 'unlabeled', label: labelShown(scene, held) });
}

export async function askForReview(scene: Scene, issue: PullIssue, reviewer: Account) {
  issue.pull.reviewers.add(reviewer);
  touch(scene, issue);
  const requested_reviewer = showAccount(scene.site, reviewer);
  await tellPull(scene, issue, { action: 'review_requested', requested_reviewer });
}

export async function reviewPull(
  scene: Scene,
  issue: PullIssue,
  review: Pick<Review, 'state' | 'body'>,
): Promise<Review> {
  const { site, repository, actor } = scene;
  if (actor === issue.user && review.state !== 'COMMENTED') {
    throw new Refusal(422, 'Unprocessable Entity', [
      {
        resource: 'PullRequestReview',
        code: 'custom',
        message: 'Can not review your own pull request',
      },
    ]);
  }
  const commit = issue.pull.headSha;
  const given = {
    ...review,
    id: site.nextId(),
    user: actor,
    commit,
    submittedAt: site.clock.now(),
  };
  issue.pull.reviews.push(given);
  issue.pull.reviewers.delete(actor);
  touch(scene, issue);
  await measurePull(scene, issue);
  const shown = showReview(scene, issue, given);
  const payload = {
    review: { ...shown, state: review.state.toLowerCase() },
    pull_request: showPull(scene, issue, { mergeable: null, state: 'unknown' }),
  };
  const happening = { event: 'pull_request_review', action: 'submitted', actor, repository };
  announce(site, { ...happening, payload });
  return given;
}
