import type { Comparison } from '../git/graph.ts';
import type { FileChange } from '../git/history.ts';
import type { Commit, Signature } from '../git/commits.ts';
import { isoDate } from '../state/clock.ts';
import type { Account } from '../state/nouns.ts';
import { fullNameOf } from '../state/nouns.ts';
import { nodeId } from '../state/site.ts';
import type { Place, Site } from '../state/site.ts';
import { showAccount } from './accounts.ts';
import type { Shown } from './accounts.ts';
import { apiUrlOf, webUrlOf } from './repositories.ts';

function showSignature({ name, email, seconds }: Signature): Shown {
  return { name, email, date: isoDate(seconds * 1000) };
}

function showVerification({ repository }: Place, commit: Commit): Shown {
  if (!repository.signed.has(commit.sha)) {
    return {
      ...{ verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
    };
  }
  return {
    verified: true,
    reason: 'valid',
    signature: '-----BEGIN PGP SIGNATURE-----\n\nc2FuZGJveA==\n-----END PGP SIGNATURE-----\n',
    payload: `tree ${commit.tree}\n`,
    verified_at: isoDate(commit.committer.seconds * 1000),
  };
}

export function showGitCommit(place: Place, commit: Commit): Shown {
  const api = apiUrlOf(place.site, place.repository);
  const page = webUrlOf(place.site, place.repository);
  return {
    sha: commit.sha,
    node_id: nodeId('C', `${place.repository.id}.${commit.sha}`),
    url: `${api}/git/commits/${commit.sha}`,
    html_url: `${page}/commit/${commit.sha}`,
    author: showSignature(commit.author),
    committer: showSignature(commit.committer),
    message: commit.message,
    tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/git/commits/${sha}`,
      html_url: `${page}/commit/${sha}`,
    })),
    verification: showVerification(place, commit),
  };
}

/** As the list of commits has it: who on GitHub wrote it beside what git says. */
export function showCommit(place: Place, commit: Commit): Shown {
  const { site, repository } = place;
  const api = apiUrlOf(site, repository);
  const page = webUrlOf(site, repository);
  return {
    sha: commit.sha,
    node_id: nodeId('C', `${repository.id}.${commit.sha}`),
    url: `${api}/commits/${commit.sha}`,
    html_url: `${page}/commit/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    commit: {
      url: `${api}/git/commits/${commit.sha}`,
      author: showSignature(commit.author),
      committer: showSignature(commit.committer),
      message: commit.message,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      comment_count: 0,
      verification: showVerification(place, commit),
    },
    author: showBehind(site, commit.author),
    committer: showBehind(site, commit.committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${page}/commit/${sha}`,
    })),
  };
}

function showBehind(site: Site, { email }: Signature): Shown | null {
  const account = accountBehind(site, email);
  return account ? showAccount(site, account) : null;
}

/** The account whose address it is; GitHub knows its own noreply addresses. */
function accountBehind(site: Site, email: string): Account | undefined {
  const isOwn = email === 'noreply@github.com';
  const login = isOwn ? 'web-flow' : /^(?:\d+\+)?(.+)@users\.noreply\./.exec(email)?.[1];
  return login === undefined ? undefined : site.accounts.get(login.toLowerCase());
}

export function noreplyAddress({ id, login }: Account): string {
  return `${id}+${login}@users.noreply.github.com`;
}

/** As pushes and check suites mention a commit. */
export function showSimpleCommit(commit: Commit): Shown {
  return {
    id: commit.sha,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: isoDate(commit.committer.seconds * 1000),
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  };
}

export function showFileChange(
  { site, repository }: Place,
  commit: string,
  change: FileChange,
): Shown {
  const path = change.path.split('/').map(encodeURIComponent).join('/');
  const page = webUrlOf(site, repository);
  return {
    sha: change.sha,
    filename: change.path,
    status: change.status,
    additions: change.additions,
    deletions: change.deletions,
    changes: change.additions + change.deletions,
    blob_url: `${page}/blob/${commit}/${path}`,
    raw_url: `${page}/raw/${commit}/${path}`,
    contents_url: `${apiUrlOf(site, repository)}/contents/${path}?ref=${commit}`,
    ...(change.patch !== undefined && { patch: change.patch }),
    ...(change.previousPath !== undefined && { previous_filename: change.previousPath }),
  };
}

export function showComparison(place: Place, comparison: ShownComparison): Shown {
  const { base, head, mergeBase, commits, files, ahead, behind } = comparison;
  const { site, repository } = place;
  const page = `${webUrlOf(site, repository)}/compare/${base.sha}...${head.sha}`;
  return {
    url: `${apiUrlOf(site, repository)}/compare/${base.sha}...${head.sha}`,
    html_url: page,
    permalink_url: `${page}?${fullNameOf(repository)}`,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    base_commit: showCommit(place, base),
    merge_base_commit: showCommit(place, mergeBase),
    status: comparisonStatus(ahead, behind),
    ahead_by: ahead,
    behind_by: behind,
    total_commits: ahead,
    commits: commits.map((commit) => showCommit(place, commit)),
    ...(files && { files: files.map((file) => showFileChange(place, head.sha, file)) }),
  };
}

export interface ShownComparison extends Pick<Comparison, 'ahead' | 'behind'> {
  readonly base: Commit;
  readonly head: Commit;
  readonly mergeBase: Commit;
  readonly commits: readonly Commit[];
  /** On the first page only. */
  readonly files: readonly FileChange[] | undefined;
}

function comparisonStatus(ahead: number, behind: number): string {
  if (ahead > 0) return behind > 0 ? 'diverged' : 'ahead';
  return behind > 0 ? 'behind' : 'identical';
}

/** A ref, and the object that it names: a tag may name one of its own. */
export interface ShownRef {
  readonly ref: string;
  readonly sha: string;
  readonly type: string;
}

export function showRef({ site, repository }: Place, { ref, sha, type }: ShownRef): Shown {
  const api = apiUrlOf(site, repository);
  return {
    ref,
    node_id: nodeId('REF', `${repository.id}:${ref}`),
    url: `${api}/git/${ref}`,
    object: { type, sha, url: `${api}/git/${type}s/${sha}` },
  };
}
