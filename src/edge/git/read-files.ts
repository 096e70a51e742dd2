import { WorldError } from '../../core/model/failures.ts';
import { commitAt, fetchBlobs } from './fetch-files.ts';
import { GitFailure } from './failure.ts';
import { isOrdinaryFile, listTree, missingObjects, readObjects, tooMuch } from './objects.ts';
import type { TreeEntry } from './objects.ts';
import type { Place } from './place.ts';

/** Files at a commit. `ref` contains the commit, for servers that refuse ids. */
export interface FilesRequest {
  readonly commit: string;
  readonly ref: string;
  readonly paths: readonly string[];
}

/** Texts by path; what does not exist is left out, and so is what is no ordinary file. */
export async function readFilesFrom(
  place: Place,
  request: FilesRequest,
): Promise<ReadonlyMap<string, string>> {
  const read = await readEntriesFrom(place, request, isOrdinaryFile);
  return new Map(read.map(([{ path }, bytes]) => [path, textOf(bytes)]));
}

/** Entries and their bytes, of those that are wanted; all that is missing comes in one request. */
export async function readEntriesFrom(
  place: Place,
  request: FilesRequest,
  isWanted: (entry: TreeEntry) => boolean,
): Promise<readonly (readonly [TreeEntry, Uint8Array])[]> {
  const listed = await listFilesFrom(place, request);
  const wanted = listed.filter(isWanted);
  const entries = wanted.every(isHere) ? wanted : await withBlobs(place, request, wanted);
  const objects = await readObjects(
    place,
    entries.map((entry) => entry.object),
  );
  return entries.flatMap((entry) => {
    const found = objects.get(entry.object);
    return found ? [[entry, found.bytes] as const] : [];
  });
}

function isHere(entry: TreeEntry): boolean {
  return entry.size !== undefined;
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** All files below some paths at a commit, which is fetched without blobs where it is not here. */
export function listFilesFrom(place: Place, request: FilesRequest): Promise<readonly TreeEntry[]> {
  const { commit, paths } = request;
  return commitAt(place, request, async (sure) => {
    try {
      return await listTree(place, commit, paths);
    } catch (error) {
      // The commit, or some of its trees, have not been fetched.
      if (!sure && error instanceof GitFailure && error.kind === 'exit') return undefined;
      throw error;
    }
  });
}

/** One request for all the texts that are not here yet. */
async function withBlobs(
  place: Place,
  request: FilesRequest,
  entries: readonly TreeEntry[],
): Promise<readonly TreeEntry[]> {
  const wants = new Set(entries.filter((entry) => !isHere(entry)).map((entry) => entry.object));
  await fetchBlobs(
    place,
    { ref: request.ref, wants: [...wants] },
    async () => (await missingObjects(place, [...wants])).length === 0,
  );
  const asked = new Set(entries.map(({ path }) => path));
  const all = await listTree(place, request.commit, request.paths);
  const now = all.filter(({ path }) => asked.has(path));
  const missing = now.find((entry) => !isHere(entry));
  if (missing) throw new WorldError(`it does not give ${missing.path}`, 'try again later');
  const size = tooMuch(now);
  if (size === undefined) return now;
  throw new WorldError(`${size} MiB are too much to read`, 'ask for fewer files');
}
