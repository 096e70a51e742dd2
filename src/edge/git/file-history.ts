import { fetchObjects, refusesIds } from './fetch.ts';
import { runGit } from './git.ts';
import { withHistory } from './history.ts';
import type { History } from './history.ts';
import { readObjects } from './objects.ts';
import type { Place } from './place.ts';
import { textOf } from './read-files.ts';
import { withScratch } from './store.ts';

export interface FileHistoryRequest {
  readonly ref: string;
  readonly path: string;
  /** Most states to give. */
  readonly limit: number;
}

export interface FileState {
  readonly commit: string;
  readonly text: string;
}

/**
 * What a file was on a branch, newest first, with the commit that brought each state to the branch: a
 * merge rather than what it merges. A state in which the file does not exist is left out.
 */
export async function readFileHistoryFrom(
  place: Place,
  request: FileHistoryRequest,
): Promise<readonly FileState[]> {
  const states = await withHistory(place, { refs: [request.ref], filter: 'blob:none' }, (history) =>
    listStates(history, request),
  );
  const blobs = states.map((state) => state.blob);
  const here = await readObjects(place, blobs);
  const missing = [...new Set(blobs.filter((blob) => !here.has(blob)))];
  if (missing.length > 0) await fetchBlobs(place, request.ref, missing);
  const objects = missing.length > 0 ? await readObjects(place, blobs) : here;
  return states.flatMap(({ commit, blob }) => {
    const found = objects.get(blob);
    return found?.type === 'blob' ? [{ commit, text: textOf(found.bytes) }] : [];
  });
}

interface State {
  readonly commit: string;
  readonly blob: string;
}

async function listStates(
  history: History,
  { ref, path, limit }: FileHistoryRequest,
): Promise<readonly State[]> {
  const { directory, deadlineMs, nameOf } = history;
  const args = [
    'log',
    '--first-parent',
    '--diff-merges=first-parent',
    // Ids of both sides, from the trees alone: looking for renames would need the files.
    '--raw',
    '--no-abbrev',
    '--no-renames',
    '--format=%H',
    `--max-count=${limit}`,
    nameOf(ref),
    '--',
    path,
  ];
  const { stdout } = await runGit(directory, args, { deadlineMs });
  return parseStates(stdout.toString('latin1'));
}

/** A line with the commit, an empty one, and `:<mode> <mode> <blob> <blob> <letter> TAB <path>`. */
function parseStates(output: string): readonly State[] {
  const states: State[] = [];
  let commit = '';
  for (const line of output.split('\n')) {
    if (/^[0-9a-f]{40}$/.test(line)) commit = line;
    // The second mode and the second id are those after the commit; a removed file has mode 000000.
    const [, blob] = /^:\d+ 100\d+ [0-9a-f]{40} ([0-9a-f]{40}) /.exec(line) ?? [];
    if (blob !== undefined) states.push({ commit, blob });
  }
  return states;
}

async function fetchBlobs(place: Place, ref: string, wants: readonly string[]): Promise<void> {
  const nothing = { refs: new Map(), shallow: [] };
  try {
    await withScratch(place.directory, nothing, (directory) =>
      fetchObjects({ ...place, directory, wants, filter: 'blob:none' }),
    );
  } catch (error) {
    if (!refusesIds(error)) throw error;
    await withScratch(place.directory, nothing, (directory) =>
      fetchObjects({ ...place, directory, wants: [ref], filter: 'none', again: true }),
    );
  }
}
