import { runGit } from '../../git.ts';
import { compareCommits } from '../git/graph.ts';
import { moveRef, readRef } from '../git/refs.ts';
import { showPull } from '../show/pulls.ts';
import { isPull } from '../state/nouns.ts';
import type { Pull, PullIssue, Repository } from '../state/nouns.ts';
import { failed, Refusal } from '../state/refusal.ts';
import { announce, findRepository } from '../state/site.ts';
import type { Scene, Site } from '../state/site.ts';
import { checkBody, setState, startIssue, touch } from './issues.ts';
import { measurePull } from './pull-facts.ts';

export interface NewPull {
  readonly title: string;
  /** Branch, or `owner:branch` for one of a fork. */
  readonly head: string;
  readonly base: string;
  readonly body?: string | null;
  readonly draft?: boolean;
}

const uncounted = { pair: '', commits: 0, additions: 0, deletions: 0, files: 0 };

export async function openPull(scene: Scene, fields: NewPull): Promise<PullIssue> {
  checkBody('PullRequest', fields.body);
  const { repository } = scene;
  const head = await findHead(scene, fields.head);
  const baseSha = await readRef(repository.dir, `refs/heads/${fields.base}`);
  if (baseSha === undefined) throw invalidSide('base');
  await bringHead(scene, head);
  const { ahead } = await compareCommits(repository.dir, baseSha, head.sha);
  if (ahead === 0) {
    throw failed('PullRequest', `No commits between ${fields.base} and ${fields.head}`);
  }
  refuseSecond(scene, { ...head, base: fields.base });
  const pull = newPull(scene, { head, base: fields.base, baseSha, draft: fields.draft === true });
  const { title, body = null } = fields;
  const issue = startIssue(scene, { title, body, pull });
  await pointPullRef(repository, issue);
  await tellPull(scene, issue, { action: 'opened' });
  return issue;
}

interface Head {
  readonly repository: Repository;
  readonly ref: string;
  readonly sha: string;
}

function newPull(
  { site }: Scene,
  fields: { head: Head; base: string; baseSha: string; draft: boolean },
): Pull {
  return {
    id: site.nextId(),
    headRef: fields.head.ref,
    headRepository: fields.head.repository,
    headSha: fields.head.sha,
    baseRef: fields.base,
    baseSha: fields.baseSha,
    draft: fields.draft,
    reviews: [],
    reviewers: new Set(),
    merged: null,
    ...{ autoMerge: null, queued: null },
    trial: undefined,
    size: uncounted,
  };
}

function invalidSide(field: 'head' | 'base'): Refusal {
  return new Refusal(422, 'Validation Failed', [
    { resource: 'PullRequest', field, code: 'invalid' },
  ]);
}

async function findHead({ site, repository }: Scene, text: string): Promise<Head> {
  const colon = text.indexOf(':');
  const ref = text.slice(colon + 1);
  const from = colon < 0 ? repository : networkOf(site, repository, text.slice(0, colon));
  if (!from) throw invalidSide('head');
  const sha = await readRef(from.dir, `refs/heads/${ref}`);
  if (sha === undefined) throw invalidSide('head');
  return { repository: from, ref, sha };
}

/** The repository itself or its fork, by whose it is. */
function networkOf(site: Site, repository: Repository, owner: string): Repository | undefined {
  if (repository.owner.login.toLowerCase() === owner.toLowerCase()) return repository;
  const same = findRepository(site, `${owner}/${repository.name}`);
  return same?.parent === repository ? same : undefined;
}

/** A fork's commits are copied, as GitHub does, so that they can be compared and merged. */
async function bringHead({ repository }: Scene, head: Head): Promise<void> {
  if (head.repository === repository) return;
  const from = ['-C', repository.dir, 'fetch', '--quiet', head.repository.dir];
  await runGit([...from, `+refs/heads/${head.ref}:refs/sandbox/${head.repository.id}/${head.ref}`]);
}

function refuseSecond(
  { repository }: Scene,
  side: { repository: Repository; ref: string; base: string },
) {
  const second = [...repository.issues.values()]
    .filter(isPull)
    .filter(({ state }) => state === 'open')
    .find(({ pull }) => {
      const sameHead = pull.headRepository === side.repository && pull.headRef === side.ref;
      return sameHead && pull.baseRef === side.base;
    });
  if (second) {
    const label = `${side.repository.owner.login}:${side.ref}`;
    throw failed('PullRequest', `A pull request already exists for ${label}.`);
  }
}

