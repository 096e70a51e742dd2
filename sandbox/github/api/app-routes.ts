import { installedRepositories, uninstallApp } from '../acts/apps.ts';
import { showApp, showInstallation, showPublicUser, withMetadata } from '../show/accounts.ts';
import { showRepository } from '../show/repositories.ts';
import { isoDate } from '../state/clock.ts';
import type { App, Installation, Permissions, Repository, Token } from '../state/nouns.ts';
import { notAccessible, notFound, Refusal } from '../state/refusal.ts';
import { accountOf } from '../state/site.ts';
import type { Site } from '../state/site.ts';
import { tokenRepositories } from './auth.ts';
import { created, noContent, numberOf, ok } from './call.ts';
import type { Answer, Call, RepositoryRoutes, SiteRoutes } from './call.ts';
import { listAnswer, pageOf } from './pages.ts';

const tokenLife = 3_600_000;

function appOf(call: Call): App {
  if (call.caller.kind !== 'app') throw notAccessible();
  return call.caller.app;
}

function installationsOfApp(call: Call): readonly Installation[] {
  const app = appOf(call);
  return [...call.site.installations.values()].filter((one) => one.app === app);
}

function installationOf(call: Call): Installation {
  const id = numberOf(call, 'installation_id');
  const found = installationsOfApp(call).find((one) => one.id === id);
  if (!found) throw notFound();
  return found;
}

interface TokenRequest {
  readonly repositories?: readonly string[];
  readonly repository_ids?: readonly number[];
  readonly permissions?: Permissions;
}

function createToken(call: Call): Answer {
  const { site } = call;
  const installation = installationOf(call);
  if (installation.suspendedAt !== null) {
    throw new Refusal(403, 'This installation has been suspended');
  }
  const request = (call.body ?? {}) as TokenRequest;
  const repositories = chosenRepositories(site, installation, request);
  const permissions = chosenPermissions(installation, request.permissions);
  const token: Token = {
    // As GitHub's are: no fixed length.
    value: `ghs_${installation.app.id}_${site.chance.hex(96)}`,
    account: installation.app.bot,
    installation,
    permissions,
    repositoryIds: repositories && new Set(repositories.map(({ id }) => id)),
    expiresAt: site.clock.now() + tokenLife,
  };
  site.tokens.set(token.value, token);
  return created({
    token: token.value,
    expires_at: isoDate(token.expiresAt),
    permissions: withMetadata(permissions),
    repository_selection: repositories || installation.repositoryIds ? 'selected' : 'all',
    ...(repositories && { repositories: repositories.map((one) => showRepository(site, one)) }),
  });
}

function chosenRepositories(
  site: Site,
  installation: Installation,
  { repositories, repository_ids }: TokenRequest,
): readonly Repository[] | undefined {
  if (!repositories && !repository_ids) return undefined;
  const all = installedRepositories(site, installation);
  const wanted = [...(repositories ?? []), ...(repository_ids ?? [])];
  return wanted.map((one) => {
    const found = all.find(({ id, name }) => id === one || name === one);
    if (found) return found;
    throw new Refusal(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  });
}

function chosenPermissions({ permissions }: Installation, wanted?: Permissions): Permissions {
  const granted = withMetadata(permissions);
  for (const [name, level] of Object.entries(wanted ?? {})) {
    const isLess = granted[name] === 'write' || granted[name] === level;
    if (!isLess) {
      throw new Refusal(422, 'The permissions requested are not granted to this installation.');
    }
  }
  return wanted ?? permissions;
}

function convertManifest({ site, params }: Call): Answer {
  const code = params['code'] ?? '';
  const held = site.manifestCodes.get(code);
  site.manifestCodes.delete(code);
  if (!held || held.expiresAt <= site.clock.now()) throw notFound();
  const { app } = held;
  return created({
    ...showApp(site, app),
    client_id: app.clientId,
    client_secret: app.clientSecret,
    webhook_secret: app.webhookSecret,
    pem: app.privateKey,
  });
}

function showHookConfig({ webhookUrl, webhookSecret }: App) {
  return {
    url: webhookUrl ?? '',
    content_type: 'json',
    insecure_ssl: '0',
    ...(webhookSecret !== null && { secret: '********' }),
  };
}

function updateHookConfig(call: Call): Answer {
  const app = appOf(call);
  const { url, secret } = call.body as { readonly url?: string; readonly secret?: string };
  if (url !== undefined) app.webhookUrl = url;
  if (secret !== undefined) app.webhookSecret = secret;
  return ok(showHookConfig(app));
}

function listInstallationRepositories(call: Call): Answer {
  const { site, caller } = call;
  if (caller.kind !== 'installation') throw notAccessible();
  const all = tokenRepositories(site, caller);
  const { items, headers } = pageOf(call, all);
  const repositories = items.map((one) => showRepository(site, one));
  const repository_selection = caller.installation.repositoryIds ? 'selected' : 'all';
  return { ...ok({ total_count: all.length, repository_selection, repositories }), headers };
}

function revokeToken({ site, caller }: Call): Answer {
  if (caller.kind === 'installation') site.tokens.delete(caller.token.value);
  return noContent();
}

export const appRoutes: SiteRoutes = {
  'GET /app': { needs: 'app', answer: (call) => ok(showApp(call.site, appOf(call))) },
  'GET /app/hook/config': { needs: 'app', answer: (call) => ok(showHookConfig(appOf(call))) },
  'PATCH /app/hook/config': { needs: 'app', answer: updateHookConfig },
  'GET /app/installations': {
    needs: 'app',
    answer: (call) =>
      listAnswer(call, installationsOfApp(call), (one) => showInstallation(call.site, one)),
  },
  'GET /app/installations/{installation_id}': {
    needs: 'app',
    answer: (call) => ok(showInstallation(call.site, installationOf(call))),
  },
  'DELETE /app/installations/{installation_id}': {
    needs: 'app',
    answer: (call) => {
      uninstallApp(call.site, installationOf(call), appOf(call).bot);
      return noContent();
    },
  },
  'POST /app/installations/{installation_id}/access_tokens': { needs: 'app', answer: createToken },
  'POST /app-manifests/{code}/conversions': { needs: 'anyone', answer: convertManifest },
  'GET /apps/{app_slug}': {
    needs: 'anyone',
    answer: ({ site, params }) => {
      const app = [...site.apps.values()].find(({ slug }) => slug === params['app_slug']);
      if (!app) throw notFound();
      return ok(showApp(site, app));
    },
  },
  'GET /installation/repositories': { needs: 'token', answer: listInstallationRepositories },
  'DELETE /installation/token': { needs: 'token', answer: revokeToken },
  'GET /users/{username}': {
    needs: 'anyone',
    answer: ({ site, params }) =>
      ok(showPublicUser(site, accountOf(site, params['username'] ?? ''))),
  },
  'GET /meta': {
    needs: 'anyone',
    answer: () => ok({ verifiable_password_authentication: false }),
  },
};

export const repositoryInstallationRoutes: RepositoryRoutes = {
  'GET /repos/{owner}/{repo}/installation': {
    needs: 'app',
    answer: (call) => {
      const found = installationsOfApp(call).find((one) =>
        installedRepositories(call.site, one).includes(call.repository),
      );
      if (!found) throw notFound();
      return ok(showInstallation(call.site, found));
    },
  },
};
