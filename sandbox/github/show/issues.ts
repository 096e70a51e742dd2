import { isoDate } from '../state/clock.ts';
import { reactionContents } from '../state/nouns.ts';
import type { Comment, Issue, Reaction, Repository } from '../state/nouns.ts';
import { associationOf } from '../state/roles.ts';
import { nodeId } from '../state/site.ts';
import type { Place, Site } from '../state/site.ts';
import { showAccount, showApp } from './accounts.ts';
import type { Shown } from './accounts.ts';
import { apiUrlOf, showLabel, webUrlOf } from './repositories.ts';

export function maybeDate(milliseconds: number | null): string | null {
  return milliseconds === null ? null : isoDate(milliseconds);
}

export function showIssueLabels(place: Place, issue: Issue): readonly Shown[] {
  const { labels } = place.repository;
  const found = [...issue.labels].map((name) => labels.get(name.toLowerCase()));
  return found.filter((label) => label !== undefined).map((label) => showLabel(place, label));
}

export function issuePage({ site, repository }: Place, issue: Issue): string {
  return `${webUrlOf(site, repository)}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`;
}

export function showIssue(place: Place, issue: Issue): Shown {
  const { site, repository } = place;
  const url = `${apiUrlOf(site, repository)}/issues/${issue.number}`;
  const comments = [...repository.comments.values()].filter((one) => one.issue === issue.number);
  return {
    url,
    repository_url: apiUrlOf(site, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: issuePage(place, issue),
    id: issue.id,
    node_id: nodeId('I', issue.id),
    number: issue.number,
    title: issue.title,
    user: showAccount(site, issue.user),
    labels: showIssueLabels(place, issue),
    state: issue.state,
    state_reason: issue.stateReason,
    ...{ locked: issue.locked, active_lock_reason: null },
    ...{ assignee: null, assignees: [], milestone: null },
    comments: comments.length,
    created_at: isoDate(issue.createdAt),
    updated_at: isoDate(issue.updatedAt),
    closed_at: maybeDate(issue.closedAt),
    closed_by: issue.closedBy && showAccount(site, issue.closedBy),
    author_association: associationOf(repository, issue.user),
    body: issue.body,
    reactions: showReactionCounts(`${url}/reactions`, issue.reactions),
    performed_via_github_app: issue.app && showApp(site, issue.app),
    ...(issue.pull && { draft: issue.pull.draft, pull_request: showPullMention(place, issue) }),
  };
}

function showPullMention(place: Place, issue: Issue): Shown {
  const page = issuePage(place, issue);
  return {
    url: `${apiUrlOf(place.site, place.repository)}/pulls/${issue.number}`,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    merged_at: maybeDate(issue.pull?.merged?.at ?? null),
  };
}

export function showComment(place: Place, comment: Comment): Shown {
  const { site, repository } = place;
  const url = `${apiUrlOf(site, repository)}/issues/comments/${comment.id}`;
  const issue = repository.issues.get(comment.issue);
  return {
    url,
    html_url: `${issue ? issuePage(place, issue) : ''}#issuecomment-${comment.id}`,
    issue_url: `${apiUrlOf(site, repository)}/issues/${comment.issue}`,
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    user: showAccount(site, comment.user),
    created_at: isoDate(comment.createdAt),
    updated_at: isoDate(comment.updatedAt),
    author_association: associationOf(repository, comment.user),
    body: comment.body,
    reactions: showReactionCounts(`${url}/reactions`, comment.reactions),
    performed_via_github_app: comment.app && showApp(site, comment.app),
  };
}

function showReactionCounts(url: string, reactions: readonly Reaction[]): Shown {
  const counts = reactionContents.map((content) => [
    content,
    reactions.filter((reaction) => reaction.content === content).length,
  ]);
  return { url, total_count: reactions.length, ...(Object.fromEntries(counts) as Shown) };
}

export function showReaction(site: Site, reaction: Reaction): Shown {
  return {
    id: reaction.id,
    node_id: nodeId('REA', reaction.id),
    user: showAccount(site, reaction.user),
    content: reaction.content,
    created_at: isoDate(reaction.createdAt),
  };
}

/** The fields by which installations and tokens mention a repository. */
export function mentionRepository(repository: Repository, fullName: string): Shown {
  const { id, name } = repository;
  return {
    id,
    node_id: nodeId('R', id),
    name,
    full_name: fullName,
    private: repository.private,
  };
}
