import { readCommit } from '../git/commits.ts';
import type { Commit } from '../git/commits.ts';
import { commitsBetween, isAncestor } from '../git/graph.ts';
import { moveRef, noObject, readRef } from '../git/refs.ts';
import { changedPaths } from '../git/trees.ts';
import type { RefMove } from '../git/refs.ts';
import { noreplyAddress, showSimpleCommit } from '../show/commits.ts';
import { webUrlOf } from '../show/repositories.ts';
import { isPull } from '../state/nouns.ts';
import type { PullIssue, Repository } from '../state/nouns.ts';
import { announce } from '../state/site.ts';
import type { Place, Scene } from '../state/site.ts';
import { installationsOf } from './apps.ts';
import { ensureSuite, tellSuite } from './checks.ts';
import { setState, touch } from './issues.ts';
import { closePull, moveHead, tellPull } from './pulls.ts';

const heads = 'refs/heads/';
const mostCommitsTold = 20;

/** Moves a ref, and lets happen what follows from it. */
export async function moveAndFollow(scene: Scene, move: RefMove): Promise<void> {
  await moveRef(scene.repository.dir, move);
  await followRef(scene, move);
}

/** A ref has moved: webhooks, check suites and pull requests follow. */
export async function followRef(scene: Scene, move: RefMove): Promise<void> {
  if (move.before === move.after) return;
  const { site, repository } = scene;
  repository.pushedAt = site.clock.now();
  await tellPush(scene, move);
  if (!move.ref.startsWith(heads)) return;
  const branch = move.ref.slice(heads.length);
  if (move.after !== undefined) await startSuites(scene, branch, move.after);
  for (const target of networkOf(scene)) {
    await followPulls({ ...scene, repository: target }, repository, { ...move, branch });
  }
}

/** Pull requests of a branch are in its own repository, or in the one that it was forked from. */
function networkOf({ repository }: Place): readonly Repository[] {
  return repository.parent ? [repository, repository.parent] : [repository];
}

interface BranchMove extends RefMove {
  readonly branch: string;
}

async function followPulls(scene: Scene, moved: Repository, move: BranchMove): Promise<void> {
  const open = [...scene.repository.issues.values()]
    .filter(isPull)
    .filter(({ state }) => state === 'open');
  for (const issue of open) {
    const { pull } = issue;
    if (pull.headRepository === moved && pull.headRef === move.branch) {
      await followHead(scene, issue, move);
    } else if (scene.repository === moved && pull.baseRef === move.branch) {
      await followBase(scene, issue, move);
    }
  }
}

async function followHead(scene: Scene, issue: PullIssue, { after }: BranchMove): Promise<void> {
  if (after === undefined) {
    await closePull(scene, issue);
    return;
  }
  await moveHead(scene, issue, after);
  const base = await readRef(scene.repository.dir, heads + issue.pull.baseRef);
  // A branch that is set back to its base has nothing left to propose.
  const isEmpty = base !== undefined && (await isAncestor(scene.repository.dir, after, base));
  if (isEmpty) await closePull(scene, issue);
}

async function followBase(scene: Scene, issue: PullIssue, { after }: BranchMove): Promise<void> {
  if (after === undefined) {
    await closePull(scene, issue);
    return;
  }
  const isIn = await isAncestor(scene.repository.dir, issue.pull.headSha, after);
  if (isIn) await markMerged(scene, issue, after);
}

/** The base branch has the head's commits, by a merge or by somebody's push. */
async function markMerged(scene: Scene, issue: PullIssue, commit: string): Promise<void> {
  const { site, actor } = scene;
  issue.pull.merged = { at: site.clock.now(), by: actor, commit };
  setState(scene, issue, 'closed');
  await tellPull(scene, issue, { action: 'closed' });
}

/** A squash leaves none of the head's commits in the base: only who merges knows that it happened. */
export async function markSquashed(scene: Scene, issue: PullIssue, commit: string): Promise<void> {
  if (issue.state === 'open') await markMerged(scene, issue, commit);
  touch(scene, issue);
}

async function startSuites(scene: Scene, headBranch: string, headSha: string): Promise<void> {
  for (const { app, permissions } of installationsOf(scene.site, scene.repository)) {
    if (permissions['checks'] !== 'write') continue;
    const { suite, isNew } = await ensureSuite(scene, app, { headSha, headBranch });
    if (isNew) await tellSuite(scene, suite, 'requested');
  }
}

async function tellPush(scene: Scene, { ref, before, after }: RefMove): Promise<void> {
  const { site, repository, actor } = scene;
  const { dir } = repository;
  const created = before === undefined;
  const commits = await pushedCommits(scene, { before, after });
  const head = after === undefined ? undefined : await readCommit(dir, after);
  const shown = await Promise.all(commits.map((commit) => showPushed(scene, commit)));
  const forced = !created && after !== undefined && !(await isAncestor(dir, before, after));
  const payload = {
    ref,
    before: before ?? noObject,
    after: after ?? noObject,
    base_ref: null,
    compare: `${webUrlOf(site, repository)}/compare/${(before ?? noObject).slice(0, 12)}...${(after ?? noObject).slice(0, 12)}`,
    created,
    deleted: after === undefined,
    forced,
    commits: shown,
    head_commit: head ? await showPushed(scene, head) : null,
    pusher: { name: actor.login, email: noreplyAddress(actor) },
  };
  if (created) tellCreation(scene, ref, 'create');
  if (after === undefined) tellCreation(scene, ref, 'delete');
  announce(site, { event: 'push', action: undefined, actor, repository, payload });
}

function tellCreation(scene: Scene, full: string, event: 'create' | 'delete'): void {
  const { site, repository, actor } = scene;
  const [, kind = '', ref = ''] = full.split(/^refs\/(heads|tags)\//);
  if (kind === '') return;
  const payload = {
    ref,
    ref_type: kind === 'tags' ? 'tag' : 'branch',
    pusher_type: 'user',
    ...(event === 'create' && { master_branch: repository.defaultBranch, description: null }),
  };
  announce(site, { event, action: undefined, actor, repository, payload });
}

/** The newest of those that the push brought, oldest first. */
async function pushedCommits(
  { repository }: Place,
  { before, after }: Pick<RefMove, 'before' | 'after'>,
): Promise<readonly Commit[]> {
  if (after === undefined) return [];
  const main = await readRef(repository.dir, heads + repository.defaultBranch);
  const from = before ?? main;
  if (from === undefined || from === after) return [];
  return (await commitsBetween(repository.dir, from, after)).slice(-mostCommitsTold);
}

async function showPushed({ site, repository }: Place, commit: Commit) {
  const { dir } = repository;
  const [first] = commit.parents;
  const parent = first === undefined ? undefined : await readCommit(dir, first);
  const paths = await changedPaths(dir, parent?.tree, commit.tree);
  return {
    ...showSimpleCommit(commit),
    url: `${webUrlOf(site, repository)}/commit/${commit.sha}`,
    distinct: true,
    ...paths,
  };
}
