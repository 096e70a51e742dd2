import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { noSuchCommit } from './fetch-files.ts';
import {
  fetchObjects,
  isUnknownObject,
  knowsNoExclusion,
  leavesNothing,
  refusesIds,
} from './fetch.ts';
import { runGit } from './git.ts';
import { putFile } from './leftovers.ts';
import { missingObjects, readObjects } from './objects.ts';
import type { ReadPlace } from './objects.ts';
import type { Place } from './place.ts';
import { openScratch } from './store.ts';

export interface RecentRequest {
  readonly commit: string;
  /** A ref that contains the commit, for servers that give no ids. */
  readonly ref: string;
  /** Tags whose history is left out; without any it is the whole history. */
  readonly notIn: readonly string[];
  /** Younger tags, without which the commit is here already: only what is between them is fetched. */
  readonly within?: readonly string[];
  readonly filter: 'tree:0' | 'blob:none';
}

/** A repository in which the recent part of a commit's history can be read. */
export type Recent = Required<ReadPlace>;

/**
 * Lets `work` read what a commit contains and some tags do not; `undefined` where that is nothing. What
 * was fetched once is not fetched again, and the next commit of a branch brings only what is new.
 */
export async function withRecent<T>(
  place: Place,
  request: RecentRequest,
  work: (recent: Recent) => Promise<T>,
): Promise<T | undefined> {
  const { commit } = request;
  const known = await readRange(place, request);
  if (known.nothing.includes(commit)) return undefined;
  const range = known.tips.includes(commit) ? known : await fetchRange(place, request, known);
  if (!range) return withRecent(place, { ...request, notIn: [] }, work);
  if (range.nothing.includes(commit)) return undefined;
  const scratch = await openScratch(place.directory, { refs: new Map(), shallow: range.cuts });
  try {
    return await work({ directory: scratch.directory, deadlineMs: place.deadlineMs });
  } finally {
    await scratch.close();
  }
}

/** What is here of the histories without some tags. */
interface Range {
  /** Commits that are here with all before them, down to the cuts. */
  readonly tips: readonly string[];
  /** Commits that the tags contain. */
  readonly nothing: readonly string[];
  /** Commits whose parents are not here. */
  readonly cuts: readonly string[];
}

/** Enough for the branches and the pins of all series. */
const mostTips = 32;

function rangeFile({ directory }: Place, { notIn, filter }: RecentRequest): string {
  const key = createHash('sha256').update([filter, ...notIn].join('\n'));
  return join(directory, `range-${key.digest('hex').slice(0, 24)}`);
}

async function readRange(place: Place, request: RecentRequest): Promise<Range> {
  const text = await readFile(rangeFile(place, request), 'utf8').catch(() => '');
  function named(word: string): readonly string[] {
    const lines = text.matchAll(new RegExp(`^${word} ([0-9a-f]{40})$`, 'gm'));
    return [...lines].map(([, commit = '']) => commit);
  }
  return { tips: named('tip'), nothing: named('nothing'), cuts: named('cut') };
}

async function writeRange(place: Place, request: RecentRequest, range: Range): Promise<Range> {
  const { tips, nothing, cuts } = range;
  const lines = [
    ...tips.slice(0, mostTips).map((commit) => `tip ${commit}\n`),
    ...nothing.slice(0, mostTips).map((commit) => `nothing ${commit}\n`),
    ...cuts.map((commit) => `cut ${commit}\n`),
  ];
  await putFile(dirname(place.directory), rangeFile(place, request), lines.join(''));
  return range;
}

