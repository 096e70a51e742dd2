import { tokenOf } from './acts/accounts.ts';
import { mergeWhatWaits } from './acts/auto-merge.ts';
import { rerequestRun, rerequestSuite, requestAction } from './acts/checks.ts';
import { pushFiles } from './acts/commits.ts';
import {
  commentOn,
  deleteComment,
  editComment,
  editIssue,
  openIssue,
  react,
} from './acts/issues.ts';
import { mergePull } from './acts/merge.ts';
import { addLabels, removeLabel, reviewPull } from './acts/pull-talk.ts';
import { editPull, openPull, setDraft } from './acts/pulls.ts';
import type { PullEdit } from './acts/pulls.ts';
import { moveAndFollow } from './acts/refs.ts';
import {
  archiveRepository,
  forkRepository,
  protectBranches,
  renameRepository,
} from './acts/repositories.ts';
import { readRef } from './git/refs.ts';
import { fullNameOf, isPull } from './state/nouns.ts';
import type { CheckRun, Comment, Issue, PullIssue } from './state/nouns.ts';
import { mayAs } from './state/roles.ts';
import type { Person } from './person.ts';
import { accountOf, findRepository } from './state/site.ts';
import type { Scene, Site } from './state/site.ts';

export type { Person } from './person.ts';

/** A person in a repository. */
export function personIn(site: Site, login: string, fullName: string): Person {
  const actor = accountOf(site, login);
  const found = findRepository(site, fullName);
  if (!found) throw new Error(`there is no repository ${fullName}`);
  const scene: Scene = { site, repository: found, actor };
  const token = tokenOf(site, actor).value;
  const address = new URL(site.urls.web);
  return {
    login: actor.login,
    token,
    get gitUrl() {
      return `http://${actor.login}:${token}@${address.host}/${fullNameOf(found)}.git`;
    },
    ...codeActs(scene),
    ...pullActs(scene),
    ...talkActs(scene),
    ...checkActs(scene),
    ...ownerActs(scene),
  };
}

function need(scene: Scene, role: 'triage' | 'write' | 'admin'): void {
  if (mayAs(scene.repository, scene.actor, role)) return;
  const where = fullNameOf(scene.repository);
  throw new Error(`${scene.actor.login} is no ${role} of ${where}`);
}

function issueOf({ repository }: Scene, number: number): Issue {
  const issue = repository.issues.get(number);
  if (!issue) throw new Error(`${fullNameOf(repository)} has no issue ${number}`);
  return issue;
}

function pullOf(scene: Scene, number: number): PullIssue {
  const issue = issueOf(scene, number);
  if (!isPull(issue)) throw new Error(`${number} is no pull request`);
  return issue;
}

function commentOf({ repository }: Scene, id: number): Comment {
  const comment = repository.comments.get(id);
  if (!comment) throw new Error(`${fullNameOf(repository)} has no comment ${id}`);
  return comment;
}

function checkOf({ repository }: Scene, check: number | string): CheckRun {
  const runs = [...repository.checks.values()];
  const found = runs.findLast(({ id, name }) => id === check || name === check);
  if (!found) throw new Error(`${fullNameOf(repository)} has no check ${check}`);
  return found;
}

function codeActs(scene: Scene): Pick<Person, 'push' | 'deleteBranch' | 'fork'> {
  const { site, repository } = scene;
  return {
    push: (push) =>
      site.turn(() => {
        need(scene, 'write');
        return pushFiles(scene, push);
      }),
    deleteBranch: (branch) =>
      site.turn(async () => {
        need(scene, 'write');
        const ref = `refs/heads/${branch}`;
        const before = await readRef(repository.dir, ref);
        await moveAndFollow(scene, { ref, before, after: undefined });
      }),
    fork: () => site.turn(async () => fullNameOf(await forkRepository(scene))),
  };
}

type PullActs =
  | ('openPullRequest' | 'editPullRequest' | 'closePullRequest' | 'reopenPullRequest')
  | ('setDraft' | 'merge' | 'review');

