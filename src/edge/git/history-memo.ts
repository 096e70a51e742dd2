import type { HistoryMatch } from '../../core/model/patch-trial.ts';
import type { TrialBooks } from './trial-books.ts';
import { digestOf } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

interface Remembered {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly matches: readonly HistoryMatch[];
}

/** How long it may take until a tag that is new is heard of. */
const hour = 3_600_000;

/** Asks the history of a commit only what was never asked about these bytes. */
export async function rememberedHistory(
  books: TrialBooks,
  { commit, patch }: { readonly commit: string; readonly patch: TrialPatch },
  find: () => Promise<readonly HistoryMatch[]>,
): Promise<readonly HistoryMatch[]> {
  const [digest, question] = [digestOf(patch), `history ${commit}`];
  const known = books.recall(digest, question) as Remembered | undefined;
  if (known && isLasting(known)) return known.matches;
  const matches = await find();
  books.record(digest, question, { at: Date.now(), matches } satisfies Remembered);
  return matches;
}

/** A commit's history stays what it is. Only a commit without a tag may get one. */
function isLasting({ at, matches }: Remembered): boolean {
  return matches.every(({ firstTag }) => firstTag !== undefined) || Date.now() - at < hour;
}
