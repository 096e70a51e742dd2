import { runGit } from '../../git.ts';
import { readCommit } from './commits.ts';
import type { Commit } from './commits.ts';

export interface FileChange {
  readonly path: string;
  readonly previousPath?: string;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed';
  /** Blob after the change; before it for a removed file. */
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** Hunks without the header of the file; missing for a binary one. */
  readonly patch?: string;
}

/** Known to git without its being in the repository. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** Commits in the order and range that the arguments of `git rev-list` say. */
export async function listCommits(
  dir: string,
  args: readonly string[],
): Promise<readonly Commit[]> {
  const text = await runGit(['-C', dir, 'rev-list', ...args]);
  const shas = text.split('\n').filter((line) => line !== '');
  const commits = await Promise.all(shas.map((sha) => readCommit(dir, sha)));
  return commits.filter((commit) => commit !== undefined);
}

/** How many files and lines two commits differ in. */
export async function countChanges(
  dir: string,
  from: string | undefined,
  to: string,
): Promise<Pick<FileChange, 'additions' | 'deletions'> & { readonly files: number }> {
  const args = ['diff-tree', '-r', '-M', '--numstat', '-z', from ?? emptyTree, to, '--'];
  const counts = parseCounts(await runGit(['-C', dir, ...args]));
  return {
    files: counts.length,
    additions: counts.reduce((sum, [added = 0]) => sum + added, 0),
    deletions: counts.reduce((sum, [, removed = 0]) => sum + removed, 0),
  };
}

/** The files in which two commits or trees differ; without a first one, all of the second. */
export async function changedFiles(
  dir: string,
  from: string | undefined,
  to: string,
): Promise<readonly FileChange[]> {
  const range = [from ?? emptyTree, to];
  const options = ['-C', dir, 'diff-tree', '-r', '-M', '--no-textconv', '--no-ext-diff'];
  const [raw, counts, text] = await Promise.all([
    runGit([...options, '--raw', '-z', '--no-abbrev', ...range, '--']),
    runGit([...options, '--numstat', '-z', ...range, '--']),
    runGit([...options, '-p', ...range, '--']),
  ]);
  const numbers = parseCounts(counts);
  const patches = text.split(/^(?=diff --git )/m).filter((part) => part !== '');
  let next = 0;
  return parseRaw(raw).map((change, index) => {
    const patch = patchText(patches[next]);
    // A file that becomes a symlink is written as two changes.
    next += change.status === 'changed' ? 2 : 1;
    const [additions = 0, deletions = 0] = numbers[index] ?? [];
    return { ...change, additions, deletions, ...(patch !== undefined && { patch }) };
  });
}

type RawChange = Omit<FileChange, 'additions' | 'deletions' | 'patch'>;

const statuses: Readonly<Record<string, FileChange['status']>> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  C: 'copied',
  T: 'changed',
};

/** `:modes old new status\0path\0`, with two paths after a rename or a copy. */
function parseRaw(raw: string): readonly RawChange[] {
  const fields = raw.split('\0');
  const changes: RawChange[] = [];
  for (let at = 0; fields[at]?.startsWith(':') === true;) {
    const change = parseRawChange(fields.slice(at, at + 3));
    changes.push(change);
    at += change.previousPath === undefined ? 2 : 3;
  }
  return changes;
}

function parseRawChange([head = '', first = '', second = '']: readonly string[]): RawChange {
  const [, , old = '', sha = '', letter = ''] = head.split(' ');
  const status = statuses[letter.charAt(0)] ?? 'modified';
  const moved = status === 'renamed' || status === 'copied';
  return {
    path: moved ? second : first,
    status,
    sha: status === 'removed' ? old : sha,
    ...(moved && { previousPath: first }),
  };
}

/** `added\tremoved\tpath\0`; after a rename the path is empty and two more fields follow. */
function parseCounts(text: string): readonly (readonly number[])[] {
  const counts: number[][] = [];
  for (const field of text.split('\0')) {
    const [, added, removed] = /^(\d+|-)\t(\d+|-)\t/.exec(field) ?? [];
    // Binary files have dashes.
    if (added !== undefined) counts.push([added, removed].map((one) => Number(one) || 0));
  }
  return counts;
}

function patchText(section: string | undefined): string | undefined {
  const start = section?.search(/^@@ /m) ?? -1;
  return start < 0 ? undefined : section?.slice(start).replace(/\n$/, '');
}
