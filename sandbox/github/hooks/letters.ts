import { installationsOf } from '../acts/apps.ts';
import { showAccount, showOrganization } from '../show/accounts.ts';
import { showRepository } from '../show/repositories.ts';
import type { Installation } from '../state/nouns.ts';
import { nodeId } from '../state/site.ts';
import type { Happening, Site } from '../state/site.ts';
import type { Letter } from './delivery.ts';

/** What an App must be allowed to read to be told of an event. */
const neededFor: Readonly<Record<string, readonly string[]>> = {
  push: ['contents'],
  create: ['contents'],
  delete: ['contents'],
  pull_request: ['pull_requests'],
  pull_request_review: ['pull_requests'],
  issues: ['issues'],
  issue_comment: ['issues', 'pull_requests'],
  check_run: ['checks'],
  check_suite: ['checks'],
  merge_group: ['merge_queues'],
  workflow_run: ['actions'],
  workflow_job: ['actions'],
  repository_dispatch: ['contents'],
};

/** One webhook for each installation that is to be told. */
export function lettersFor(site: Site, happening: Happening): readonly Letter[] {
  return recipients(site, happening).map((installation) => ({
    app: installation.app,
    guid: site.chance.guid(),
    event: happening.event,
    action: happening.action,
    installationId: installation.id,
    repositoryId: happening.repository?.id ?? null,
    payload: JSON.stringify(payloadOf(site, happening, installation)),
  }));
}

function recipients(site: Site, happening: Happening): readonly Installation[] {
  const { installation, repository } = happening;
  if (installation) return [installation];
  if (!repository) return [];
  return installationsOf(site, repository).filter((one) => listens(one, happening));
}

function listens(installation: Installation, { event, only }: Happening): boolean {
  const { app, events, permissions } = installation;
  // Checks that it is asked for reach an App whether or not it has subscribed.
  if (only) return only === app && permissions['checks'] === 'write';
  const needed = neededFor[event];
  return events.includes(event) && (needed?.some((name) => name in permissions) ?? true);
}

function payloadOf(site: Site, happening: Happening, { id }: Installation) {
  const { action, payload, repository, actor } = happening;
  const owner = repository?.owner;
  return {
    ...(action !== undefined && { action }),
    ...payload,
    ...(repository && { repository: repositoryIn(site, happening) }),
    ...(owner?.type === 'Organization' && { organization: showOrganization(site, owner) }),
    sender: showAccount(site, actor),
    installation: payload['installation'] ?? { id, node_id: nodeId('INS', id) },
  };
}

/** A push writes the dates of its repository as numbers, like nothing else. */
function repositoryIn(site: Site, { event, repository }: Happening) {
  if (!repository) return undefined;
  const shown = showRepository(site, repository);
  if (event !== 'push') return shown;
  const { createdAt, pushedAt } = repository;
  return {
    ...shown,
    created_at: Math.floor(createdAt / 1000),
    pushed_at: Math.floor(pushedAt / 1000),
    stargazers: 0,
    master_branch: repository.defaultBranch,
    ...(repository.owner.type === 'Organization' && { organization: repository.owner.login }),
  };
}

/** The name of a webhook in GitHub's description. */
export function webhookName({ event, action }: Letter): string {
  return [event, action]
    .filter((part) => part !== undefined)
    .join('-')
    .replaceAll('_', '-');
}
