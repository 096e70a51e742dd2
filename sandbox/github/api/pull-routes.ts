import { mergePull } from '../acts/merge.ts';
import { askMergeable, measurePull, pullRange } from '../acts/pull-facts.ts';
import { askForReview, reviewPull } from '../acts/pull-talk.ts';
import { editPull, openPull } from '../acts/pulls.ts';
import type { NewPull, PullEdit } from '../acts/pulls.ts';
import { commitsBetween } from '../git/graph.ts';
import { changedFiles } from '../git/history.ts';
import { showAccount } from '../show/accounts.ts';
import { showCommit, showFileChange } from '../show/commits.ts';
import { showPull, showPullSimple, showReview } from '../show/pulls.ts';
import { isPull } from '../state/nouns.ts';
import type { PullIssue, Review } from '../state/nouns.ts';
import { notFound } from '../state/refusal.ts';
import { accountOf } from '../state/site.ts';
import { created, noContent, numberOf, ok } from './call.ts';
import type { Answer, RepositoryCall, RepositoryRoutes } from './call.ts';
import { diffAnswer } from './commit-routes.ts';
import { listAnswer } from './pages.ts';

function pullOf(call: RepositoryCall): PullIssue {
  const issue = call.repository.issues.get(numberOf(call, 'pull_number'));
  if (!isPull(issue)) throw notFound();
  return issue;
}

async function pullAnswer(call: RepositoryCall, issue: PullIssue) {
  await measurePull(call, issue);
  return showPull(call, issue, { mergeable: null, state: 'unknown' });
}

async function create(call: RepositoryCall): Promise<Answer> {
  const issue = await openPull(call.scene, call.body as NewPull);
  return created(await pullAnswer(call, issue));
}

async function get(call: RepositoryCall): Promise<Answer> {
  const issue = pullOf(call);
  if (call.accept.includes('.diff') || call.accept.includes('.patch')) {
    const { from, to } = await pullRange(call, issue);
    return diffAnswer(call, from ?? to, to);
  }
  await measurePull(call, issue);
  return ok(showPull(call, issue, await askMergeable(call, issue)));
}

async function update(call: RepositoryCall): Promise<Answer> {
  const issue = pullOf(call);
  await editPull(call.scene, issue, call.body as PullEdit);
  return ok(await pullAnswer(call, issue));
}

function list(call: RepositoryCall): Answer {
  const { query, repository } = call;
  const state = query['state'] ?? 'open';
  const head = query['head'];
  const base = query['base'];
  const found = [...repository.issues.values()]
    .filter(isPull)
    .filter((issue) => state === 'all' || issue.state === state)
    .filter(({ pull }) => base === undefined || pull.baseRef === base)
    // GitHub ignores a head without an owner; so does this, for a client to notice.
    .filter(({ pull }) => head?.includes(':') !== true || headLabel(pull) === head.toLowerCase());
  return listAnswer(call, sortIssues(found, query), (issue) => showPullSimple(call, issue));
}

function headLabel({ headRepository, headRef }: PullIssue['pull']): string {
  return `${headRepository.owner.login}:${headRef}`.toLowerCase();
}

/** By `sort` and `direction`; newest first when nothing is said. */
export function sortIssues<
  T extends { readonly createdAt: number; readonly updatedAt: number; readonly number: number },
>(issues: readonly T[], query: Readonly<Record<string, string>>): readonly T[] {
  const sort = query['sort'] ?? 'created';
  const ascending = (query['direction'] ?? 'desc') === 'asc';
  const sorted = [...issues].sort((a, b) => {
    const times = sort === 'updated' ? a.updatedAt - b.updatedAt : a.createdAt - b.createdAt;
    return times === 0 ? a.number - b.number : times;
  });
  return ascending ? sorted : sorted.reverse();
}

async function commits(call: RepositoryCall): Promise<Answer> {
  const { from, to } = await pullRange(call, pullOf(call));
  const all = await commitsBetween(call.repository.dir, from, to);
  return listAnswer(call, all, (commit) => showCommit(call, commit));
}

