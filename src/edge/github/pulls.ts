import { hasStatus } from './failure.ts';
import type { Opened } from './opened.ts';

/** A pull request as GitHub has it. */
export interface PullRequest {
  readonly number: number;
  readonly state: 'open' | 'closed' | 'merged';
  readonly draft: boolean;
  readonly title: string;
  readonly body: string;
  /** Branch names, and the commit that the head is. */
  readonly base: string;
  readonly head: string;
  readonly headSha: string;
  /** `owner/name` of the repository that the head is in; `undefined` where it is gone. */
  readonly headRepository?: string;
  readonly labels: readonly string[];
  readonly author: string;
}

interface NewPull {
  readonly base: string;
  readonly head: string;
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
}

export interface Pulls {
  get(number: number): Promise<PullRequest>;
  /** Those from a branch of this repository into a base, newest first. */
  from(branch: string, base: string): Promise<readonly PullRequest[]>;
  /** All open ones, whatever their base. */
  open(): Promise<readonly PullRequest[]>;
  /** Open ones whose head is this commit, forks' too, oldest first. The one that is named is looked at first. */
  withHead(sha: string, hint?: number): Promise<readonly PullRequest[]>;
  /** True where GitHub knows that it cannot be merged; not known yet is false. */
  conflicts(number: number): Promise<boolean>;
  /** Opens one, or finds the one that is open already. */
  create(pull: NewPull): Promise<PullRequest>;
  edit(number: number, text: { readonly title: string; readonly body: string }): Promise<void>;
  close(number: number): Promise<void>;
  addLabels(number: number, labels: readonly string[]): Promise<void>;
}

/** What listing and getting have in common. */
interface RawPull {
  readonly number: number;
  readonly state: string;
  readonly draft?: boolean | undefined;
  readonly title: string;
  readonly body: string | null;
  readonly merged_at: string | null;
  readonly base: { readonly ref: string };
  readonly head: {
    readonly ref: string;
    readonly sha: string;
    readonly repo: { readonly full_name: string } | null;
  };
  readonly labels: readonly { readonly name: string }[];
  readonly user: { readonly login: string } | null;
}

export function openPulls(opened: Opened): Pulls {
  const { octokit, at } = opened;
  async function from(branch: string, base: string): Promise<readonly PullRequest[]> {
    const { data } = await octokit.rest.pulls.list({
      ...at,
      head: `${at.owner}:${branch}`,
      base,
      state: 'all',
      sort: 'created',
      direction: 'desc',
      per_page: 100,
    });
    return data.map(readPull);
  }
  async function get(number: number): Promise<PullRequest> {
    return readPull((await octokit.rest.pulls.get({ ...at, pull_number: number })).data);
  }
  async function open(): Promise<readonly PullRequest[]> {
    const asked = { ...at, state: 'open', per_page: 100 } as const;
    return (await octokit.paginate(octokit.rest.pulls.list, asked)).map(readPull);
  }
  async function create(pull: NewPull): Promise<PullRequest> {
    try {
      return readPull((await octokit.rest.pulls.create({ ...at, ...pull })).data);
    } catch (error) {
      // The answer may be lost and the work done.
      const there = (await from(pull.head, pull.base)).find(({ state }) => state === 'open');
      if (there) return there;
      // Private repositories of a free plan have no drafts.
      if (pull.draft && hasStatus(error, 422)) return create({ ...pull, draft: false });
      throw error;
    }
  }
  return {
    get,
    from,
    open,
    withHead: async (sha, hint) => {
      // GitHub lists the pull requests of a commit, but not of one that only a fork has.
      const hinted = hint === undefined ? undefined : await get(hint);
      if (hinted?.state === 'open' && hinted.headSha === sha) return [hinted];
      const found = (await open()).filter(({ headSha }) => headSha === sha);
      return found.sort((a, b) => a.number - b.number);
    },
    conflicts: async (number) => {
      const { data } = await octokit.rest.pulls.get({ ...at, pull_number: number });
      return data.mergeable_state === 'dirty';
    },
    create,
    edit: async (number, text) => {
      await octokit.rest.pulls.update({ ...at, pull_number: number, ...text });
    },
    close: async (number) => {
      await octokit.rest.pulls.update({ ...at, pull_number: number, state: 'closed' });
    },
    addLabels: async (number, labels) => {
      await octokit.rest.issues.addLabels({ ...at, issue_number: number, labels: [...labels] });
    },
  };
}

function readPull(pull: RawPull): PullRequest {
  const { number, title, body, base, head, labels, user } = pull;
  return {
    number,
    state: pull.merged_at !== null ? 'merged' : pull.state === 'open' ? 'open' : 'closed',
    draft: pull.draft ?? false,
    title,
    body: body ?? '',
    base: base.ref,
    head: head.ref,
    headSha: head.sha,
    ...(head.repo && { headRepository: head.repo.full_name }),
    labels: labels.map(({ name }) => name),
    author: user?.login ?? '',
  };
}
