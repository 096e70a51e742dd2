import * as v from 'valibot';
import { isBotBranch } from '../model/bot-branch.ts';
import { correlationIn } from '../model/build.ts';
import { checkActions, imagesCheck } from '../model/check-report.ts';
import type { AppEvent, Unwanted } from '../model/event.ts';
import type { InstalledRepository } from '../model/repository.ts';

/*
 * What GitHub sends, as far as we use it. A payload is signed, and so from GitHub; that it has the shape
 * we expect is another question.
 */

const name = v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,100}$/));
const commit = v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/));
const repository = v.object({ name, owner: v.object({ login: name }) });
const about = { installation: v.object({ id: v.number() }), repository };
const listed = v.array(v.object({ full_name: v.pipe(v.string(), v.regex(/^[^/\s]+\/[^/\s]+$/)) }));

type Read = (event: string, payload: unknown) => AppEvent | Unwanted;

/** Reads payloads of one shape; another shape is unwanted. */
function reader<Shape extends v.GenericSchema>(
  shape: Shape,
  read: (payload: v.InferOutput<Shape>) => AppEvent | Unwanted,
): Read {
  return (event, payload) => {
    const parsed = v.safeParse(shape, payload);
    if (parsed.success) return read(parsed.output);
    const [issue] = parsed.issues;
    const where = v.getDotPath(issue) ?? 'all of it';
    return unwanted(`${event} of another shape, at ${where}`);
  };
}

const installation = v.object({
  action: v.string(),
  installation: v.object({ id: v.number() }),
  repositories: v.optional(listed, []),
});
const installationRepositories = v.object({
  action: v.string(),
  installation: v.object({ id: v.number() }),
  repositories_added: v.optional(listed, []),
});
const push = v.object({
  ...about,
  ref: v.string(),
  before: v.optional(commit),
  after: v.optional(commit),
  deleted: v.optional(v.boolean(), false),
});
const pullRequest = v.object({
  ...about,
  action: v.string(),
  pull_request: v.object({
    number: v.pipe(v.number(), v.integer()),
    head: v.object({ sha: commit, ref: v.optional(v.string(), '') }),
  }),
  changes: v.optional(v.object({ base: v.optional(v.unknown()) }), {}),
});
const head = v.object({ head_sha: commit });
const sender = v.object({ login: v.string(), type: v.optional(v.string(), 'User') });
const checkRun = v.object({
  ...about,
  action: v.string(),
  sender: v.optional(sender, { login: '' }),
  check_run: v.object({ head_sha: commit, name: v.optional(v.string(), '') }),
  requested_action: v.optional(v.object({ identifier: v.string() })),
});
const checkSuite = v.object({ ...about, action: v.string(), check_suite: head });
const issueComment = v.object({
  ...about,
  action: v.string(),
  sender,
  issue: v.object({ number: v.number() }),
  comment: v.object({ id: v.number(), body: v.string(), user: sender }),
});
const workflowRun = v.object({
  ...about,
  workflow_run: v.object({ id: v.number(), display_title: v.optional(v.string(), '') }),
});
const workflowJob = v.object({ ...about, workflow_job: v.object({ run_id: v.number() }) });

const mergeGroup = v.object({
  ...about,
  action: v.string(),
  merge_group: v.object({ head_sha: commit, head_ref: v.string(), base_ref: v.string() }),
});

const markActions: readonly string[] = ['labeled', 'unlabeled', 'ready_for_review'];
const headActions: readonly string[] = ['opened', 'synchronize', 'reopened'];
const installActions: readonly string[] = ['created', 'unsuspend', 'new_permissions_accepted'];

const readers: ReadonlyMap<string, Read> = new Map([
  [
    'installation',
    reader(installation, ({ action, installation: { id }, repositories }) =>
      installActions.includes(action)
        ? installed(id, repositories)
        : unwanted(`installation ${action}`),
    ),
  ],
  [
    'installation_repositories',
    reader(
      installationRepositories,
      ({ action, installation: { id }, repositories_added: added }) =>
        action === 'added' ? installed(id, added) : unwanted(`repositories ${action}`),
    ),
  ],
  ['push', reader(push, pushed)],
  ['pull_request', reader(pullRequest, pullRequestChanged)],
  ['merge_group', reader(mergeGroup, groupMade)],
  [
    'check_run',
    reader(checkRun, (payload) =>
      payload.requested_action
        ? actionRequested(payload, payload.requested_action.identifier)
        : rerequested(payload, payload.check_run.head_sha, payload.check_run.name),
    ),
  ],
  [
    'check_suite',
    reader(checkSuite, (payload) => rerequested(payload, payload.check_suite.head_sha, 'suite')),
  ],
  ['issue_comment', reader(issueComment, commented)],
  [
    'workflow_run',
    reader(workflowRun, (payload) => {
      const { id, display_title: title } = payload.workflow_run;
      const correlation = correlationIn(title);
      return runMoved(payload, id, correlation);
    }),
  ],
  [
    'workflow_job',
    reader(workflowJob, (payload) => runMoved(payload, payload.workflow_job.run_id)),
  ],
]);

