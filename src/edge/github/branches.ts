import type { FileMode } from '../../core/model/snapshot.ts';
import type { ProposedCommit } from '../../core/model/proposal.ts';
import { hasStatus, wordedGraphql } from './failure.ts';
import type { Opened } from './opened.ts';

/** A commit that is on a branch and not on its base, oldest first. */
interface BranchCommit {
  readonly sha: string;
  /** Accounts of who wrote it and of who put it there, as GitHub knows them; `undefined` where it knows none. */
  readonly author?: string;
  readonly committer?: string;
  readonly message: string;
}

interface NewCommits {
  /** The commit that the first one stands on. */
  readonly onto: string;
  readonly commits: readonly ProposedCommit[];
  /** Modes of files that are there already; new ones are plain files. */
  readonly modeOf: (path: string) => FileMode;
}

/** Branches and commits, through the Git Data interface: without author fields, so that GitHub signs. */
export interface Branches {
  /** `undefined` where there is no such branch. */
  head(branch: string): Promise<string | undefined>;
  /** Commits of a head that its base lacks; `undefined` where the two have no history in common. */
  commitsSince(base: string, head: string): Promise<readonly BranchCommit[] | undefined>;
  /** Makes commits that no branch has yet. Gives the last one's id. */
  commit(request: NewCommits): Promise<string>;
  /**
   * Points a branch to a commit, but only if it still is where the caller saw it (`undefined`: nowhere).
   * False where somebody was quicker.
   */
  move(branch: string, to: string, from: string | undefined): Promise<boolean>;
  /** The same for taking it away. */
  remove(branch: string, from: string): Promise<boolean>;
}

export function openBranches(opened: Opened): Branches {
  const { octokit, at } = opened;
  return {
    head: async (branch) => {
      try {
        const { data } = await octokit.rest.git.getRef({ ...at, ref: `heads/${branch}` });
        return data.object.sha;
      } catch (error) {
        if (hasStatus(error, 404, 409)) return undefined;
        throw error;
      }
    },
    commitsSince: async (base, head) => {
      try {
        return await commitsSince(opened, base, head);
      } catch (error) {
        if (isUnrelated(error)) return undefined;
        throw error;
      }
    },
    commit: (request) => commitAll(opened, request),
    move: (branch, to, from) => updateRef(opened, { branch, before: from ?? zero, after: to }),
    remove: (branch, from) => updateRef(opened, { branch, before: from, after: zero }),
  };
}

async function commitsSince(
  { octokit, at }: Opened,
  base: string,
  head: string,
): Promise<readonly BranchCommit[]> {
  const found: BranchCommit[] = [];
  const pages = octokit.paginate.iterator('GET /repos/{owner}/{repo}/compare/{basehead}', {
    ...at,
    basehead: `${base}...${head}`,
    per_page: 100,
  });
  for await (const { data } of pages) {
    for (const { sha, author, committer, commit } of data.commits) {
      found.push({
        ...{ sha, message: commit.message },
        ...loginOf('author', author),
        ...loginOf('committer', committer),
      });
    }
  }
  return found;
}

/** Where one of them is not there, or not yet on this server of GitHub's, that is a 404 as well. */
function isUnrelated(error: unknown): boolean {
  return hasStatus(error, 404) && /: 404 No common ancestor/.test(String(error));
}

function loginOf<Role extends string>(
  role: Role,
  account: { readonly login: string } | object | null,
): { readonly [Each in Role]?: string } {
  return account && 'login' in account ? ({ [role]: account.login } as Record<Role, string>) : {};
}

const treeModes = { file: '100644', executable: '100755', symlink: '120000' } as const;

async function commitAll(opened: Opened, { onto, commits, modeOf }: NewCommits): Promise<string> {
  const { octokit, at } = opened;
  let parent = onto;
  for (const { message, edits } of commits) {
    const { data: before } = await octokit.rest.git.getCommit({ ...at, commit_sha: parent });
    const tree = await Promise.all(
      edits.map(async ({ path, text, mode }) => {
        const entry = { path, mode: treeModes[mode ?? modeOf(path)], type: 'blob' as const };
        if (text === undefined) return { ...entry, sha: null };
        const plain = typeof text === 'string' ? text : utf8(text);
        return plain === undefined
          ? { ...entry, sha: await makeBlob(opened, text as Uint8Array) }
          : { ...entry, content: plain };
      }),
    );
    const made = await octokit.rest.git.createTree({ ...at, base_tree: before.tree.sha, tree });
    const commit = await octokit.rest.git.createCommit({
      ...at,
      message,
      tree: made.data.sha,
      parents: [parent],
    });
    parent = commit.data.sha;
  }
  return parent;
}

/** Text that survives JSON: a patch may hold any bytes. */
function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

async function makeBlob({ octokit, at }: Opened, bytes: Uint8Array): Promise<string> {
  const content = Buffer.from(bytes).toString('base64');
  const { data } = await octokit.rest.git.createBlob({ ...at, content, encoding: 'base64' });
  return data.sha;
}

const zero = '0'.repeat(40);

interface RefUpdate {
  readonly branch: string;
  readonly before: string;
  readonly after: string;
}

/** REST moves a ref wherever it is; this interface alone compares first. */
const updateRefs = `mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }`;

async function updateRef(opened: Opened, { branch, before, after }: RefUpdate): Promise<boolean> {
  const { octokit, at } = opened;
  const { data } = await octokit.rest.repos.get(at);
  const refUpdates = [
    { name: `refs/heads/${branch}`, beforeOid: before, afterOid: after, force: true },
  ];
  try {
    await octokit.graphql(updateRefs, { input: { repositoryId: data.node_id, refUpdates } });
    return true;
  } catch (error) {
    // Whatever it says: what counts is where the branch is now.
    const now = await openBranches(opened).head(branch);
    if ((now ?? zero) === after) return true;
    if ((now ?? zero) !== before) return false;
    throw wordedGraphql(error, opened.now());
  }
}
