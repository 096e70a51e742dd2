import * as v from 'valibot';
import { isBotBranch } from '../model/bot-branch.ts';
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
const push = v.object({ ...about, ref: v.string(), deleted: v.optional(v.boolean(), false) });
const pullRequest = v.object({
  ...about,
  action: v.string(),
  pull_request: v.object({
    number: v.pipe(v.number(), v.integer()),
    head: v.object({ sha: commit }),
  }),
  changes: v.optional(v.object({ base: v.optional(v.unknown()) }), {}),
});
const head = v.object({ head_sha: commit });
const checkRun = v.object({
  ...about,
  action: v.string(),
  check_run: head,
  requested_action: v.optional(v.object({ identifier: v.string() })),
});
const checkSuite = v.object({ ...about, action: v.string(), check_suite: head });

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
  [
    'check_run',
    reader(checkRun, (payload) =>
      payload.requested_action
        ? actionRequested(payload, payload.requested_action.identifier)
        : rerequested(payload, payload.check_run.head_sha),
    ),
  ],
  [
    'check_suite',
    reader(checkSuite, (payload) => rerequested(payload, payload.check_suite.head_sha)),
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
  const branch = /^refs\/heads\/(.+)$/.exec(payload.ref)?.[1];
  if (branch === undefined || payload.deleted) return unwanted('no branch was pushed');
  if (isBotBranch(branch)) return unwanted("the branch is the bot's own");
  return { kind: 'pushed', repository: repositoryOf(payload), branch };
}

/** An edit of its words changes nothing that is checked; one of its base does. */
function pullRequestChanged(payload: v.InferOutput<typeof pullRequest>): AppEvent | Unwanted {
  const { action, changes, pull_request: pull } = payload;
  const isRebased = action === 'edited' && changes.base !== undefined;
  if (!headActions.includes(action) && !isRebased) return unwanted(`pull request ${action}`);
  const about = { repository: repositoryOf(payload), pull: pull.number, head: pull.head.sha };
  return { kind: 'head-changed', ...about };
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
): AppEvent | Unwanted {
  if (payload.action !== 'rerequested') return unwanted(`check ${payload.action}`);
  return { kind: 'checks-wanted', repository: repositoryOf(payload), head: sha };
}

function actionRequested(
  payload: v.InferOutput<typeof checkRun>,
  identifier: string,
): AppEvent | Unwanted {
  const { head_sha: sha } = payload.check_run;
  if (identifier !== 'update-lock') return unwanted(`no check has the button ${identifier}`);
  return {
    ...{ kind: 'action-requested', repository: repositoryOf(payload) },
    ...{ head: sha, action: identifier },
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
