import { generateKeyPairSync, createPublicKey } from 'node:crypto';
import { showInstallation } from '../show/accounts.ts';
import { mentionRepository } from '../show/issues.ts';
import { fullNameOf } from '../state/nouns.ts';
import type { Account, App, Installation, Permissions, Repository } from '../state/nouns.ts';
import { announce } from '../state/site.ts';
import type { Site } from '../state/site.ts';
import { addAccount } from './accounts.ts';

export interface NewApp {
  readonly name: string;
  readonly owner: Account;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly description?: string;
  readonly externalUrl?: string;
  readonly webhookUrl?: string;
  readonly webhookSecret?: string;
  readonly setupUrl?: string;
  /** PEM. Default: one of this process. */
  readonly privateKey?: string;
}

export function slugOf(name: string): string {
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return slug.replace(/^-|-$/g, '');
}

export function registerApp(site: Site, fields: NewApp): App {
  const slug = slugOf(fields.name);
  const privateKey = fields.privateKey ?? newKey();
  const app: App = {
    id: site.nextId(),
    slug,
    name: fields.name,
    owner: fields.owner,
    bot: addAccount(site, { login: `${slug}[bot]`, type: 'Bot' }),
    clientId: `Iv23${site.chance.hex(16)}`,
    clientSecret: site.chance.hex(40),
    createdAt: site.clock.now(),
    description: fields.description ?? '',
    externalUrl: fields.externalUrl ?? `${site.urls.web}/apps/${slug}`,
    hookId: site.nextId(),
    privateKey,
    publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
    setupUrl: fields.setupUrl ?? null,
    permissions: fields.permissions,
    events: fields.events,
    webhookUrl: fields.webhookUrl ?? null,
    webhookSecret: fields.webhookSecret ?? null,
  };
  site.apps.set(app.id, app);
  return app;
}

let sharedKey: string | undefined;

/** One a process: to make one takes as long as a whole test. */
function newKey(): string {
  if (sharedKey === undefined) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    // PKCS#1, as GitHub hands it out.
    sharedKey = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  }
  return sharedKey;
}

/** Installs on all repositories of an account, or on some. */
export function installApp(
  site: Site,
  fields: {
    readonly app: App;
    readonly account: Account;
    readonly by: Account;
    readonly repositories?: readonly Repository[];
  },
): Installation {
  const { app, account, by, repositories } = fields;
  const now = site.clock.now();
  const installation: Installation = {
    id: site.nextId(),
    app,
    account,
    createdAt: now,
    updatedAt: now,
    permissions: app.permissions,
    events: app.events,
    repositoryIds: repositories && new Set(repositories.map(({ id }) => id)),
    suspendedBy: null,
    suspendedAt: null,
  };
  site.installations.set(installation.id, installation);
  tellInstallation(site, { installation, actor: by, action: 'created' });
  return installation;
}

export function uninstallApp(site: Site, installation: Installation, by: Account): void {
  tellInstallation(site, { installation, actor: by, action: 'deleted' });
  site.installations.delete(installation.id);
  for (const token of site.tokens.values()) {
    if (token.installation === installation) site.tokens.delete(token.value);
  }
}

/** Its owner agrees to what the App asks for by now. */
export function acceptPermissions(site: Site, installation: Installation, by: Account): void {
  installation.permissions = installation.app.permissions;
  installation.events = installation.app.events;
  installation.updatedAt = site.clock.now();
  tellInstallation(site, { installation, actor: by, action: 'new_permissions_accepted' });
}

export function suspendInstallation(site: Site, installation: Installation, by: Account): void {
  installation.suspendedBy = by;
  installation.suspendedAt = site.clock.now();
  tellInstallation(site, { installation, actor: by, action: 'suspend' });
}

export function unsuspendInstallation(site: Site, installation: Installation, by: Account): void {
  installation.suspendedBy = null;
  installation.suspendedAt = null;
  tellInstallation(site, { installation, actor: by, action: 'unsuspend' });
}

function tellInstallation(
  site: Site,
  { installation, actor, action }: { installation: Installation; actor: Account; action: string },
): void {
  const payload = {
    installation: showInstallation(site, installation),
    repositories: installedRepositories(site, installation).map(mention),
  };
  const { app: only } = installation;
  announce(site, { event: 'installation', action, actor, payload, only, installation });
}

function mention(repository: Repository) {
  return mentionRepository(repository, fullNameOf(repository));
}

/** Adds repositories to a selection, or takes them away. */
export function selectRepositories(
  site: Site,
  installation: Installation,
  change: {
    readonly added?: readonly Repository[];
    readonly removed?: readonly Repository[];
    readonly by: Account;
  },
): void {
  const { added = [], removed = [], by } = change;
  const ids = installation.repositoryIds ?? new Set(installedIds(site, installation));
  for (const { id } of added) ids.add(id);
  for (const { id } of removed) ids.delete(id);
  installation.repositoryIds = ids;
  const action = added.length > 0 ? 'added' : 'removed';
  const payload = {
    installation: showInstallation(site, installation),
    repository_selection: 'selected',
    repositories_added: added.map(mention),
    repositories_removed: removed.map(mention),
    requester: null,
  };
  const happening = { event: 'installation_repositories', action, actor: by, payload };
  announce(site, { ...happening, only: installation.app, installation });
}

function installedIds(site: Site, installation: Installation): readonly number[] {
  return installedRepositories(site, installation).map(({ id }) => id);
}

export function installedRepositories(
  site: Site,
  { account, repositoryIds }: Installation,
): readonly Repository[] {
  return [...site.repositories.values()].filter(
    ({ id, owner }) => owner === account && (repositoryIds?.has(id) ?? true),
  );
}

/** Installations that a repository belongs to, suspended ones left out. */
export function installationsOf(site: Site, repository: Repository): readonly Installation[] {
  return [...site.installations.values()].filter(
    ({ account, repositoryIds, suspendedAt }) =>
      suspendedAt === null &&
      account === repository.owner &&
      (repositoryIds?.has(repository.id) ?? true),
  );
}
