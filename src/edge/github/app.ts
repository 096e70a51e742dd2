import { createAppAuth } from '@octokit/auth-app';
import type { Octokit } from '@octokit/rest';
import type { InstalledRepository, RepositoryName } from '../../core/model/repository.ts';
import { createAnswers } from './answers.ts';
import { createClient } from './client.ts';
import { openDeliveryLog } from './delivery-log.ts';
import type { DeliveryLog } from './delivery-log.ts';
import { hasStatus } from './failure.ts';
import { openRepository } from './repository.ts';
import type { GitHubRepository } from './repository.ts';
import { tokenAuth } from './token-auth.ts';
import { createWriteBudget } from './write-budget.ts';
import type { WriteBudget } from './write-budget.ts';

export interface GitHubAppOptions {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  /** `https://api.github.com`, or `https://HOST/api/v3` of GitHub Enterprise. */
  readonly apiUrl: string;
  /** Where git and browsers go: `https://github.com`. */
  readonly webUrl: string;
  readonly now: () => number;
  /** Told how many requests of the hour an installation has left. */
  readonly onRequestsLeft?: (installation: number, left: number) => void;
  /** Of one installation. Default: what GitHub asks for; a server of one's own may have no such limit. */
  readonly writesPerMinute?: number;
}

/** The App as GitHub knows it. Every rejection is a `WorldError` or a `RetryLater`. */
export interface GitHubApp {
  /** The App's own account: `pinwheel[bot]`. */
  account(): Promise<string>;
  /** Every repository that it is installed on, archived ones left out. */
  repositories(): Promise<readonly InstalledRepository[]>;
  /** One repository, with a token that opens nothing else; nothing is asked once the signal is aborted. */
  repository(repository: InstalledRepository, signal?: AbortSignal): GitHubRepository;
  readonly deliveries: DeliveryLog;
}

/** What the bot may do in a repository at all; less is asked for nowhere. See app.yml. */
const permissions = {
  metadata: 'read',
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'write',
};

/** For workflow runs, and nothing else: an installation that does not grant it keeps all the rest. */
const actionsPermissions = { metadata: 'read', actions: 'write' };

export function createGitHubApp(options: GitHubAppOptions): GitHubApp {
  const { appId, privateKey, apiUrl, now, onRequestsLeft, writesPerMinute } = options;
  const asApp = createClient({
    apiUrl,
    now,
    auth: { authStrategy: createAppAuth, auth: { appId, privateKey } },
  });
  const budgets = new Map<number, WriteBudget>();
  let account: Promise<string> | undefined;

  function clientFor(
    { installation, name }: InstalledRepository,
    signal: AbortSignal | undefined,
    granted: Readonly<Record<string, string>>,
  ): Octokit {
    const scope = { installation, repository: name, permissions: granted };
    return createClient({
      apiUrl,
      now,
      budget: kept(budgets, installation, () => createWriteBudget(now, writesPerMinute)),
      // GitHub's validators hold for one token, and so for one job.
      answers: createAnswers(),
      auth: tokenAuth({ appId, privateKey, asApp }, scope),
      ...(signal && { signal }),
      ...(onRequestsLeft && {
        onRequestsLeft: (left) => {
          onRequestsLeft(installation, left);
        },
      }),
    });
  }
  return {
    account: () => {
      account ??= accountOf(asApp).catch((error: unknown) => {
        account = undefined;
        throw error;
      });
      return account;
    },
    repositories: () => installedRepositories(asApp, options),
    repository: (repository, signal) =>
      openRepository(clientFor(repository, signal, permissions), {
        ...{ ...options, repository },
        actions: clientFor(repository, signal, actionsPermissions),
      }),
    deliveries: openDeliveryLog(asApp),
  };
}

function kept<T>(all: Map<number, T>, key: number, make: () => T): T {
  const known = all.get(key) ?? make();
  all.set(key, known);
  return known;
}

async function accountOf(asApp: Octokit): Promise<string> {
  const { data } = await asApp.rest.apps.getAuthenticated();
  return `${data?.slug ?? 'pinwheel'}[bot]`;
}

async function installedRepositories(
  asApp: Octokit,
  { appId, privateKey, apiUrl, now }: GitHubAppOptions,
): Promise<readonly InstalledRepository[]> {
  const installations = await asApp.paginate(asApp.rest.apps.listInstallations, { per_page: 100 });
  const found: InstalledRepository[] = [];
  for (const { id: installation, suspended_at: suspended } of installations) {
    if (suspended !== null) continue;
    const scope = { installation, permissions: { metadata: 'read' } };
    const auth = tokenAuth({ appId, privateKey, asApp }, scope);
    for (const one of await repositoriesOf(createClient({ apiUrl, now, auth })))
      found.push({ installation, ...one });
  }
  return found;
}

/** None where the installation ended after it was listed. */
async function repositoriesOf(client: Octokit): Promise<readonly RepositoryName[]> {
  try {
    const asked = client.rest.apps.listReposAccessibleToInstallation;
    const all = await client.paginate(asked, { per_page: 100 });
    return all
      .filter(({ archived }) => !archived)
      .map(({ owner, name }) => ({ owner: owner.login, name }));
  } catch (error) {
    if (hasStatus(error, 403, 404)) return [];
    throw error;
  }
}
