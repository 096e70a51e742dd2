import { WorldError } from '../../core/model/failures.ts';
import { fetchObjects, isUnknownObject, refusesIds } from './fetch.ts';
import type { Place } from './place.ts';
import { readHeld, withScratch, writeHeld } from './store.ts';

/** A commit, and a ref that contains it, for servers that refuse ids. */
export interface CommitRequest {
  readonly commit: string;
  readonly ref: string;
}

/** Commits that the next fetch builds upon. More would be more to say than they save. */
const mostHeld = 8;

/**
 * What `look` finds at a commit, which is fetched without blobs where it finds `undefined`. Told to be
 * `sure`, it rejects as for a damaged store: a fetch has said that all is here.
 */
export async function commitAt<T>(
  place: Place,
  request: CommitRequest,
  look: (sure: boolean) => Promise<T | undefined>,
): Promise<T> {
  const here = await look(false);
  if (here !== undefined) return here;
  try {
    await fetchCommits(place, [request.commit], 1);
  } catch (error) {
    if (isUnknownObject(error)) throw noSuchCommit(request.commit, true);
    if (!refusesIds(error)) throw error;
    return viaRef(place, request, look);
  }
  const { commit } = request;
  await holdCommit(place, commit);
  const found = await look(true);
  if (found !== undefined) return found;
  throw new WorldError(`it does not give all of ${commit}`, 'try again later');
}

/** Lets later fetches build upon a commit that is here with its trees. */
export async function holdCommit(place: Place, commit: string): Promise<void> {
  const held = await readHeld(place.directory);
  const now = [[`refs/held/${commit}`, commit] as const, ...held].slice(0, mostHeld);
  await writeHeld(place.directory, new Map(now));
}

/** Some commits with their trees, and as many of those before them as `depth` says. */
export async function fetchCommits(
  place: Place,
  wants: readonly string[],
  depth: number,
): Promise<void> {
  const refs = await readHeld(place.directory);
  const shallow = [...refs.values()];
  await withScratch(place.directory, { refs, shallow }, (directory) =>
    fetchObjects({ ...place, directory, wants, filter: 'blob:none', shallow: true, depth }),
  );
}

/** Its newest commit first, which often is the one; then its whole history, without files. */
async function viaRef<T>(
  place: Place,
  { commit, ref }: CommitRequest,
  look: (sure: boolean) => Promise<T | undefined>,
): Promise<T> {
  for (const shallow of [true, false]) {
    await fetchRef(place, { ref, filter: 'blob:none', shallow });
    const found = await look(false);
    if (found !== undefined) return found;
  }
  // The ref was perhaps a guess, so that another may contain it.
  throw noSuchCommit(commit, false);
}

/** Blobs in one request; where the server gives no ids, all of the ref until `isComplete`. */
export async function fetchBlobs(
  place: Place,
  { ref, wants }: { readonly ref: string; readonly wants: readonly string[] },
  isComplete: () => Promise<boolean>,
): Promise<void> {
  try {
    await withScratch(place.directory, { refs: new Map(), shallow: [] }, (directory) =>
      fetchObjects({ ...place, directory, wants, filter: 'blob:none' }),
    );
  } catch (error) {
    if (!refusesIds(error)) throw error;
    for (const shallow of [true, false]) {
      await fetchRef(place, { ref, filter: 'none', shallow });
      if (await isComplete()) return;
    }
  }
}

function fetchRef(
  place: Place,
  how: { readonly ref: string; readonly filter: 'blob:none' | 'none'; readonly shallow: boolean },
): Promise<void> {
  const { ref, filter, shallow } = how;
  return withScratch(place.directory, { refs: new Map(), shallow: [] }, (directory) =>
    fetchObjects({ ...place, directory, wants: [ref], filter, shallow, again: true }),
  );
}

export function noSuchCommit(commit: string, absent: boolean): WorldError {
  const remedy = 'check the commit, and that it was pushed';
  return new WorldError(`it has no commit ${commit}`, remedy, { absent });
}