/** `undefined` where the server cannot leave out what tags contain. */
async function fetchRange(
  place: Place,
  request: RecentRequest,
  known: Range,
): Promise<Range | undefined> {
  const { commit } = request;
  const base = await baseOf(place, request, known);
  const refs = new Map(base.tips.map((tip) => [`refs/held/${tip}`, tip] as const));
  const scratch = await openScratch(place.directory, { refs, shallow: base.cuts });
  try {
    await fetchTip({ ...place, directory: scratch.directory }, request);
    if ((await missingObjects(scratch, [commit])).length > 0) throw noSuchCommit(commit, false);
    const all = await readCuts(scratch.directory);
    // The server also names those that it sends no more, because it has cut off what was to lead there.
    const absent = new Set(await missingObjects(scratch, all));
    const here = all.filter((cut) => !absent.has(cut));
    await writeFile(join(scratch.directory, 'shallow'), here.map((cut) => `${cut}\n`).join(''));
    const fresh = here.filter((cut) => !known.cuts.includes(cut));
    const closed = await closeCuts({ ...place, directory: scratch.directory }, request, fresh);
    const cuts = [...new Set([...known.cuts, ...closed])];
    const tips = [commit, ...known.tips];
    return await writeRange(place, request, { ...known, tips, cuts });
  } catch (error) {
    if (leavesNothing(error)) {
      return await writeRange(place, request, {
        ...known,
        nothing: [commit, ...known.nothing],
      });
    }
    if (request.notIn.length > 0 && knowsNoExclusion(error)) return undefined;
    throw error;
  } finally {
    await scratch.close();
  }
}

/** What git takes for the whole history. */
const infinite = 0x7fffffff;

/** What is here of this part, or if that is nothing, of a smaller part that ends at the same commit. */
async function baseOf(place: Place, request: RecentRequest, known: Range): Promise<Range> {
  const { commit, within } = request;
  if (known.tips.length > 0 || within === undefined) return known;
  const smaller = await readRange(place, { ...request, notIn: within });
  return smaller.tips.includes(commit) ? { ...smaller, tips: [commit] } : known;
}

/** By its id, or where the server gives none, by the ref. */
async function fetchTip(place: Place, request: RecentRequest): Promise<void> {
  const { commit, ref, notIn, filter } = request;
  // Without any depth git would take a history that is here in part for the whole one.
  const how = notIn.length > 0 ? { notIn } : { shallow: true, depth: infinite };
  try {
    await fetchObjects({ ...place, wants: [commit], filter, ...how });
  } catch (error) {
    if (isUnknownObject(error)) throw noSuchCommit(commit, true);
    if (!refusesIds(error)) throw error;
    await fetchObjects({ ...place, wants: [ref], filter, ...how });
  }
}

async function readCuts(directory: string): Promise<readonly string[]> {
  const text = await readFile(join(directory, 'shallow'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/**
 * The server cuts a commit off from all of its parents where it leaves out one of them: the first merge
 * after a tag would lose what it merged, and no commit there could be compared with what it changed. So
 * these parents are fetched too, and theirs for the sake of what was merged. Gives the new cuts.
 */
async function closeCuts(
  place: Place,
  { commit, filter }: RecentRequest,
  cuts: readonly string[],
): Promise<readonly string[]> {
  const parents = await parentsOf(place, cuts);
  const open = cuts.filter((cut) => {
    const count = parents.get(cut)?.length ?? 0;
    return filter === 'tree:0' ? count > 1 : count > 0;
  });
  if (open.length === 0) return cuts;
  const within = await ancestorsOf(place, commit);
  const before = [...new Set(open.flatMap((cut) => parents.get(cut) ?? []))];
  const wants = before.filter((parent) => !within.has(parent));
  const depth = open.some((cut) => (parents.get(cut)?.length ?? 0) > 1) ? 2 : 1;
  try {
    if (wants.length > 0) await fetchObjects({ ...place, wants, filter, shallow: true, depth });
  } catch (error) {
    if (!refusesIds(error)) throw error;
    return cuts;
  }
  const all = await readCuts(place.directory);
  return all.filter((cut) => !open.includes(cut));
}

async function ancestorsOf(
  { directory, deadlineMs }: Place,
  commit: string,
): Promise<ReadonlySet<string>> {
  const { stdout } = await runGit(directory, ['rev-list', commit, '--'], { deadlineMs });
  return new Set(stdout.toString('latin1').trimEnd().split('\n'));
}

/** As the commits themselves say, whatever is here of them. */
async function parentsOf(
  place: ReadPlace,
  commits: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const objects = await readObjects(place, commits);
  return new Map(
    [...objects].map(([id, { bytes }]) => {
      const text = bytes.toString('latin1');
      const head = text.slice(0, text.indexOf('\n\n'));
      const parents = [...head.matchAll(/^parent ([0-9a-f]{40})$/gm)];
      return [id, parents.map(([, parent = '']) => parent)] as const;
    }),
  );
}