async function files(call: RepositoryCall): Promise<Answer> {
  const { from, to } = await pullRange(call, pullOf(call));
  const all = await changedFiles(call.repository.dir, from, to);
  return listAnswer(call, all, (file) => showFileChange(call, to, file));
}

function isMerged(call: RepositoryCall): Answer {
  if (pullOf(call).pull.merged === null) throw notFound();
  return noContent();
}

async function merge(call: RepositoryCall): Promise<Answer> {
  const body = (call.body ?? {}) as {
    readonly sha?: string;
    readonly merge_method?: 'merge' | 'squash' | 'rebase';
    readonly commit_title?: string;
    readonly commit_message?: string;
  };
  const sha = await mergePull(call.scene, pullOf(call), {
    ...(body.sha !== undefined && { sha: body.sha }),
    ...(body.merge_method && { method: body.merge_method }),
    ...(body.commit_title !== undefined && { title: body.commit_title }),
    ...(body.commit_message !== undefined && { message: body.commit_message }),
  });
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' });
}

function listReviewers(call: RepositoryCall): Answer {
  const users = [...pullOf(call).pull.reviewers].map((one) => showAccount(call.site, one));
  return ok({ users, teams: [] });
}

async function addReviewers(call: RepositoryCall): Promise<Answer> {
  const issue = pullOf(call);
  const { reviewers = [] } = call.body as { readonly reviewers?: readonly string[] };
  for (const login of reviewers) {
    await askForReview(call.scene, issue, accountOf(call.site, login));
  }
  return created(showPullSimple(call, issue));
}

function removeReviewers(call: RepositoryCall): Answer {
  const issue = pullOf(call);
  const { reviewers = [] } = call.body as { readonly reviewers?: readonly string[] };
  for (const login of reviewers) issue.pull.reviewers.delete(accountOf(call.site, login));
  return ok(showPullSimple(call, issue));
}

function listReviews(call: RepositoryCall): Answer {
  const issue = pullOf(call);
  return listAnswer(call, issue.pull.reviews, (review) => showReview(call, issue, review));
}

const states: Readonly<Record<string, Review['state']>> = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
};

async function createReview(call: RepositoryCall): Promise<Answer> {
  const issue = pullOf(call);
  const { body = '', event = 'COMMENT' } = call.body as {
    readonly body?: string;
    readonly event?: string;
  };
  const review = { body, state: states[event] ?? 'COMMENTED' };
  return ok(showReview(call, issue, await reviewPull(call.scene, issue, review)));
}

const read = 'pull_requests:read';
const write = 'pull_requests:write';
const pull = '/repos/{owner}/{repo}/pulls/{pull_number}';
export const pullRoutes: RepositoryRoutes = {
  'GET /repos/{owner}/{repo}/pulls': { needs: read, answer: list },
  'POST /repos/{owner}/{repo}/pulls': { needs: write, answer: create },
  [`GET ${pull}`]: { needs: read, answer: get },
  [`PATCH ${pull}`]: { needs: write, answer: update },
  [`GET ${pull}/commits`]: { needs: read, answer: commits },
  [`GET ${pull}/files`]: { needs: read, answer: files },
  [`GET ${pull}/merge`]: { needs: read, answer: isMerged },
  // Merging writes to the base branch, so it asks for contents.
  [`PUT ${pull}/merge`]: { needs: 'contents:write', answer: merge },
  [`GET ${pull}/requested_reviewers`]: { needs: read, answer: listReviewers },
  [`POST ${pull}/requested_reviewers`]: { needs: write, answer: addReviewers },
  [`DELETE ${pull}/requested_reviewers`]: { needs: write, answer: removeReviewers },
  [`GET ${pull}/reviews`]: { needs: read, answer: listReviews },
  [`POST ${pull}/reviews`]: { needs: write, answer: createReview },
};
