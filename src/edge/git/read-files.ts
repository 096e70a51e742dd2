import { WorldError } from '../../core/model/failures.ts';
import { fetchObjects, isUnknownObject, refusesIds } from './fetch.ts';
import { GitFailure } from './failure.ts';
import { isOrdinaryFile, listTree, readObjects, tooMuch } from './objects.ts';
import type { TreeEntry } from './objects.ts';
import type { Place } from './place.ts';
import { readHeld, withScratch, writeHeld } from './store.ts';

/** Files at a commit. `ref` contains the commit, for servers that refuse ids. */
export interface FilesRequest {
  readonly commit: string;
  readonly ref: string;
  readonly paths: readonly string[];
}

/** Commits that the next fetch builds upon. More would be more to say than they save. */
const mostHeld = 8;

/** Texts by path; what does not exist is left out, and so is what is no ordinary file. */
export async function readFilesFrom(
  place: Place,
  request: FilesRequest,
): Promise<ReadonlyMap<string, string>> {
  const listed = (await listIfHere(place, request)) ?? (await listAfterFetch(place, request));
  const files = listed.filter(isOrdinaryFile);
  const entries = files.every(isHere) ? files : await withBlobs(place, request, files);
  const objects = await readObjects(
    place,
    entries.map((entry) => entry.object),
  );
  const texts = entries.map(({ path, object }) => [path, objects.get(object)] as const);
  return new Map(texts.flatMap(([path, found]) => (found ? [[path, textOf(found.bytes)]] : [])));
}

function isHere(entry: TreeEntry): boolean {
  return entry.size !== undefined;
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** `undefined` where the commit, or some of its trees, have not been fetched. */
async function listIfHere(
  place: Place,
  { commit, paths }: FilesRequest,
): Promise<readonly TreeEntry[] | undefined> {
  try {
    return await listTree(place, commit, paths);
  } catch (error) {
    if (error instanceof GitFailure && error.kind === 'exit') return undefined;
    throw error;
  }
}

async function listAfterFetch(place: Place, request: FilesRequest): Promise<readonly TreeEntry[]> {
  const { commit } = request;
  const refs = await readHeld(place.directory);
  const shallow = [...refs.values()];
  try {
    await withScratch(place.directory, { refs, shallow }, (directory) =>
      fetchObjects({ ...place, directory, wants: [commit], filter: 'blob:none', shallow: true }),
    );
  } catch (error) {
    if (isUnknownObject(error)) throw noSuchCommit(commit);
    if (!refusesIds(error)) throw error;
    return listAfterFetchOfRef(place, request);
  }
  const held = [[`refs/held/${commit}`, commit] as const, ...refs].slice(0, mostHeld);
  await writeHeld(place.directory, new Map(held));
  return listTree(place, commit, request.paths);
}

/** Its newest commit first, which often is the one; then its whole history, without files. */
async function listAfterFetchOfRef(
  place: Place,
  request: FilesRequest,
): Promise<readonly TreeEntry[]> {
  for (const shallow of [true, false]) {
    await fetchRef(place, { ref: request.ref, filter: 'blob:none', shallow });
    const entries = await listIfHere(place, request);
    if (entries) return entries;
  }
  throw noSuchCommit(request.commit);
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

/** One request for all the texts that are not here yet. */
async function withBlobs(
  place: Place,
  request: FilesRequest,
  entries: readonly TreeEntry[],
): Promise<readonly TreeEntry[]> {
  const wants = new Set(entries.filter((entry) => !isHere(entry)).map((entry) => entry.object));
  await fetchBlobs(place, request, [...wants]);
  const now = (await listTree(place, request.commit, request.paths)).filter(isOrdinaryFile);
  const missing = now.find((entry) => !isHere(entry));
  if (missing) throw new WorldError(`it does not give ${missing.path}`, 'try again later');
  const size = tooMuch(now);
  if (size === undefined) return now;
  throw new WorldError(`${size} MiB are too much to read`, 'ask for fewer files');
}

async function fetchBlobs(
  place: Place,
  request: FilesRequest,
  wants: readonly string[],
): Promise<void> {
  try {
    await withScratch(place.directory, { refs: new Map(), shallow: [] }, (directory) =>
      fetchObjects({ ...place, directory, wants, filter: 'blob:none' }),
    );
  } catch (error) {
    if (!refusesIds(error)) throw error;
    for (const shallow of [true, false]) {
      await fetchRef(place, { ref: request.ref, filter: 'none', shallow });
      if ((await listTree(place, request.commit, request.paths)).every(isHere)) return;
    }
  }
}

function noSuchCommit(commit: string): WorldError {
  return new WorldError(`it has no commit ${commit}`, 'check the commit, and that it was pushed');
}
