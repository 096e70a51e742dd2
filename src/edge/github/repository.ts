import type { Octokit } from '@octokit/rest';
import type { InstalledRepository, RepositoryName } from '../../core/model/repository.ts';
import { openActions } from './actions.ts';
import type { Actions } from './actions.ts';
import { openBranches } from './branches.ts';
import type { Branches } from './branches.ts';
import { openChecks } from './checks.ts';
import type { Checks } from './checks.ts';
import { openComments } from './comments.ts';
import type { Comments } from './comments.ts';
import { hasStatus } from './failure.ts';
import { openMerging } from './merging.ts';
import type { Merging } from './merging.ts';
import type { Opened } from './opened.ts';
import { openPulls } from './pulls.ts';
import type { Pulls } from './pulls.ts';
import { openTalk } from './talk.ts';
import type { Talk } from './talk.ts';

/** What GitHub says of a repository as a whole. */
export interface RepositoryFacts extends RepositoryName {
  readonly defaultBranch: string;
  readonly archived: boolean;
}

/** One repository on GitHub. Every rejection is a `WorldError` or a `RetryLater`. */
export interface GitHubRepository {
  /** `undefined` where the App is not installed on it any more, or it is gone. */
  facts(): Promise<RepositoryFacts | undefined>;
  /** Names of all branches. */
  branchNames(): Promise<readonly string[]>;
  /** For git: a URL with a token in it. Never to be shown. */
  gitUrl(): Promise<string>;
  readonly branches: Branches;
  readonly pulls: Pulls;
  readonly checks: Checks;
  readonly comments: Comments;
  readonly talk: Talk;
  readonly actions: Actions;
  readonly merging: Merging;
}

interface Opening {
  readonly repository: InstalledRepository;
  readonly webUrl: string;
  readonly appId: number;
  readonly now: () => number;
  /** With a token for workflow runs. */
  readonly actions: Octokit;
}

export function openRepository(
  octokit: Octokit,
  { repository, webUrl, appId, now, actions }: Opening,
): GitHubRepository {
  const { owner, name: repo } = repository;
  const opened: Opened = { octokit, at: { owner, repo }, appId, now };
  return {
    facts: () => factsOf(opened),
    branchNames: async () => {
      const listed = await octokit.paginate(octokit.rest.repos.listBranches, {
        ...opened.at,
        per_page: 100,
      });
      return listed.map(({ name }) => name);
    },
    gitUrl: async () => {
      const { token } = (await octokit.auth({ type: 'installation' })) as {
        readonly token: string;
      };
      return `${webUrl.replace('://', `://x-access-token:${token}@`)}/${owner}/${repo}.git`;
    },
    branches: openBranches(opened),
    pulls: openPulls(opened),
    checks: openChecks(opened),
    comments: openComments(opened),
    talk: openTalk(opened),
    actions: openActions({ ...opened, octokit: actions }),
    merging: openMerging(opened),
  };
}

async function factsOf({ octokit, at }: Opened): Promise<RepositoryFacts | undefined> {
  try {
    const { data } = await octokit.rest.repos.get(at);
    const { owner, name, default_branch: defaultBranch, archived } = data;
    return { owner: owner.login, name, defaultBranch, archived };
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}
