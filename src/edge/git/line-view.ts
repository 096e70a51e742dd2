import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorldError } from '../../core/model/failures.ts';
import { GitFailure } from './failure.ts';
import { fetchBlobs } from './fetch-files.ts';
import { fetchObjects, isUnknownObject, refusesIds } from './fetch.ts';
import { openHistoryOf } from './history-target.ts';
import { missingObjects } from './objects.ts';
import type { Place, Places } from './place.ts';
import { withRecent } from './recent.ts';
import type { Recent } from './recent.ts';

/** A source, and a ref that contains it. */
export interface OriginTarget {
  readonly url: string;
  readonly ref: string;
  readonly commit: string;
}

/** A part of a repository's history with its trees, and files by demand. */
export interface LineView extends Recent {
  /** What `git log` is to leave out: commits beyond which nothing is here, with `^` in front. */
  readonly without: readonly string[];
  /** True where all tags are here, with their history. */
  readonly hasTags: boolean;
  /** Fetches blobs that are not here, all in one request. */
  bring(blobs: readonly string[]): Promise<void>;
  /** Lets `work` see another commit too; `undefined` where there is no such commit in this part. */
  including<T>(commit: string, work: LineWork<T>): Promise<T | undefined>;
}

type LineWork<T> = (view: LineView) => Promise<T>;

export interface ViewRequest {
  readonly places: Places;
  readonly target: OriginTarget;
  /** When time is over, as `performance.now()` counts it. */
  readonly until: number;
}

/** What the target contains and some tags do not: mostly it is here, because the patch was looked for in it. */
export function viewRecent<T>(
  request: ViewRequest,
  notIn: readonly string[],
  work: LineWork<T>,
): Promise<T | undefined> {
  const { ref, url, commit: target } = request.target;
  return request.places.at('recent-trees', url, (place) => {
    function seeing<R>(commit: string, use: LineWork<R>): Promise<R | undefined> {
      const range = { commit, ref, notIn, filter: 'blob:none' } as const;
      return withRecent(inTime(place, request), range, async ({ directory }) => {
        const without = (await readCuts(directory)).map((cut) => `^${cut}`);
        const part = { without, hasTags: false, including };
        return use(viewOf(place, request, { directory, ...part }));
      });
    }
    async function including<R>(commit: string, use: LineWork<R>): Promise<R | undefined> {
      const found = await orAbsent(seeing(commit, (view) => Promise.resolve(view)));
      return found && seeing(commit, use);
    }
    return seeing(target, work);
  });
}

/** All of the history, for patches whose base is older than they are. */
export async function viewWhole<T>(request: ViewRequest, work: LineWork<T>): Promise<T> {
  const { places, target } = request;
  const history = await openHistoryOf(places, 'trees', target);
  const { directory } = history;
  try {
    return await places.at('trees', target.url, (place) => {
      const part = { directory, without: [], hasTags: true };
      async function including<R>(commit: string, use: LineWork<R>): Promise<R | undefined> {
        const found = await bringCommit({ ...inTime(place, request), directory }, commit);
        return found ? use(whole) : undefined;
      }
      const whole = viewOf(place, request, { ...part, including });
      return work(whole);
    });
  } finally {
    await history.close();
  }
}

function inTime(place: Place, { until }: ViewRequest): Place {
  return { ...place, deadlineMs: Math.max(1, until - performance.now()) };
}

/** Each process that works in it gets what is left of the time. */
function viewOf(
  place: Place,
  request: ViewRequest,
  part: Omit<LineView, 'bring' | 'deadlineMs'>,
): LineView {
  const { ref } = request.target;
  async function bring(blobs: readonly string[]): Promise<void> {
    const near = inTime(place, request);
    const wants = await missingObjects(near, blobs);
    if (wants.length === 0) return;
    await fetchBlobs(
      near,
      { ref, wants },
      async () => (await missingObjects(near, wants)).length === 0,
    );
  }
  return {
    ...part,
    bring,
    get deadlineMs() {
      return inTime(place, request).deadlineMs;
    },
  };
}

async function readCuts(directory: string): Promise<readonly string[]> {
  const text = await readFile(join(directory, 'shallow'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/** `undefined` for what the repository does not have. */
async function orAbsent<T>(work: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof WorldError && !(error instanceof GitFailure)) return undefined;
    throw error;
  }
}

/** With the history that leads to it; false where only the author of the patch has it. */
async function bringCommit(scratch: Place, commit: string): Promise<boolean> {
  if ((await missingObjects(scratch, [commit])).length === 0) return true;
  try {
    await fetchObjects({ ...scratch, wants: [commit], filter: 'blob:none' });
    return true;
  } catch (error) {
    if (isUnknownObject(error) || refusesIds(error)) return false;
    throw error;
  }
}
