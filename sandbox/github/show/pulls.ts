import { isoDate } from '../state/clock.ts';
import type { Account, PullIssue, Repository, Review } from '../state/nouns.ts';
import { associationOf } from '../state/roles.ts';
import { nodeId } from '../state/site.ts';
import type { Place } from '../state/site.ts';
import { showAccount } from './accounts.ts';
import type { Shown } from './accounts.ts';
import { issuePage, maybeDate, showIssueLabels } from './issues.ts';
import { apiUrlOf, showRepository } from './repositories.ts';

/** Whether a pull request can be merged, as far as GitHub has worked it out. */
export interface Mergeability {
  readonly mergeable: boolean | null;
  readonly state: 'unknown' | 'clean' | 'dirty' | 'draft' | 'blocked' | 'unstable';
}

function showSide(place: Place, side: { repo: Repository; ref: string; sha: string }): Shown {
  const { repo, ref, sha } = side;
  return {
    label: `${repo.owner.login}:${ref}`,
    ref,
    sha,
    user: showAccount(place.site, repo.owner),
    repo: showRepository(place.site, repo),
  };
}

function pullAddresses(place: Place, issue: PullIssue): Readonly<Record<string, string>> {
  const api = apiUrlOf(place.site, place.repository);
  const url = `${api}/pulls/${issue.number}`;
  const page = issuePage(place, issue);
  return {
    url,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: `${api}/issues/${issue.number}`,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${api}/issues/${issue.number}/comments`,
    statuses_url: `${api}/statuses/${issue.pull.headSha}`,
  };
}

function showLinks(addresses: Readonly<Record<string, string>>): Shown {
  const { url, html_url, issue_url, comments_url, commits_url, statuses_url } = addresses;
  const { review_comments_url, review_comment_url } = addresses;
  const links = {
    ...{ self: url, html: html_url, issue: issue_url, comments: comments_url },
    ...{ review_comments: review_comments_url, review_comment: review_comment_url },
    ...{ commits: commits_url, statuses: statuses_url },
  };
  return Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }]));
}

/** As lists have it. */
export function showPullSimple(place: Place, issue: PullIssue): Shown {
  const { site, repository } = place;
  const { pull } = issue;
  const addresses = pullAddresses(place, issue);
  return {
    ...addresses,
    _links: showLinks(addresses),
    id: pull.id,
    node_id: nodeId('PR', pull.id),
    number: issue.number,
    state: issue.state,
    draft: pull.draft,
    title: issue.title,
    body: issue.body,
    user: showAccount(site, issue.user),
    labels: showIssueLabels(place, issue).map((label) => ({
      ...label,
      description: label['description'] ?? '',
    })),
    ...{ locked: issue.locked, active_lock_reason: null },
    ...{ assignee: null, assignees: [], milestone: null },
    created_at: isoDate(issue.createdAt),
    updated_at: isoDate(issue.updatedAt),
    closed_at: maybeDate(issue.closedAt),
    merged_at: maybeDate(pull.merged?.at ?? null),
    merge_commit_sha: pull.merged?.commit ?? null,
    requested_reviewers: [...pull.reviewers].map((user) => showAccount(site, user)),
    requested_teams: [],
    head: showSide(place, { repo: pull.headRepository, ref: pull.headRef, sha: pull.headSha }),
    base: showSide(place, { repo: repository, ref: pull.baseRef, sha: pull.baseSha }),
    author_association: associationOf(repository, issue.user),
    auto_merge: pull.autoMerge && showAutoMerge(place, pull.autoMerge.by),
  };
}

function showAutoMerge({ site }: Place, by: Account): Shown {
  const words = { commit_title: '', commit_message: '' };
  return { enabled_by: showAccount(site, by), merge_method: 'merge', ...words };
}

/** As `GET /pulls/{number}` and webhooks have it. */
export function showPull(place: Place, issue: PullIssue, can: Mergeability): Shown {
  const { pull } = issue;
  const comments = [...place.repository.comments.values()];
  return {
    ...showPullSimple(place, issue),
    merged: pull.merged !== null,
    merged_by: pull.merged && showAccount(place.site, pull.merged.by),
    mergeable: can.mergeable,
    rebaseable: can.mergeable,
    mergeable_state: can.state,
    comments: comments.filter((one) => one.issue === issue.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: pull.size.commits,
    additions: pull.size.additions,
    deletions: pull.size.deletions,
    changed_files: pull.size.files,
  };
}

/** As check runs mention it. */
export function showPullMinimal({ site, repository }: Place, { number, pull }: PullIssue): Shown {
  const repo = { id: repository.id, url: apiUrlOf(site, repository), name: repository.name };
  return {
    id: pull.id,
    number,
    url: `${repo.url}/pulls/${number}`,
    head: { ref: pull.headRef, sha: pull.headSha, repo },
    base: { ref: pull.baseRef, sha: pull.baseSha, repo },
  };
}

export function showReview(place: Place, issue: PullIssue, review: Review): Shown {
  const html = `${issuePage(place, issue)}#pullrequestreview-${review.id}`;
  const url = `${apiUrlOf(place.site, place.repository)}/pulls/${issue.number}`;
  return {
    id: review.id,
    node_id: nodeId('PRR', review.id),
    user: showAccount(place.site, review.user),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: url,
    _links: { html: { href: html }, pull_request: { href: url } },
    submitted_at: isoDate(review.submittedAt),
    commit_id: review.commit,
    author_association: associationOf(place.repository, review.user),
  };
}
