import { isoDate } from '../state/clock.ts';
import { fullNameOf } from '../state/nouns.ts';
import type { Label, Repository } from '../state/nouns.ts';
import { nodeId } from '../state/site.ts';
import type { Place, Site } from '../state/site.ts';
import { showAccount } from './accounts.ts';
import type { Shown } from './accounts.ts';

/** Addresses below the API's and the page's address of a repository: field, and what follows. */
const apiAddresses: Readonly<Record<string, string>> = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
};

const nothingSpecial: Shown = {
  ...{ homepage: null, language: null, license: null, mirror_url: null, topics: [], size: 1 },
  ...{ forks: 0, forks_count: 0, stargazers_count: 0, watchers: 0, watchers_count: 0 },
  ...{ has_issues: true, has_projects: false, has_wiki: false, has_pages: false },
  ...{ has_downloads: true, has_discussions: false, is_template: false, disabled: false },
  ...{ allow_forking: true, web_commit_signoff_required: false },
};

export function apiUrlOf({ urls }: Site, repository: Repository): string {
  return `${urls.api}/repos/${fullNameOf(repository)}`;
}

export function webUrlOf({ urls }: Site, repository: Repository): string {
  return `${urls.web}/${fullNameOf(repository)}`;
}

export function showRepository(site: Site, repository: Repository): Shown {
  const url = apiUrlOf(site, repository);
  const page = webUrlOf(site, repository);
  const open = [...repository.issues.values()].filter(({ state }) => state === 'open').length;
  const addresses = Object.entries(apiAddresses).map(([field, rest]) => [field, url + rest]);
  return {
    ...nothingSpecial,
    ...(Object.fromEntries(addresses) as Shown),
    id: repository.id,
    node_id: nodeId('R', repository.id),
    name: repository.name,
    full_name: fullNameOf(repository),
    owner: showAccount(site, repository.owner),
    private: repository.private,
    visibility: repository.private ? 'private' : 'public',
    description: repository.description,
    fork: repository.parent !== null,
    url,
    html_url: page,
    clone_url: `${page}.git`,
    git_url: `${page}.git`,
    ssh_url: `${page}.git`,
    svn_url: page,
    default_branch: repository.defaultBranch,
    archived: repository.archived,
    open_issues: open,
    open_issues_count: open,
    created_at: isoDate(repository.createdAt),
    updated_at: isoDate(repository.updatedAt),
    pushed_at: isoDate(repository.pushedAt),
  };
}

/** With what `GET /repos/{owner}/{repo}` adds. */
export function showFullRepository(site: Site, repository: Repository): Shown {
  const { owner, parent } = repository;
  const origin = parent && showRepository(site, parent);
  return {
    ...showRepository(site, repository),
    ...{ allow_merge_commit: true, allow_squash_merge: true, allow_rebase_merge: false },
    ...{
      allow_auto_merge: repository.allowsAutoMerge,
      delete_branch_on_merge: false,
      allow_update_branch: false,
    },
    network_count: 0,
    subscribers_count: 1,
    ...(owner.type === 'Organization' && { organization: showAccount(site, owner) }),
    ...(origin && { parent: origin, source: origin }),
  };
}

export function showLabel({ site, repository }: Place, label: Label): Shown {
  return {
    id: label.id,
    node_id: nodeId('LA', label.id),
    url: `${apiUrlOf(site, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    description: label.description,
    color: label.color,
    default: false,
  };
}