function pullActs(scene: Scene): Pick<Person, PullActs> {
  const { site, repository } = scene;
  function edit(number: number, change: PullEdit): Promise<void> {
    return site.turn(() => editPull(scene, pullOf(scene, number), change));
  }
  return {
    openPullRequest: (fields) =>
      site.turn(async () => {
        const base = fields.base ?? repository.defaultBranch;
        return (await openPull(scene, { ...fields, base })).number;
      }),
    editPullRequest: edit,
    closePullRequest: (number) => edit(number, { state: 'closed' }),
    reopenPullRequest: (number) => edit(number, { state: 'open' }),
    setDraft: (number, draft) => site.turn(() => setDraft(scene, pullOf(scene, number), draft)),
    merge: (number, request = {}) =>
      site.turn(() => {
        need(scene, 'write');
        return mergePull(scene, pullOf(scene, number), request);
      }),
    review: (number, state, body = '') =>
      site.turn(async () => {
        await reviewPull(scene, pullOf(scene, number), { state, body });
        await mergeWhatWaits(scene);
      }),
  };
}

type TalkActs =
  | ('openIssue' | 'closeIssue' | 'reopenIssue' | 'comment' | 'editComment' | 'deleteComment')
  | ('lock' | 'react' | 'label' | 'unlabel');

function talkActs(scene: Scene): Pick<Person, TalkActs> {
  const { site } = scene;
  function now<T>(act: () => T): Promise<T> {
    return site.turn(() => Promise.resolve(act()));
  }
  return {
    openIssue: (fields) => now(() => openIssue(scene, fields).number),
    closeIssue: (number) =>
      now(() => {
        editIssue(scene, issueOf(scene, number), { state: 'closed' });
      }),
    reopenIssue: (number) =>
      now(() => {
        editIssue(scene, issueOf(scene, number), { state: 'open' });
      }),
    lock: (number) =>
      now(() => {
        need(scene, 'triage');
        issueOf(scene, number).locked = true;
      }),
    comment: (number, body) => now(() => commentOn(scene, issueOf(scene, number), body).id),
    editComment: (id, body) =>
      now(() => {
        editComment(scene, commentOf(scene, id), body);
      }),
    deleteComment: (id) =>
      now(() => {
        deleteComment(scene, commentOf(scene, id));
      }),
    react: (id, content) =>
      now(() => {
        react(scene, commentOf(scene, id), content);
      }),
    label: (number, ...names) => site.turn(() => addLabels(scene, pullOf(scene, number), names)),
    unlabel: (number, name) => site.turn(() => removeLabel(scene, pullOf(scene, number), name)),
  };
}

function checkActs(scene: Scene): Pick<Person, 'rerequest' | 'rerequestAll' | 'press'> {
  const { site, repository } = scene;
  return {
    rerequest: (check) =>
      site.turn(() => {
        need(scene, 'write');
        rerequestRun(scene, checkOf(scene, check));
        return Promise.resolve();
      }),
    rerequestAll: (head) =>
      site.turn(async () => {
        need(scene, 'write');
        const suites = [...repository.suites.values()];
        for (const suite of suites.filter(({ headSha }) => headSha === head)) {
          await rerequestSuite(scene, suite);
        }
      }),
    press: (check, identifier) =>
      site.turn(() => {
        need(scene, 'write');
        requestAction(scene, checkOf(scene, check), identifier);
        return Promise.resolve();
      }),
  };
}

function ownerActs(
  scene: Scene,
): Pick<Person, 'rename' | 'archive' | 'protect' | 'allowAutoMerge'> {
  const { site } = scene;
  return {
    rename: (name) =>
      site.turn(() => {
        need(scene, 'admin');
        renameRepository(scene, name);
        return Promise.resolve();
      }),
    archive: () =>
      site.turn(() => {
        need(scene, 'admin');
        archiveRepository(scene);
        return Promise.resolve();
      }),
    allowAutoMerge: () =>
      site.turn(() => {
        need(scene, 'admin');
        scene.repository.allowsAutoMerge = true;
        return Promise.resolve();
      }),
    protect: (...protections) =>
      site.turn(() => {
        need(scene, 'admin');
        const full = protections.map((one) => ({
          requiredChecks: [],
          requiredApprovals: 0,
          ...one,
        }));
        return protectBranches(scene, full);
      }),
  };
}
