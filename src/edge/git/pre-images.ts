import { fetchCommits } from './fetch-files.ts';
import { isUnknownObject, refusesIds } from './fetch.ts';
import { runGit } from './git.ts';
import { withHistory } from './history.ts';
import type { IndexEntries, IndexEntry } from './index-file.ts';
import { entriesAt } from './path-entries.ts';
import type { Place, Places } from './place.ts';
import type { PatchedFile } from '../../core/model/patch-content.ts';
import { commitsOf, keepsContent } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

export interface PreImages {
  /** The index that the patch was made for, as far as it touches it. */
  readonly entries: IndexEntries;
  /** Abbreviations that stand for nothing that could be found. */
  readonly unknown: readonly string[];
}

export interface PreImageRequest {
  readonly url: string;
  /** A ref whose history the patch may have been made on. */
  readonly ref: string;
  readonly patch: TrialPatch;
  /** What the source has now: often the very pre-images. */
  readonly current: IndexEntries;
  /** What else may be one. */
  readonly made?: readonly (readonly [path: string, entry: IndexEntry])[];
}

/**
 * The full ids of a patch's pre-images, which its index lines abbreviate. They are looked for in the
 * source itself, before the commits that the patch names, and at last in all history of its paths.
 */
export async function findPreImages(places: Places, request: PreImageRequest): Promise<PreImages> {
  const wanted = firstPreImages(request.patch.files);
  const found = new Map<string, IndexEntry>();
  takeMatches(wanted, found, [...request.current, ...(request.made ?? [])]);
  // What git does too: such a section says nothing of the content that it was made for.
  for (const file of request.patch.files.filter(keepsContent)) {
    const { oldPath } = file;
    const entry = request.current.get(oldPath ?? '');
    if (oldPath !== undefined && entry) found.set(oldPath, entry);
  }
  for (const commit of commitsOf(request.patch)) {
    if (found.size === wanted.size) break;
    const entries = await places.at('files', request.url, (place) =>
      entriesBefore(place, commit, [...wanted.keys()]),
    );
    takeMatches(wanted, found, [...entries]);
  }
  if (missing(wanted, found).some((path) => wanted.get(path) !== undefined)) {
    takeMatches(wanted, found, await pastEntries(places, request, missing(wanted, found)));
  }
  const unknown = missing(wanted, found).map((path) => wanted.get(path) ?? path);
  return { entries: found, unknown };
}

/** The first pre-image of each path: a later section of the same file builds upon the first. */
export function firstPreImages(
  files: readonly PatchedFile[],
): ReadonlyMap<string, string | undefined> {
  const wanted = new Map<string, string | undefined>();
  const made = new Set<string>();
  for (const { oldPath, newPath, oldBlob } of files) {
    if (oldPath !== undefined && !wanted.has(oldPath) && !made.has(oldPath)) {
      wanted.set(oldPath, oldBlob);
    }
    if (newPath !== undefined) made.add(newPath);
  }
  return wanted;
}

type Wanted = ReadonlyMap<string, string | undefined>;

function missing(wanted: Wanted, found: IndexEntries): readonly string[] {
  return [...wanted.keys()].filter((path) => !found.has(path));
}

function takeMatches(
  wanted: Wanted,
  found: Map<string, IndexEntry>,
  entries: readonly (readonly [path: string, entry: IndexEntry])[],
): void {
  for (const [path, entry] of entries) {
    const start = wanted.get(path);
    // Four is the shortest that git writes.
    const matches = start !== undefined && start.length >= 4 && entry.object.startsWith(start);
    if (matches && !found.has(path)) found.set(path, entry);
  }
}

async function entriesBefore(
  place: Place,
  commit: string,
  paths: readonly string[],
): Promise<IndexEntries> {
  const before = `${commit}^`;
  const here = await entriesAt(place, before, paths);
  if (here) return here;
  try {
    await fetchCommits(place, [commit], 2);
  } catch (error) {
    // A commit that only the author of the patch has.
    if (isUnknownObject(error) || refusesIds(error)) return new Map();
    throw error;
  }
  return (await entriesAt(place, before, paths)) ?? new Map();
}

/** All that the paths have ever been, in the history of the ref and of the tags. */
function pastEntries(
  places: Places,
  { url, ref }: PreImageRequest,
  paths: readonly string[],
): Promise<readonly (readonly [string, IndexEntry])[]> {
  return places.at('trees', url, (place) =>
    withHistory(place, { refs: [ref], filter: 'blob:none' }, async (history) => {
      const args = ['log', '--all', '--raw', '-z', '--no-abbrev', '--no-renames', '--format='];
      const { directory, deadlineMs } = history;
      const { stdout } = await runGit(directory, [...args, '--', ...paths], { deadlineMs });
      return parseRaw(stdout.toString('utf8'));
    }),
  );
}

/** `:<mode> <mode> <id> <id> <letter> NUL <path> NUL`; both sides of each change. */
function parseRaw(output: string): readonly (readonly [string, IndexEntry])[] {
  const changes = output.matchAll(
    /:(\d{6}) (\d{6}) ([0-9a-f]{40}) ([0-9a-f]{40}) [A-Z]\0([^\0]*)\0/g,
  );
  return [...changes].flatMap(([, modeA = '', modeB = '', a = '', b = '', path = '']) => [
    [path, { mode: modeA, object: a }] as const,
    [path, { mode: modeB, object: b }] as const,
  ]);
}
