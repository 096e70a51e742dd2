import { fetchObjects } from './fetch.ts';
import { openHistory } from './history.ts';
import type { OpenHistory } from './history.ts';
import { missingObjects } from './objects.ts';
import type { Places } from './place.ts';

export interface HistoryTarget {
  readonly url: string;
  /** A ref that contains the commit. */
  readonly ref: string;
  readonly commit: string;
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
