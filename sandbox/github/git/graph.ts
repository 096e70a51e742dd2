import { readCommit } from './commits.ts';
import type { Commit } from './commits.ts';

/**
 * Questions about history, answered without a process: a push to a pull request asks a dozen of them,
 * and to start git takes longer than to walk the few hundred commits of a sandbox.
 */

export interface Comparison {
  readonly mergeBase: string | undefined;
  readonly ahead: number;
  readonly behind: number;
}

type History = ReadonlyMap<string, Commit>;

/** A commit and all before it. */
async function historyOf(dir: string, sha: string): Promise<History> {
  const history = new Map<string, Commit>();
  const waiting = [sha];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (history.has(next)) continue;
    const commit = await readCommit(dir, next);
    if (!commit) continue;
    history.set(next, commit);
    waiting.push(...commit.parents);
  }
  return history;
}

/** Whether the first commit is the second one, or one of its ancestors. */
export async function isAncestor(dir: string, first: string, second: string): Promise<boolean> {
  return first === second || (await historyOf(dir, second)).has(first);
}

export async function compareCommits(dir: string, base: string, head: string): Promise<Comparison> {
  const [before, after] = await Promise.all([historyOf(dir, base), historyOf(dir, head)]);
  const common = [...after.values()].filter(({ sha }) => before.has(sha));
  return {
    mergeBase: newestOf(common),
    ahead: after.size - common.length,
    behind: before.size - common.length,
  };
}

/** Of those that no other one comes after, the youngest. */
function newestOf(common: readonly Commit[]): string | undefined {
  const surpassed = new Set(common.flatMap(({ parents }) => parents));
  const best = common.filter(({ sha }) => !surpassed.has(sha));
  return best.sort(byDate).at(0)?.sha;
}

function byDate(a: Commit, b: Commit): number {
  return b.committer.seconds - a.committer.seconds;
}

/** Commits of the head that the base has not, oldest first; parents come before their children. */
export async function commitsBetween(
  dir: string,
  base: string | undefined,
  head: string,
): Promise<readonly Commit[]> {
  const after = await historyOf(dir, head);
  const before = base === undefined ? new Map() : await historyOf(dir, base);
  const open = new Map([...after].filter(([sha]) => !before.has(sha)));
  const ordered: Commit[] = [];
  while (open.size > 0) {
    const ready = [...open.values()].filter(({ parents }) => !parents.some((one) => open.has(one)));
    const [next] = ready.sort(byDate).slice(-1);
    if (!next) break;
    open.delete(next.sha);
    ordered.push(next);
  }
  return ordered;
}
