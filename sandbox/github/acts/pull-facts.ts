import { compareCommits } from '../git/graph.ts';
import { countChanges } from '../git/history.ts';
import { mergedTree } from '../git/merge.ts';
import { readRef } from '../git/refs.ts';
import type { Mergeability } from '../show/pulls.ts';
import type { Protection, PullIssue, PullSize, Repository } from '../state/nouns.ts';
import type { Place } from '../state/site.ts';

/** Where the base branch is now, or was when it went away. */
export async function baseTip({ repository }: Place, { pull }: PullIssue): Promise<string> {
  return (await readRef(repository.dir, `refs/heads/${pull.baseRef}`)) ?? pull.baseSha;
}

/** What of a pull request is its own: from where it left its base branch. */
export async function pullRange(
  place: Place,
  issue: PullIssue,
): Promise<{ readonly from: string | undefined; readonly to: string }> {
  const { pull } = issue;
  const base = pull.merged ? pull.baseSha : await baseTip(place, issue);
  const { mergeBase } = await compareCommits(place.repository.dir, base, pull.headSha);
  return { from: mergeBase, to: pull.headSha };
}

/** Counts once for a pair of commits: every webhook tells these numbers. */
export async function measurePull(place: Place, issue: PullIssue): Promise<PullSize> {
  const { pull } = issue;
  const { dir } = place.repository;
  const base = pull.merged ? pull.baseSha : await baseTip(place, issue);
  const pair = `${base} ${pull.headSha}`;
  if (pull.size.pair === pair) return pull.size;
  const { mergeBase, ahead } = await compareCommits(dir, base, pull.headSha);
  const changes = await countChanges(dir, mergeBase, pull.headSha);
  pull.size = { pair, commits: ahead, ...changes };
  return pull.size;
}

/**
 * As GitHub does it: the first question after a change is answered with null and starts the work, the
 * next one has the answer.
 */
export async function askMergeable(place: Place, issue: PullIssue): Promise<Mergeability> {
  const { pull } = issue;
  if (issue.state === 'closed') return { mergeable: null, state: 'unknown' };
  const pair = `${await baseTip(place, issue)} ${pull.headSha}`;
  if (pull.trial?.pair === pair) return judgeMerge(place, issue);
  await tryMerge(place, issue);
  return { mergeable: null, state: 'unknown' };
}

/** The tree of the merge, worked out once for a pair of commits; undefined for conflicts. */
export async function tryMerge(place: Place, issue: PullIssue): Promise<string | undefined> {
  const base = await baseTip(place, issue);
  const { headSha } = issue.pull;
  const pair = `${base} ${headSha}`;
  if (issue.pull.trial?.pair !== pair) {
    const tree = await mergedTree(place.repository.dir, base, headSha);
    issue.pull.trial = { pair, tree };
  }
  return issue.pull.trial.tree;
}

function judgeMerge({ repository }: Place, issue: PullIssue): Mergeability {
  const { pull } = issue;
  if (pull.trial?.tree === undefined) return { mergeable: false, state: 'dirty' };
  if (pull.draft) return { mergeable: true, state: 'draft' };
  if (missingForMerge(repository, issue).length > 0) return { mergeable: true, state: 'blocked' };
  const runs = [...repository.checks.values()].filter((run) => run.headSha === pull.headSha);
  const bad = runs.some(({ conclusion }) => conclusion === 'failure' || conclusion === 'timed_out');
  return { mergeable: true, state: bad ? 'unstable' : 'clean' };
}

/** What a protected branch still asks for, in GitHub's words. */
export function missingForMerge(repository: Repository, { pull }: PullIssue): readonly string[] {
  const protection = protectionOf(repository, pull.baseRef);
  if (!protection) return [];
  const checks = missingChecks(repository, pull.baseRef, pull.headSha).map(
    (name) => `Required status check "${name}" is expected.`,
  );
  const approvals = pull.reviews.filter(({ state }) => state === 'APPROVED').length;
  const wanted = protection.requiredApprovals;
  const word = wanted === 1 ? 'review is' : 'reviews are';
  return approvals < wanted
    ? [...checks, `At least ${wanted} approving ${word} required by reviewers with write access.`]
    : checks;
}

const fine: readonly (string | null)[] = ['success', 'neutral', 'skipped'];

/** Required checks of a base that a commit has not passed, the newest run of each. */
export function missingChecks(
  repository: Repository,
  base: string,
  sha: string,
): readonly string[] {
  const required = protectionOf(repository, base)?.requiredChecks ?? [];
  return required.filter((name) => !fine.includes(newestEnd(repository, name, sha)));
}

/** Those that have ended otherwise. */
export function failedChecks(repository: Repository, base: string, sha: string): readonly string[] {
  return missingChecks(repository, base, sha).filter(
    (name) => newestEnd(repository, name, sha) !== null,
  );
}

function newestEnd(repository: Repository, name: string, sha: string): string | null {
  const runs = [...repository.checks.values()].filter(
    (run) => run.headSha === sha && run.name === name,
  );
  return runs.at(-1)?.conclusion ?? null;
}

export function protectionOf(repository: Repository, branch: string): Protection | undefined {
  return repository.protections.find(({ pattern }) => patternOf(pattern).test(branch));
}

// `*` ends at a slash; `**` and a slash are any number of folders.
function patternOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replace(/\*\*\/|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(?:.*/)?'));
  return new RegExp(`^${source}$`);
}
