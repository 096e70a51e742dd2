import { isoDate } from '../state/clock.ts';
import type { Account, App, Installation, Permissions } from '../state/nouns.ts';
import { nodeId } from '../state/site.ts';
import type { Site } from '../state/site.ts';

/** JSON as GitHub writes it; the contract says of which shape. */
export type Shown = Readonly<Record<string, unknown>>;

export function showAccount({ urls }: Site, account: Account): Shown {
  const url = `${urls.api}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId('U', account.id),
    avatar_url: `${urls.web}/avatars/${account.id}`,
    gravatar_id: '',
    url,
    html_url: `${urls.web}/${pagePath(account)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    site_admin: false,
    user_view_type: 'public',
  };
}

function pagePath({ login, type }: Account): string {
  return type === 'Bot' ? `apps/${login.replace(/\[bot\]$/, '')}` : login;
}

/** More of an account than where it is only mentioned. */
export function showPublicUser(site: Site, account: Account): Shown {
  const date = isoDate(account.createdAt);
  return {
    ...showAccount(site, account),
    ...{ name: account.name, company: null, blog: '', location: null, email: null, bio: null },
    ...{ hireable: null, twitter_username: null, public_repos: 0, public_gists: 0 },
    ...{ followers: 0, following: 0, created_at: date, updated_at: date },
  };
}

export function showOrganization({ urls }: Site, { id, login, name }: Account): Shown {
  const url = `${urls.api}/orgs/${login}`;
  return {
    login,
    id,
    node_id: nodeId('O', id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${urls.web}/avatars/${id}`,
    description: name,
  };
}

export function showApp(site: Site, app: App): Shown {
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: nodeId('A', app.id),
    owner: showAccount(site, app.owner),
    name: app.name,
    description: app.description,
    external_url: app.externalUrl,
    html_url: `${site.urls.web}/apps/${app.slug}`,
    created_at: isoDate(app.createdAt),
    updated_at: isoDate(app.createdAt),
    permissions: app.permissions,
    events: app.events,
  };
}

export function showInstallation(site: Site, installation: Installation): Shown {
  const { id, app, account } = installation;
  return {
    id,
    account: showAccount(site, account),
    repository_selection: installation.repositoryIds === undefined ? 'all' : 'selected',
    access_tokens_url: `${site.urls.api}/app/installations/${id}/access_tokens`,
    repositories_url: `${site.urls.api}/installation/repositories`,
    html_url: `${site.urls.web}/settings/installations/${id}`,
    app_id: app.id,
    client_id: app.clientId,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: withMetadata(installation.permissions),
    events: installation.events,
    created_at: isoDate(installation.createdAt),
    updated_at: isoDate(installation.updatedAt),
    single_file_name: null,
    suspended_by: installation.suspendedBy && showAccount(site, installation.suspendedBy),
    suspended_at: installation.suspendedAt === null ? null : isoDate(installation.suspendedAt),
  };
}

/** Every App may read metadata, asked for or not. */
export function withMetadata(permissions: Permissions): Permissions {
  return { metadata: 'read', ...permissions };
}
