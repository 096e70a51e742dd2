import { runGit } from '../../sandbox/git.ts';
import type { GitHub } from '../../sandbox/github/github.ts';
import { findRepository } from '../../sandbox/github/state/site.ts';

/** A repository as anybody finds it who asks git and GitHub, without what differs from run to run. */
export interface RepositoryState {
  /** By name: what merging it would make of its base, and the messages of its own commits; of others: their tree. */
  readonly branches: Readonly<Record<string, BranchState>>;
  /** By head branch and number. */
  readonly pulls: readonly PullState[];
  /** Checks of any commit that nobody has ended: there must be none. */
  readonly unfinished: readonly string[];
}

interface BranchState {
  readonly merged: string;
  readonly messages: readonly string[];
}

export interface PullState {
  readonly head: string;
  readonly base: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly draft: boolean;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly comments: readonly string[];
  /** Of an open one's head, by name: the newest run. */
  readonly checks: Readonly<Record<string, CheckState>>;
}

interface CheckState {
  readonly conclusion: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly annotations: number;
  /** How many runs of this name the commit has. */
  readonly runs: number;
}

interface RawPull {
  readonly number: number;
  readonly state: 'open' | 'closed';
  readonly merged_at: string | null;
  readonly draft: boolean;
  readonly title: string;
  readonly body: string | null;
  readonly labels: readonly { readonly name: string }[];
  readonly head: { readonly ref: string; readonly sha: string };
  readonly base: { readonly ref: string };
}

interface RawRun {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly head_sha: string;
  readonly output: {
    readonly title: string | null;
    readonly summary: string | null;
    readonly annotations_count: number;
  };
}

interface Reader {
  readonly github: GitHub;
  readonly name: string;
  readonly token: string;
}

/** Reads a repository over git and the API, as a person who may. */
export async function repositoryState(
  github: GitHub,
  login: string,
  name = 'acme/images',
): Promise<RepositoryState> {
  const reader = { github, name, token: github.as(login, name).token };
  const pulls = await ask<readonly RawPull[]>(reader, '/pulls?state=all&per_page=100');
  const sorted = pulls.toSorted(
    (a, b) => a.head.ref.localeCompare(b.head.ref) || a.number - b.number,
  );
  const branches = await readBranches(reader, sorted);
  const states: PullState[] = [];
  for (const pull of sorted) states.push(await readPull(reader, pull));
  const runs = [...(findRepository(github.site, name)?.checks.values() ?? [])];
  const unfinished = runs.filter(({ status }) => status !== 'completed');
  return {
    ...{ branches, pulls: states },
    unfinished: unfinished.map((run) => `${run.name} of ${run.headSha}`),
  };
}

async function readBranches(
  { github, name }: Reader,
  pulls: readonly RawPull[],
): Promise<RepositoryState['branches']> {
  const repository = findRepository(github.site, name);
  const dir = repository?.dir ?? '';
  const main = repository?.defaultBranch ?? '';
  const format = '--format=%(refname:short) %(tree)';
  const lines = (await runGit(['-C', dir, 'for-each-ref', format, 'refs/heads'])).trim();
  const refs = lines.split('\n').map((line) => line.split(' ') as [string, string]);
  const bases = new Map(pulls.map(({ head, base }) => [head.ref, base.ref] as const));
  const branches: Record<string, BranchState> = {};
  for (const [branch, tree] of refs) {
    const base = bases.get(branch) ?? main;
    const isOurs = branch.startsWith('pinwheel/');
    branches[branch] = {
      merged: isOurs ? await mergedTree(dir, base, branch) : tree,
      messages: isOurs ? await messagesOf(dir, `${base}..${branch}`) : [],
    };
  }
  return branches;
}

/** Where the branch stands on an older commit of its base, that alone makes no difference. */
async function mergedTree(dir: string, base: string, branch: string): Promise<string> {
  try {
    return (await runGit(['-C', dir, 'merge-tree', '--write-tree', base, branch])).trim();
  } catch {
    const own = await runGit(['-C', dir, 'rev-parse', `${branch}^{tree}`]);
    return `conflict of ${own.trim()}`;
  }
}

async function messagesOf(dir: string, range: string): Promise<readonly string[]> {
  const text = await runGit(['-C', dir, 'log', '--reverse', '--format=%an: %B%x00', range]);
  return text
    .split('\0')
    .map((message) => message.trim())
    .filter((message) => message !== '');
}

async function readPull(reader: Reader, pull: RawPull): Promise<PullState> {
  const { number, head, base, title, draft, labels } = pull;
  type RawComment = { readonly body: string; readonly user: { readonly login: string } };
  const comments = await ask<readonly RawComment[]>(reader, `/issues/${number}/comments`);
  const state = pull.merged_at !== null ? 'merged' : pull.state;
  return {
    ...{ head: head.ref, base: base.ref, state, title, draft },
    body: plain(reader, pull.body ?? ''),
    labels: labels.map((label) => label.name).sort(),
    // Commits of people have new ids in every run.
    comments: comments.map(({ body, user }) =>
      plain(reader, `${user.login}: ${body}`).replaceAll(/\b[0-9a-f]{7,40}\b/g, '<commit>'),
    ),
    checks: state === 'open' ? await readChecks(reader, head.sha) : {},
  };
}

async function readChecks(reader: Reader, sha: string): Promise<PullState['checks']> {
  const runs = (await runsOf(reader, sha)).toSorted((a, b) => a.id - b.id);
  return Object.fromEntries(
    runs.map(({ name, conclusion, output }) => [
      name,
      {
        conclusion,
        title: output.title,
        summary: plain(reader, output.summary ?? '')
          // Ids of builds come from ids of commits, and every world has installations of its own.
          .replaceAll(/\bpw-[0-9a-f]{20}\b/g, 'pw-<build>')
          .replaceAll(/\binstallation \d+/g, 'installation <id>'),
        annotations: output.annotations_count,
        runs: runs.filter((run) => run.name === name).length,
      },
    ]),
  );
}

async function runsOf(reader: Reader, sha: string): Promise<readonly RawRun[]> {
  type Answer = { readonly check_runs: readonly RawRun[] };
  const path = `/commits/${sha}/check-runs?filter=all&per_page=100`;
  return (await ask<Answer>(reader, path)).check_runs;
}

async function ask<T>({ github, name, token }: Reader, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${github.apiUrl}/repos/${name}${path}`, { headers });
  if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

function plain({ github, name }: Reader, text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(github.url, 'https://github')
    .replaceAll(name, 'acme/images');
}

/** Writes to GitHub so far, but for tokens: `POST /repos/…`. */
export function writesSoFar({ requests }: Pick<GitHub, 'requests'>): readonly string[] {
  return requests
    .filter(({ method }) => !['GET', 'HEAD'].includes(method))
    .map(({ method, path }) => `${method} ${path}`)
    .filter((line) => line.includes('/api/') && !line.includes('access_tokens'));
}
