import { runGit } from './git.ts';
import type { LineView } from './line-view.ts';
import type { Recent } from './recent.ts';

/** A file that a commit removed, or one that it added. */
export interface MoveQuestion {
  readonly commit: string;
  readonly path: string;
  readonly did: 'remove' | 'add';
}

interface Sided {
  readonly path: string;
  readonly blob: string;
}

/** Beyond that only files of the same name are compared: a commit that brings a whole tree. */
const mostCandidates = 100;

/**
 * The other name where the commit moved the file; `undefined` where it did not. Only blobs are fetched that
 * may be the same file.
 */
export async function otherName(
  view: LineView,
  question: MoveQuestion,
): Promise<string | undefined> {
  const { removed, added } = await readSides(view, question.commit);
  const [mine, theirs] = question.did === 'remove' ? [removed, added] : [added, removed];
  const self = mine.find(({ path }) => path === question.path);
  if (!self) return undefined;
  const same = theirs.find(({ blob }) => blob === self.blob);
  if (same) return same.path;
  const candidates = theirs.length > mostCandidates ? theirs.filter(isNamedLike(self)) : theirs;
  if (candidates.length === 0) return undefined;
  await view.bring([self, ...candidates].map(({ blob }) => blob));
  return likest(view, question, [self, ...candidates]);
}

function isNamedLike({ path }: Sided): (other: Sided) => boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (other) => other.path === name || other.path.endsWith(`/${name}`);
}

/** Files that a commit has and its first parent has not, and the other way round. */
async function readSides(
  view: Recent,
  commit: string,
): Promise<{ readonly removed: readonly Sided[]; readonly added: readonly Sided[] }> {
  const output = await diffTree(view, ['--no-renames', `${commit}^`, commit]);
  const records = output.matchAll(
    /:(\d{6}) (\d{6}) ([0-9a-f]{40}) ([0-9a-f]{40}) ([AD])\0([^\0]*)\0/g,
  );
  const removed: Sided[] = [];
  const added: Sided[] = [];
  for (const [, before, after, from = '', to = '', letter, path = ''] of records) {
    if (letter === 'D' && before?.startsWith('100')) removed.push({ path, blob: from });
    if (letter === 'A' && after?.startsWith('100')) added.push({ path, blob: to });
  }
  return { removed, added };
}

async function likest(
  view: Recent,
  { commit, path, did }: MoveQuestion,
  files: readonly Sided[],
): Promise<string | undefined> {
  const paths = files.map((file) => file.path);
  const output = await diffTree(view, ['-M', `${commit}^`, commit, '--', ...paths]);
  // Two names for a rename and one for all else, which is taken so that no name is read as a record.
  const records = output.matchAll(
    /:\d{6} \d{6} [0-9a-f]{40} [0-9a-f]{40} (?:R\d+\0([^\0]*)\0([^\0]*)|[A-Z]\d*\0[^\0]*)\0/g,
  );
  const found = [...records].find(([, from, to]) => path === (did === 'remove' ? from : to));
  return did === 'remove' ? found?.[2] : found?.[1];
}

async function diffTree(
  { directory, deadlineMs }: Recent,
  args: readonly string[],
): Promise<string> {
  const all = ['diff-tree', '-r', '-z', '--raw', '--no-abbrev', ...args];
  const { stdout } = await runGit(directory, all, { deadlineMs });
  return stdout.toString('utf8');
}