/** `refs/pull/N/head`, by which a pull request's commits stay reachable. */
async function pointPullRef(repository: Repository, { number, pull }: PullIssue): Promise<void> {
  const ref = `refs/pull/${number}/head`;
  await moveRef(repository.dir, {
    ref,
    before: await readRef(repository.dir, ref),
    after: pull.headSha,
  });
}

/** `more` is what the action's webhook says beside the pull request. */
export async function tellPull(
  scene: Scene,
  issue: PullIssue,
  { action, ...more }: { readonly action: string } & Readonly<Record<string, unknown>>,
): Promise<void> {
  const { site, repository, actor } = scene;
  await measurePull(scene, issue);
  const pull = showPull(scene, issue, { mergeable: null, state: 'unknown' });
  const payload = { number: issue.number, pull_request: pull, ...more };
  announce(site, { event: 'pull_request', action, actor, repository, payload });
}

export interface PullEdit {
  readonly title?: string;
  readonly body?: string | null;
  readonly state?: 'open' | 'closed';
  readonly base?: string;
}

export async function editPull(scene: Scene, issue: PullIssue, edit: PullEdit): Promise<void> {
  const changes = await changePull(scene, issue, edit);
  touch(scene, issue);
  if (Object.keys(changes).length > 0) await tellPull(scene, issue, { action: 'edited', changes });
  if (edit.state === 'closed' && issue.state === 'open') await closePull(scene, issue);
  if (edit.state === 'open' && issue.state === 'closed') await reopenPull(scene, issue);
}

/** Gives what was there before, as the webhook tells it. */
async function changePull(
  scene: Scene,
  issue: PullIssue,
  edit: PullEdit,
): Promise<Readonly<Record<string, unknown>>> {
  checkBody('PullRequest', edit.body);
  const changes: Record<string, unknown> = {};
  if (edit.title !== undefined && edit.title !== issue.title) {
    changes['title'] = { from: issue.title };
    issue.title = edit.title;
  }
  if (edit.body !== undefined && edit.body !== issue.body) {
    changes['body'] = { from: issue.body ?? '' };
    issue.body = edit.body;
  }
  if (edit.base !== undefined && edit.base !== issue.pull.baseRef) {
    changes['base'] = await retarget(scene, issue, edit.base);
  }
  return changes;
}

async function retarget({ repository }: Scene, { pull }: PullIssue, base: string) {
  const sha = await readRef(repository.dir, `refs/heads/${base}`);
  if (sha === undefined) throw invalidSide('base');
  const from = { ref: { from: pull.baseRef }, sha: { from: pull.baseSha } };
  pull.baseRef = base;
  pull.baseSha = sha;
  return from;
}

export async function closePull(scene: Scene, issue: PullIssue): Promise<void> {
  setState(scene, issue, 'closed');
  await tellPull(scene, issue, { action: 'closed' });
}

async function reopenPull(scene: Scene, issue: PullIssue): Promise<void> {
  const { pull } = issue;
  const head = await readRef(pull.headRepository.dir, `refs/heads/${pull.headRef}`);
  if (pull.merged)
    throw failed('PullRequest', 'state cannot be changed. The pull request is merged.');
  if (head === undefined) {
    const why = `The ${pull.headRef} branch has been deleted.`;
    throw failed('PullRequest', `state cannot be changed. ${why}`);
  }
  refuseSecond(scene, { repository: pull.headRepository, ref: pull.headRef, base: pull.baseRef });
  if (head !== pull.headSha) {
    const why = `The ${pull.headRef} branch was force-pushed or recreated.`;
    throw failed('PullRequest', `state cannot be changed. ${why}`);
  }
  setState(scene, issue, 'open');
  await tellPull(scene, issue, { action: 'reopened' });
}

/** The head branch has moved. */
export async function moveHead(scene: Scene, issue: PullIssue, after: string): Promise<void> {
  const { pull } = issue;
  const before = pull.headSha;
  await bringHead(scene, { repository: pull.headRepository, ref: pull.headRef, sha: after });
  pull.headSha = after;
  pull.baseSha =
    (await readRef(scene.repository.dir, `refs/heads/${pull.baseRef}`)) ?? pull.baseSha;
  await pointPullRef(scene.repository, issue);
  touch(scene, issue);
  await tellPull(scene, issue, { action: 'synchronize', before, after });
}

export async function setDraft(scene: Scene, issue: PullIssue, draft: boolean): Promise<void> {
  if (issue.pull.draft === draft) return;
  issue.pull.draft = draft;
  touch(scene, issue);
  await tellPull(scene, issue, { action: draft ? 'converted_to_draft' : 'ready_for_review' });
}
