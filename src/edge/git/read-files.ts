import { WorldError } from '../../core/model/failures.ts';
import { commitAt, fetchBlobs } from './fetch-files.ts';
import { GitFailure } from './failure.ts';
import { isOrdinaryFile, listTree, readObjects, tooMuch } from './objects.ts';
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
  const listed = await commitAt(place, request, (sure) =>
    sure ? listTree(place, request.commit, request.paths) : listIfHere(place, request),
  );
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

/** One request for all the texts that are not here yet. */
async function withBlobs(
  place: Place,
  request: FilesRequest,
  entries: readonly TreeEntry[],
): Promise<readonly TreeEntry[]> {
  const wants = new Set(entries.filter((entry) => !isHere(entry)).map((entry) => entry.object));
  await fetchBlobs(place, { ref: request.ref, wants: [...wants] }, async () =>
    (await listTree(place, request.commit, request.paths)).every(isHere),
  );
  const now = (await listTree(place, request.commit, request.paths)).filter(isOrdinaryFile);
  const missing = now.find((entry) => !isHere(entry));
  if (missing) throw new WorldError(`it does not give ${missing.path}`, 'try again later');
  const size = tooMuch(now);
  if (size === undefined) return now;
  throw new WorldError(`${size} MiB are too much to read`, 'ask for fewer files');
}
