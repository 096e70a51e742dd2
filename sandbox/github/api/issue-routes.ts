import {
  editComment,
  deleteComment,
  commentOn,
  editIssue,
  openIssue,
  react,
} from '../acts/issues.ts';
import type { IssueEdit, NewIssue } from '../acts/issues.ts';
import { editPull } from '../acts/pulls.ts';
import { showComment, showIssue, showReaction } from '../show/issues.ts';
import { isPull } from '../state/nouns.ts';
import type { Comment, Issue, Reaction, ReactionContent } from '../state/nouns.ts';
import { notFound } from '../state/refusal.ts';
import { created, noContent, numberOf, ok } from './call.ts';
import type { Answer, Need, RepositoryCall, RepositoryRoutes } from './call.ts';
import { setLabels } from './label-routes.ts';
import { listAnswer } from './pages.ts';
import { sortIssues } from './pull-routes.ts';

function issueOf(call: RepositoryCall): Issue {
  const issue = call.repository.issues.get(numberOf(call, 'issue_number'));
  if (!issue) throw notFound();
  return issue;
}

function commentOf(call: RepositoryCall): Comment {
  const comment = call.repository.comments.get(numberOf(call, 'comment_id'));
  if (!comment) throw notFound();
  return comment;
}

function list(call: RepositoryCall): Answer {
  const { query, repository } = call;
  const state = query['state'] ?? 'open';
  const labels = (query['labels'] ?? '').split(',').filter((name) => name !== '');
  const creator = query['creator']?.toLowerCase();
  const found = [...repository.issues.values()]
    .filter((issue) => state === 'all' || issue.state === state)
    .filter((issue) => labels.every((name) => issue.labels.has(name)))
    .filter(({ user }) => creator === undefined || user.login.toLowerCase() === creator);
  return listAnswer(call, sortIssues(found, query), (issue) => showIssue(call, issue));
}

function create(call: RepositoryCall): Answer {
  const body = call.body as Omit<NewIssue, 'labels'> & {
    readonly labels?: readonly (string | { readonly name?: string })[];
  };
  const labels = (body.labels ?? []).map((one) =>
    typeof one === 'string' ? one : (one.name ?? ''),
  );
  return created(showIssue(call, openIssue(call.scene, { ...body, labels })));
}

async function update(call: RepositoryCall): Promise<Answer> {
  const issue = issueOf(call);
  const { state_reason, labels, ...edit } = call.body as IssueEdit & {
    readonly state_reason?: Issue['stateReason'];
    readonly labels?: readonly string[];
  };
  if (isPull(issue)) await editPull(call.scene, issue, edit);
  else {
    const stateReason = state_reason === undefined ? {} : { stateReason: state_reason };
    editIssue(call.scene, issue, { ...edit, ...stateReason });
  }
  if (labels) await setLabels(call.scene, issue, labels);
  return ok(showIssue(call, issue));
}

function listComments(call: RepositoryCall): Answer {
  const { number } = issueOf(call);
  const since = Date.parse(call.query['since'] ?? '1970-01-01');
  const comments = [...call.repository.comments.values()]
    .filter(({ issue }) => issue === number)
    .filter(({ updatedAt }) => updatedAt >= since);
  return listAnswer(call, comments, (comment) => showComment(call, comment));
}

function createComment(call: RepositoryCall): Answer {
  const { body } = call.body as { readonly body: string };
  return created(showComment(call, commentOn(call.scene, issueOf(call), body)));
}

function updateComment(call: RepositoryCall): Answer {
  const comment = commentOf(call);
  editComment(call.scene, comment, (call.body as { readonly body: string }).body);
  return ok(showComment(call, comment));
}

function listReactions(call: RepositoryCall, thing: { readonly reactions: readonly Reaction[] }) {
  const content = call.query['content'];
  const found = thing.reactions.filter((one) => content === undefined || one.content === content);
  return listAnswer(call, found, (one) => showReaction(call.site, one));
}

function createReaction(call: RepositoryCall, thing: Issue | Comment): Answer {
  const { content } = call.body as { readonly content: ReactionContent };
  const { reaction, isNew } = react(call.scene, thing, content);
  const shown = showReaction(call.site, reaction);
  return isNew ? created(shown) : ok(shown);
}

function deleteReaction(call: RepositoryCall): Answer {
  const { reactions } = commentOf(call);
  const index = reactions.findIndex(({ id }) => id === numberOf(call, 'reaction_id'));
  if (index < 0) throw notFound();
  reactions.splice(index, 1);
  return noContent();
}

/** A pull request's conversation is open to those who may use either. */
const readsTalk: readonly Need[] = ['issues:read', 'pull_requests:read'];
const writesTalk: readonly Need[] = ['issues:write', 'pull_requests:write'];

const issue = '/repos/{owner}/{repo}/issues/{issue_number}';
const comment = '/repos/{owner}/{repo}/issues/comments/{comment_id}';
export const issueRoutes: RepositoryRoutes = {
  'GET /repos/{owner}/{repo}/issues': { needs: readsTalk, answer: list },
  'POST /repos/{owner}/{repo}/issues': { needs: 'issues:write', answer: create },
  [`GET ${issue}`]: { needs: readsTalk, answer: (call) => ok(showIssue(call, issueOf(call))) },
  [`PATCH ${issue}`]: { needs: writesTalk, answer: update },
  [`GET ${issue}/comments`]: { needs: readsTalk, answer: listComments },
  [`POST ${issue}/comments`]: { needs: writesTalk, answer: createComment },
  [`GET ${issue}/reactions`]: {
    needs: readsTalk,
    answer: (call) => listReactions(call, issueOf(call)),
  },
  [`POST ${issue}/reactions`]: {
    needs: writesTalk,
    answer: (call) => createReaction(call, issueOf(call)),
  },
  [`GET ${comment}`]: {
    needs: readsTalk,
    answer: (call) => ok(showComment(call, commentOf(call))),
  },
  [`PATCH ${comment}`]: { needs: writesTalk, answer: updateComment },
  [`DELETE ${comment}`]: {
    needs: writesTalk,
    answer: (call) => {
      deleteComment(call.scene, commentOf(call));
      return noContent();
    },
  },
  [`GET ${comment}/reactions`]: {
    needs: readsTalk,
    answer: (call) => listReactions(call, commentOf(call)),
  },
  [`POST ${comment}/reactions`]: {
    needs: writesTalk,
    answer: (call) => createReaction(call, commentOf(call)),
  },
  [`DELETE ${comment}/reactions/{reaction_id}`]: { needs: writesTalk, answer: deleteReaction },
};
