import { fetchObjects } from './fetch.ts';
import { runGit } from './git.ts';
import { openHistory } from './history.ts';
import type { History, OpenHistory } from './history.ts';
import { missingObjects } from './objects.ts';
import type { Places } from './place.ts';
import { commitsOf } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

export interface HistoryTarget {
  readonly url: string;
  /** A ref that contains the commit. */
  readonly ref: string;
  readonly commit: string;
  /** Tags of the series before: what they contain is not looked at, except for the patch's own commits. */
  readonly sinceTags: readonly string[];
}

/** The history of the target's commit: with trees, or its commits alone. */
export function openHistoryOf(
  places: Places,
  kind: 'history' | 'trees',
  { url, ref, commit }: HistoryTarget,
): Promise<OpenHistory> {
  const filter = kind === 'history' ? 'tree:0' : 'blob:none';
  return places.at(kind, url, async (place) => {
    const history = await openHistory(place, { refs: [ref], filter });
    try {
      // A pin whose branch was renamed or rewritten; where the server gives no ids, that is the end.
      if ((await missingObjects(history, [commit])).length > 0) {
        const { directory } = history;
        await fetchObjects({ ...place, directory, wants: [commit], filter });
      }
      return history;
    } catch (error) {
      await history.close();
      throw error;
    }
  });
}

/**
 * Where the change cannot be: tags that the caller names, and what stands before the commits that the
 * patch names, because there it was still to be made.
 */
export async function commitsWithoutIt(
  history: History,
  { sinceTags }: HistoryTarget,
  patch: TrialPatch,
): Promise<readonly string[]> {
  const tags = sinceTags.map((tag) => `refs/tags/${tag}^{commit}`);
  const names = [...tags, ...commitsOf(patch).map((commit) => `${commit}^`)];
  if (names.length === 0) return [];
  const input = names.map((name) => `${name}\n`).join('');
  const { directory, deadlineMs } = history;
  const args = ['cat-file', '--batch-check', '--buffer'];
  const { stdout } = await runGit(directory, args, { input, deadlineMs });
  const found = stdout.toString('latin1').matchAll(/^([0-9a-f]{40}) commit \d+$/gm);
  return [...found].map(([, commit = '']) => commit);
}
