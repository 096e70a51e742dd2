import { showComment, showIssue } from '../show/issues.ts';
import { showLabel } from '../show/repositories.ts';
import type { Comment, Issue, Label, Reaction, ReactionContent } from '../state/nouns.ts';
import { invalid, Refusal } from '../state/refusal.ts';
import { mayAs } from '../state/roles.ts';
import { announce } from '../state/site.ts';
import type { Scene } from '../state/site.ts';

const longest = 65_536;

export interface NewIssue {
  readonly title: string;
  readonly body?: string | null;
  readonly labels?: readonly string[];
}

/** Refuses a text of more characters than GitHub takes. */
export function checkBody(resource: string, body: string | null | undefined): void {
  if (typeof body === 'string' && body.length > longest && Array.from(body).length > longest) {
    throw invalid(resource, 'body', `body is too long (maximum is ${longest} characters)`);
  }
}

/** Issues and pull requests are numbered together. */
function nextNumber({ repository }: Scene): number {
  return Math.max(0, ...repository.issues.keys()) + 1;
}

export function startIssue<P extends Issue['pull']>(
  scene: Scene,
  fields: Pick<NewIssue, 'title' | 'body'> & { readonly pull: P },
): Issue & { readonly pull: P } {
  const { site, repository, actor, app = null } = scene;
  const now = site.clock.now();
  const issue = {
    id: site.nextId(),
    number: nextNumber(scene),
    user: actor,
    app,
    createdAt: now,
    updatedAt: now,
    labels: new Set<string>(),
    reactions: [],
    pull: fields.pull,
    title: fields.title,
    body: fields.body ?? null,
    state: 'open' as const,
    stateReason: null,
    closedAt: null,
    closedBy: null,
    locked: false,
  };
  repository.issues.set(issue.number, issue);
  return issue;
}

export function openIssue(scene: Scene, fields: NewIssue): Issue {
  checkBody('Issue', fields.body);
  const { title, body = null } = fields;
  const issue = startIssue(scene, { title, body, pull: undefined });
  for (const name of fields.labels ?? []) issue.labels.add(ensureLabel(scene, name).name);
  tellIssue(scene, issue, 'opened');
  return issue;
}

function tellIssue(scene: Scene, issue: Issue, action: string): void {
  const { site, repository, actor } = scene;
  const payload = { issue: showIssue(scene, issue) };
  announce(site, { event: 'issues', action, actor, repository, payload });
}

export interface IssueEdit {
  readonly title?: string;
  readonly body?: string | null;
  readonly state?: 'open' | 'closed';
  readonly stateReason?: Issue['stateReason'];
}

/** For plain issues; a pull request has an edit of its own. */
export function editIssue(scene: Scene, issue: Issue, edit: IssueEdit): void {
  checkBody('Issue', edit.body);
  if (edit.title !== undefined) issue.title = edit.title;
  if (edit.body !== undefined) issue.body = edit.body;
  touch(scene, issue);
  if (edit.title !== undefined || edit.body !== undefined) {
    announceEdit(scene, issue);
  }
  if (edit.state !== undefined && edit.state !== issue.state) {
    setState(scene, issue, edit.state);
    issue.stateReason = edit.stateReason ?? (edit.state === 'closed' ? 'completed' : 'reopened');
    tellIssue(scene, issue, edit.state === 'closed' ? 'closed' : 'reopened');
  }
}

function announceEdit(scene: Scene, issue: Issue): void {
  const { site, repository, actor } = scene;
  const payload = { issue: showIssue(scene, issue), changes: {} };
  announce(site, { event: 'issues', action: 'edited', actor, repository, payload });
}

export function setState({ site, actor }: Scene, issue: Issue, state: Issue['state']): void {
  issue.state = state;
  issue.closedAt = state === 'closed' ? site.clock.now() : null;
  issue.closedBy = state === 'closed' ? actor : null;
  issue.updatedAt = site.clock.now();
}

export function touch({ site }: Scene, thing: { updatedAt: number }): void {
  thing.updatedAt = site.clock.now();
}

export function commentOn(scene: Scene, issue: Issue, body: string): Comment {
  const { site, repository, actor, app = null } = scene;
  if (body.trim() === '') throw invalid('IssueComment', 'body', 'body cannot be blank');
  checkBody('IssueComment', body);
  // No permission of an App makes it a collaborator.
  if (issue.locked && (app || !mayAs(repository, actor, 'write'))) throw lockedFor('comment');
  const now = site.clock.now();
  const comment: Comment = {
    id: site.nextId(),
    issue: issue.number,
    user: actor,
    app,
    createdAt: now,
    updatedAt: now,
    reactions: [],
    body,
  };
  repository.comments.set(comment.id, comment);
  touch(scene, issue);
  tellComment(scene, comment, { action: 'created' });
  return comment;
}

export function editComment(scene: Scene, comment: Comment, body: string): void {
  checkBody('IssueComment', body);
  const changes = { body: { from: comment.body } };
  comment.body = body;
  touch(scene, comment);
  tellComment(scene, comment, { action: 'edited', changes });
}

export function deleteComment(scene: Scene, comment: Comment): void {
  scene.repository.comments.delete(comment.id);
  tellComment(scene, comment, { action: 'deleted' });
}

function tellComment(
  scene: Scene,
  comment: Comment,
  { action, ...more }: { readonly action: string; readonly changes?: object },
): void {
  const { site, repository, actor } = scene;
  const issue = repository.issues.get(comment.issue);
  if (!issue) return;
  const payload = {
    issue: showIssue(scene, issue),
    comment: showComment(scene, comment),
    ...more,
  };
  announce(site, { event: 'issue_comment', action, actor, repository, payload });
}

function lockedFor(what: string): Refusal {
  return new Refusal(403, `Unable to create ${what} because issue is locked.`);
}

/** A second reaction of the same kind by the same account is the first one. */
export function react(
  { site, repository, actor }: Scene,
  thing: Issue | Comment,
  content: ReactionContent,
): { readonly reaction: Reaction; readonly isNew: boolean } {
  const issue = 'issue' in thing ? repository.issues.get(thing.issue) : thing;
  // Not even from those who may write.
  if (issue?.locked) throw lockedFor('reaction');
  const held = thing.reactions.find((one) => one.user === actor && one.content === content);
  if (held) return { reaction: held, isNew: false };
  const reaction = { id: site.nextId(), user: actor, content, createdAt: site.clock.now() };
  thing.reactions.push(reaction);
  return { reaction, isNew: true };
}

/** The label of that name; GitHub makes one when an issue is given a name that it does not know. */
export function ensureLabel(scene: Scene, name: string): Label {
  return scene.repository.labels.get(name.toLowerCase()) ?? makeLabel(scene, { name });
}

export function makeLabel(
  { site, repository }: Scene,
  fields: { readonly name: string; readonly color?: string; readonly description?: string },
): Label {
  if (repository.labels.has(fields.name.toLowerCase())) {
    throw new Refusal(422, 'Validation Failed', [
      { resource: 'Label', field: 'name', code: 'already_exists' },
    ]);
  }
  const { name, color = 'ededed', description = null } = fields;
  const label = { id: site.nextId(), name, color, description };
  repository.labels.set(name.toLowerCase(), label);
  return label;
}

export function labelShown(scene: Scene, name: string) {
  return showLabel(scene, ensureLabel(scene, name));
}
