import { createHash } from 'node:crypto';
import { fetchObjects } from './fetch.ts';
import { runGit } from './git.ts';
import type { Place } from './place.ts';
import { openScratch, readHeld, writeHeld } from './store.ts';
import type { Refs } from './store.ts';

/** A scratch repository that has some refs with their history, and all tags, as they are upstream now. */
export interface History {
  readonly directory: string;
  readonly deadlineMs: number;
  /** By what name a ref is known here. */
  readonly nameOf: (ref: string) => string;
}

/** A history for as long as it is wanted. */
export interface OpenHistory extends History {
  close(): Promise<void>;
}

interface HistoryRequest {
  readonly refs: readonly string[];
  readonly filter: 'tree:0' | 'blob:none';
}

/** Brings the history of some refs up to date and reads in it. */
export async function withHistory<T>(
  place: Place,
  request: HistoryRequest,
  work: (history: History) => Promise<T>,
): Promise<T> {
  const history = await openHistory(place, request);
  try {
    return await work(history);
  } finally {
    await history.close();
  }
}

/** The same for as long as it is wanted: until `close`. */
export async function openHistory(place: Place, request: HistoryRequest): Promise<OpenHistory> {
  const { deadlineMs } = place;
  const held = await readHeld(place.directory);
  const scratch = await openScratch(place.directory, { refs: held, shallow: [] });
  const { directory } = scratch;
  try {
    const refs = request.refs.map((ref) => `+${ref}:${localName(ref)}`);
    await fetchObjects({
      ...place,
      directory,
      wants: [...refs, '+refs/tags/*:refs/tags/*'],
      filter: request.filter,
      prune: true,
    });
    await remember(place, directory, held);
  } catch (error) {
    await scratch.close();
    throw error;
  }
  return { ...scratch, deadlineMs, nameOf: localName };
}

/** A name of its own, flat: `stable` may be a branch today and a folder of branches tomorrow. */
function localName(ref: string): string {
  return `refs/held/${createHash('sha1').update(ref).digest('hex')}`;
}

async function remember(place: Place, directory: string, held: Refs): Promise<void> {
  const { deadlineMs } = place;
  const { stdout } = await runGit(directory, ['show-ref'], { accept: [1], deadlineMs });
  const lines = stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  const now = new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)] as const));
  const changed = now.size !== held.size || [...now].some(([name, id]) => held.get(name) !== id);
  if (changed) await writeHeld(place.directory, now);
}

/** Tags that `ref` contains and none of `notRefs` does. */
export function reachableTagsFrom(
  place: Place,
  request: { readonly ref: string; readonly notRefs: readonly string[] },
): Promise<readonly string[]> {
  const { ref, notRefs } = request;
  const refs = [...new Set([ref, ...notRefs])];
  return withHistory(place, { refs, filter: 'tree:0' }, async (history) => {
    const { directory, deadlineMs, nameOf } = history;
    const merged = [
      `--merged=${nameOf(ref)}`,
      ...notRefs.map((not) => `--no-merged=${nameOf(not)}`),
    ];
    const args = ['for-each-ref', '--format=%(refname)', ...merged, 'refs/tags'];
    const { stdout } = await runGit(directory, args, { deadlineMs });
    const names = stdout
      .toString('utf8')
      .split('\n')
      .filter((name) => name !== '');
    return names.map((name) => name.slice('refs/tags/'.length));
  });
}