/** True for events of which some ask for something. */
export function isOurEvent(event: string): boolean {
  return readers.has(event);
}

/** What a webhook means to us. Never throws: what cannot be read is unwanted, with the reason. */
export function readWebhook(event: string, payload: unknown): AppEvent | Unwanted {
  const read = readers.get(event);
  return read ? read(event, payload) : unwanted(`event ${event.slice(0, 60)} is not for us`);
}

function pushed(payload: v.InferOutput<typeof push>): AppEvent | Unwanted {
  const branch = branchIn(payload.ref);
  if (branch === undefined || payload.deleted) return unwanted('no branch was pushed');
  if (isBotBranch(branch)) return unwanted("the branch is the bot's own");
  const { after: head, before } = payload;
  const moved = head !== undefined && before !== undefined ? { moved: { head, before } } : {};
  return { kind: 'pushed', repository: repositoryOf(payload), branch, ...moved };
}

/** An edit of its words changes nothing that is checked; one of its base does. */
function pullRequestChanged(payload: v.InferOutput<typeof pullRequest>): AppEvent | Unwanted {
  const { action, changes, pull_request: pull } = payload;
  const isRebased = action === 'edited' && changes.base !== undefined;
  const ofBot = isBotBranch(pull.head.ref);
  const about = { repository: repositoryOf(payload), pull: pull.number };
  if (ofBot && markActions.includes(action)) return { kind: 'pull-marked', ...about };
  if (!headActions.includes(action) && !isRebased) return unwanted(`pull request ${action}`);
  return { kind: 'head-changed', ...about, head: pull.head.sha, ofBot };
}

/** The queue makes a branch for each group, and takes it away by itself. */
function groupMade(payload: v.InferOutput<typeof mergeGroup>): AppEvent | Unwanted {
  const { action, merge_group: group } = payload;
  if (action !== 'checks_requested') return unwanted(`merge group ${action}`);
  const branch = branchIn(group.head_ref);
  const base = branchIn(group.base_ref);
  if (branch === undefined || base === undefined) return unwanted('a merge group of no branches');
  return {
    ...{ kind: 'group-made', repository: repositoryOf(payload), head: group.head_sha },
    group: { branch, base },
  };
}

function branchIn(ref: string): string | undefined {
  return /^refs\/heads\/(.+)$/.exec(ref)?.[1];
}

function unwanted(why: string): Unwanted {
  return { kind: 'unwanted', why };
}

function installed(
  id: number,
  repositories: readonly { readonly full_name: string }[],
): AppEvent | Unwanted {
  if (repositories.length === 0) return unwanted('no repositories are named');
  return {
    kind: 'installed',
    repositories: repositories.map(({ full_name: full }) => {
      const [owner = '', own = ''] = full.split('/');
      return { installation: id, owner, name: own };
    }),
  };
}

function rerequested(
  payload: { readonly action: string } & About,
  sha: string,
  what: string,
): AppEvent | Unwanted {
  if (payload.action !== 'rerequested') return unwanted(`check ${payload.action}`);
  const suite = what === 'suite';
  if (suite || what === imagesCheck) {
    return { kind: 'images-wanted', repository: repositoryOf(payload), head: sha, suite };
  }
  return { kind: 'checks-wanted', repository: repositoryOf(payload), head: sha };
}

function actionRequested(
  payload: v.InferOutput<typeof checkRun>,
  identifier: string,
): AppEvent | Unwanted {
  const { head_sha: sha } = payload.check_run;
  const action = checkActions.find((name) => name === identifier);
  if (!action) return unwanted(`no check has the button ${identifier}`);
  const by = payload.sender.login;
  return {
    ...{ kind: 'action-requested', repository: repositoryOf(payload) },
    ...{ head: sha, action, by },
  };
}

/** Commands of bots are not taken, whoever they are; those of people nearly always are none. */
function commented(payload: v.InferOutput<typeof issueComment>): AppEvent | Unwanted {
  const { action, comment, sender: by, issue } = payload;
  if (action !== 'created' && action !== 'edited') return unwanted(`comment ${action}`);
  if (comment.user.type === 'Bot' || by.type === 'Bot') return unwanted('a bot commented');
  if (!/(?:^|[\r\n])[^\r\n]{0,200}\/[a-z]/iu.test(comment.body))
    return unwanted('no command is in it');
  return {
    ...{ kind: 'commented', repository: repositoryOf(payload) },
    ...{ issue: issue.number, comment: comment.id },
    ...(action === 'edited' && { editor: by.login }),
  };
}

function runMoved(payload: About, run: number, correlation?: string): AppEvent {
  return {
    ...{ kind: 'run-moved', repository: repositoryOf(payload), run },
    ...(correlation !== undefined && { correlation }),
  };
}

interface About {
  readonly installation: { readonly id: number };
  readonly repository: { readonly name: string; readonly owner: { readonly login: string } };
}

function repositoryOf({
  installation,
  repository: { name: own, owner },
}: About): InstalledRepository {
  return { installation: installation.id, owner: owner.login, name: own };
}
